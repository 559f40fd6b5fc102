/** What the gradients of a convolution know of it. */
import { elementCount } from '../../../tensor/shape.ts';
import type { ConvAttributes } from '../../ops/conv.ts';
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
