/** A RefineNet as data: what config.json holds and what the builder reads. */
import type { CoordinateTransformation } from '../../graph/ops/resize.ts';
import type { Interpolation, PoolingOrder, Skip } from './blocks.ts';
import type { Activation } from '../activations.ts';
import type { EncoderStride, StridePlacement } from '../encoders/encoder.ts';
import type { EncoderName } from '../encoders/index.ts';

/** Whether, and how, the mean of the coarsest feature over the image is added to it. */
export type ImagePooling = boolean | 'projected';

/** How a conditional random field is set. */
export interface ConditionalRandomField {
  /** How far away the eight neighbors of each ring are, in places of the scores. */
  readonly dilations: readonly number[];
  /** The difference of color, in numbers of the normalized image, at which two places agree 0.6 as much as at none: a normal curve's deviation. */
  readonly color: number;
  /** What all neighbors together add to the score of a class that they are sure of. */
  readonly weight: number;
  /** Rounds in which places ask their neighbors. */
  readonly iterations: number;
}

/** One decoder covers the family; every difference between its members is a field here. */
export interface DecoderDefinition {
  /** Kernel of reduction, fusion and pooling convolutions: 3 in RefineNet, 1 in Light-Weight RefineNet. */
  readonly kernel: 1 | 3;
  /** Encoder taps by name, from coarse to fine. Several encoders (scales) repeat the list. */
  readonly taps: readonly string[];
  /** Channels each tap is reduced to, from coarse to fine. */
  readonly widths: readonly number[];
  /**
   * Whether the reduction of the coarsest tap also adds a 1x1 convolution of the tap's mean over the image (Liu et al., ParseNet,
   * 2015): what the image is of as a whole. `projected`: both are activated and pass 1x1 convolutions before they are summed, as in
   * DeepLabv3 (Chen et al., 2017, section 3.3). Not when left out.
   */
  readonly imagePooling?: ImagePooling | undefined;
  /**
   * The block each path enters, counted from 1 at the coarsest: [1, 1, 1, 1] is a single RefineNet, [1, 1, 2, 2]
   * 2-cascaded, [1, 2, 3, 4] 4-cascaded; twice as long for two scales.
   */
  readonly cascade: readonly number[];
  /** Residual conv units on each block input, after each block, and before the classifier. */
  readonly units: { readonly adapt: number; readonly output: number; readonly head: number };
  /** `count`: poolings in the chain of every block, or a number for each block, the coarsest first. */
  readonly pooling: { readonly order: PoolingOrder; readonly count: number | readonly number[] };
  /** Which block inputs pass a fusion convolution: all, or only the previous block's output. */
  readonly fusion: 'all' | 'previous';
  readonly skip: Skip;
  readonly activation: Activation;
  readonly upsampling: CoordinateTransformation;
  /**
   * How fusion enlarges: linear, as in the paper, when left out. Cubic (Keys, 1981, a = -0.75, PyTorch's `bicubic`) keeps the peaks of
   * small things, which linear interpolation flattens.
   */
  readonly interpolation?: Interpolation | undefined;
  /** Kernel of the classifier. */
  readonly classifier: 1 | 3;
  /** What moves the classifier's scores to the edges of the image; nothing when left out. */
  readonly crf?: ConditionalRandomField | undefined;
  /** Dropout probabilities: on the two coarsest levels' features, and before the classifier. */
  readonly dropout: { readonly features: number; readonly classifier: number };
}

/** All that determines a RefineNet but its weights, as data for JSON. */
export interface RefineNetDefinition {
  /** Left out, as in files from before there were other families. */
  readonly family?: 'refinenet';
  readonly encoder: EncoderName;
  readonly stridePlacement: StridePlacement;
  /** Input pixels between neighbors of the encoder's coarsest feature, below 32 by dilation; 32 when left out. */
  readonly encoderStride?: EncoderStride | undefined;
  /**
   * One encoder per entry, each with weights of its own, fed with the image at 1 / entry of its size; from coarse to fine,
   * ending in 1. [1] is the ordinary network, [2, 1] the 2-scale one.
   */
  readonly imageDivisors: readonly number[];
  readonly classes: number;
  readonly decoder: DecoderDefinition;
}
