/** What may differ from the published form of a RefineNet. */
import type { EncoderStride, StridePlacement } from '../encoders/encoder.ts';
import type { PoolingOrder, Skip } from './blocks.ts';
import type { ImagePooling } from './definition.ts';
import type { CascadeName } from './cascades.ts';

/** What is asked of an architecture in place of its published form; what is left out stays as published. */
export interface Variation {
  readonly cascade?: CascadeName;
  readonly pooling?: { readonly order?: PoolingOrder; readonly count?: number };
  readonly skip?: Skip;
  readonly classifier?: 1 | 3;
  readonly stridePlacement?: StridePlacement;
  readonly encoderStride?: EncoderStride;
  readonly imagePooling?: ImagePooling;
  /** The probability with which an element of a coarse feature (at 1/16 and above) is dropped in training. */
  readonly dropout?: number;
}

/** The variations that change a network's result but not its tensors; the published form where left out. */
export interface VariantOptions {
  readonly skip?: Skip;
  readonly poolingOrder?: PoolingOrder;
  readonly stridePlacement?: StridePlacement;
  readonly encoderStride?: EncoderStride;
}

/** Variant options as a variation. */
export function variationOf({ poolingOrder: order, ...others }: VariantOptions): Variation {
  return { ...others, pooling: { ...(order && { order }) } };
}
