/**
 * Focal loss (Lin et al., ICCV 2017) over a softmax: cross entropy in which a pixel of probability p counts (1 - p)^gamma.
 * Averaged as cross entropy is, which it equals at gamma 0.
 */
import { scalarLike } from '../../graph/ops/constants.ts';
import { div, exp, max, mul, neg, pow, sub } from '../../graph/ops/elementwise.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Loss } from './loss.ts';
import { reduceAll } from './pixels.ts';

/** The paper's best. */
export const DEFAULT_GAMMA = 2;

/** Below it, 1 - p is rounding; powers of less than 1 have no gradient at 0. */
const SMALLEST_DOUBT = 1e-7;

export const focal: Loss = (pixels, term) => {
  const { gamma = DEFAULT_GAMMA } = term;
  if (gamma === 0) return crossEntropy(pixels, term);
  const { weight, totalWeight, logProbability } = pixels;
  const one = scalarLike(logProbability, 1);
  const doubt = max(sub(one, exp(logProbability)), scalarLike(one, SMALLEST_DOUBT));
  return neg(div(reduceAll(mul(weight, mul(pow(doubt, gamma), logProbability))), totalWeight));
};
