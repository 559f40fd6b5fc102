/** Cross entropy, as torch.nn.functional.cross_entropy: the mean weighted by each pixel's class weight. */
import { div, mul, neg } from '../../graph/ops/elementwise.ts';
import type { Loss } from './loss.ts';
import { reduceAll } from './pixels.ts';

export const crossEntropy: Loss = ({ weight, totalWeight, logProbability }) =>
  neg(div(reduceAll(mul(weight, logProbability)), totalWeight));
