/** What an encoder is to the decoder. */
import type { Value } from '../../graph/value.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Activation } from '../activations.ts';

/** Where a bottleneck's stride sits: in its 3x3 convolution (torchvision) or its first 1x1 (the Caffe models). */
export type StridePlacement = '3x3' | '1x1';

/** A feature map that the decoder can take. */
export interface Tap {
  readonly name: string;
  readonly channels: number;
  /** How many input pixels lie between neighbors: a power of two from 2 to 32. */
  readonly stride: number;
}

/** Input pixels between neighbors of an encoder's coarsest feature. */
export const ENCODER_STRIDES = [8, 16, 32] as const;

/**
 * One of the strides that an encoder's coarsest feature may have, in input pixels. Lower ones take more work and keep
 * more detail.
 */
export type EncoderStride = (typeof ENCODER_STRIDES)[number];

/** What may differ between encoders of the same weights. */
export interface EncoderForm {
  /** `3x3` when left out; encoders without bottlenecks have nothing to place. */
  readonly stridePlacement?: StridePlacement | undefined;
  /** 32 when left out. Below it the last stages keep their size: their 3x3 convolutions are dilated instead. */
  readonly encoderStride?: EncoderStride | undefined;
}

export interface Encoder {
  /** Every feature map the encoder offers, from fine to coarse, with its stride where nothing is dilated. */
  readonly taps: readonly Tap[];
  readonly activation: Activation;
  /**
   * The taps' values for images x [N, 3, H, W], in the order of `taps`. A tap has extents ceil(H / stride) and
   * ceil(W / stride), whatever H and W, with the strides of `tapsAtStride`.
   */
  forward(scope: Scope, x: Value, form?: EncoderForm): readonly Value[];
}

/** The taps of an encoder whose features are no coarser than this. */
export const tapsAtStride = ({ taps }: Pick<Encoder, 'taps'>, encoderStride: EncoderStride = 32): readonly Tap[] =>
  taps.map((tap) => ({ ...tap, stride: Math.min(tap.stride, encoderStride) }));

/** How the 3x3 convolutions of a block step. */
export interface Step {
  readonly stride: number;
  /** Of the convolution that has the stride. */
  readonly dilation: number;
  /** Of those behind it. */
  readonly after: number;
}

/**
 * The steps of the blocks of every stage. A stage that would make features coarser than `encoderStride` keeps their size, and what
 * follows is dilated as much (torchvision's `replace_stride_with_dilation`): its features are those of the strided encoder and
 * others between them (Chen et al., PAMI 2018, section 3.1).
 * @param stages with the stride of their first block.
 * @param entering input pixels between neighbors of what enters the first one.
 */
export function stageSteps(
  stages: readonly { readonly stride: number; readonly repeats: number }[],
  entering: number,
  encoderStride: EncoderStride = 32,
): readonly (readonly Step[])[] {
  let reached = entering;
  let dilation = 1;
  return stages.map(({ stride, repeats }) => {
    const isDilated = reached * stride > encoderStride;
    const before = dilation;
    if (isDilated) dilation *= stride;
    else reached *= stride;
    const others = Array.from({ length: repeats - 1 }, () => ({ stride: 1, dilation, after: dilation }));
    return [{ stride: isDilated ? 1 : stride, dilation: before, after: dilation }, ...others];
  });
}
