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
  /** How many input pixels lie between neighbors: 4, 8, 16 or 32. */
  readonly stride: number;
}

export interface Encoder {
  /** Every feature map the encoder offers, from fine to coarse. */
  readonly taps: readonly Tap[];
  readonly activation: Activation;
  /**
   * The taps' values for images x [N, 3, H, W], in the order of `taps`. A tap has extents ceil(H / stride) and
   * ceil(W / stride), whatever H and W.
   */
  forward(scope: Scope, x: Value, stridePlacement: StridePlacement): readonly Value[];
}
