/**
 * Masks of 0 and 1 by a steep ramp. The CPU engine turns a comparison's result into numbers on one thread; a ramp it computes on
 * all.
 */
import { Greater } from '../ops/comparison.ts';
import { hardSigmoid, sub } from '../ops/elementwise.ts';
import { Cast } from '../ops/structure.ts';
import type { Value } from '../value.ts';
import { producer, type Rewrite } from './rewrite.ts';

/** From here on the ramp is 1: the smallest number that is not subnormal. */
const SMALLEST = 2 ** -126;

/** a > b as 0 or 1 is max(0, min(1, (a - b) / 2^-126)), but where a - b is subnormal. */
export const maskAsHardSigmoid: Rewrite = {
  name: 'mask-as-hard-sigmoid',
  apply(node) {
    const comparison = producer(node.inputs[0], Greater.name);
    if (node.op.name !== Cast.name || !comparison || node.outputs[0]?.dtype !== 'float32') return null;
    const [a, b] = comparison.inputs as [Value, Value];
    if (a.dtype !== 'float32') return null;
    return [hardSigmoid(isZero(b) ? a : sub(a, b, node.scope), 1 / SMALLEST, 0, node.scope)];
  },
};

const isZero = ({ source }: Value): boolean =>
  source.kind === 'constant' && source.tensor.data.every((one) => one === 0);
