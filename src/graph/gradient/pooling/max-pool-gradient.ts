/** The gradient of max pooling, as an operator. */
import { UsageError } from '../../../errors.ts';
import type { Window } from '../../ops/conv.ts';
import { applyOne, type Op, required, type Value } from '../../value.ts';
import { byHalving } from './by-halving.ts';

/**
 * Inputs: the gradient of the maxima, x, and the maxima. Output: the gradient of x. Of equal maxima of a window the first in
 * row-major order gets the gradient, as in PyTorch.
 */
export const MaxPoolGradient: Op<Window> = {
  name: 'MaxPoolGradient',
  infer: (inputs) => [{ dtype: required(inputs, 1).dtype, shape: required(inputs, 1).shape }],
  decompose: ([gradient, x], window) => byHalving(gradient as Value, x as Value, window),
};

/** The gradient of x [N, C, H, W], from that of its maxima [N, C, h, w]. @throws UsageError if the windows are dilated. */
export function maxPoolGradient(gradient: Value, x: Value, maxima: Value, window: Window): Value {
  if (window.dilation.some((step) => step > 1)) throw new UsageError('dilated max pooling has no gradient.');
  return applyOne(MaxPoolGradient, [gradient, x, maxima], window);
}
