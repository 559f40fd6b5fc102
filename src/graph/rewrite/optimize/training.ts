/** All rewriting for training, in its order. */
import type { MachineCosts } from '../../../runtime/machine-costs.ts';
import { chooseTile } from '../cost-model.ts';
import { decompose } from '../decompose.ts';
import { WIDE_VECTORS } from '../known-costs.ts';
import { maskAsHardSigmoid } from '../mask-as-hard-sigmoid.ts';
import { mergeEqual } from '../merge/equal.ts';
import { kernelConstant, LEVELS, likelyExtent } from './inference.ts';
import { type Outputs, rewrite } from '../rewrite.ts';
import { type ChooseTile, winograd } from '../winograd/rule.ts';
import { winogradGradients } from '../winograd/gradients.ts';

/** A graph for training, whose weights are inputs, rewritten. */
export function optimizeTraining<T extends Outputs>(outputs: T, costs: MachineCosts = WIDE_VECTORS): T {
  const choose: ChooseTile = (node) =>
    chooseTile(node, { costs, ...LEVELS.balanced, training: true, extentOf: likelyExtent });
  const transformed = rewrite(rewrite(outputs, winograd(choose, kernelConstant)), winogradGradients(choose));
  return rewrite(rewrite(decompose(transformed), maskAsHardSigmoid), mergeEqual());
}
