/**
 * A convolution that changes nothing, put where the CPU engine computes the operator after it together with a convolution, but
 * would put everything back from its own arrangement for the operator alone.
 */
import { numbersLike } from '../ops/constants.ts';
import { conv } from '../ops/conv.ts';
import type { Value } from '../value.ts';

/** Whether a value can be convolved so: float32 [N, C, H, W] with known channels. */
export const isConvolvable = ({ dtype, shape }: Value): boolean =>
  dtype === 'float32' && shape.length === 4 && typeof shape[1] === 'number';

/** x, as a 1 x 1 convolution of single planes with ones. */
export function identityConvolution(x: Value, scope: string): Value {
  const channels = x.shape[1] as number;
  const ones = numbersLike(x, [channels, 1, 1, 1], new Float32Array(channels).fill(1));
  return conv(x, ones, null, { groups: channels }, scope);
}
