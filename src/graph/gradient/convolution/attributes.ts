/** What the gradients of a convolution know of it. */
import { elementCount } from '../../../tensor/shape.ts';
import type { ConvAttributes, Pair, Window } from '../../ops/conv.ts';
import { knownShape, type Value } from '../../value.ts';

/** The shape of a batch of feature maps [N, C, H, W], or of a weight [out, C / groups, kh, kw]. */
export type Extents = readonly [number, number, number, number];

/** A gradient of a convolution: the convolution's attributes, and the shape of what the gradient is taken with respect to. */
export interface ConvGradientAttributes extends ConvAttributes {
  readonly shape: Extents;
}

/** Multiply-adds of a convolution, and of each of its gradients. @param y the outputs, or their gradient. */
export const convolutionProducts = (y: Value, weight: Value): number =>
  elementCount(knownShape(y)) * elementCount(knownShape(weight).slice(1));

/** Whether every output pixel sees the one pixel at its own position. */
export const isPointwise = (kernel: Pair, { stride, pads, groups }: ConvAttributes): boolean =>
  groups === 1 && [...kernel, ...stride].every((extent) => extent === 1) && pads.every((amount) => amount === 0);

/** Rows and columns at the end of x [N, C, H, W] that no window begins at: what a stride leaves over. */
export const unreached = ([, , ...size]: Extents, { kernel, stride, dilation, pads }: Window): Pair => {
  const along = (axis: 0 | 1): number => {
    const reach = dilation[axis] * (kernel[axis] - 1);
    return (size[axis] + (pads[axis] as number) + (pads[axis + 2] as number) - reach - 1) % stride[axis];
  };
  return [along(0), along(1)];
};
