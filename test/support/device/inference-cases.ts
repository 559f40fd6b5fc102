/** What is segmented on a device and counted: the cases and what is told of each. */
import { IMAGENET_PREPROCESSING, type ImageSize } from '../../../src/image/preprocess.ts';
import { WIDE_VECTORS } from '../../../src/graph/rewrite/known-costs.ts';
import type { SegmenterOptions } from '../../../src/inference/segmenter.ts';
import type { NetworkDefinition } from '../../../src/models/families.ts';
import type { MachineCosts } from '../../../src/runtime/machine-costs.ts';
import { NARROW_REFINENET } from '../synthetic-model.ts';

/** An odd number of pixels: rows and planes begin within the device's words of four bytes. */
export const PICTURE = { width: 45, height: 33 } as const;

/** 11 classes of it are 128 MiB and a bit. */
export const LARGE = { width: 2001, height: 1525 } as const;

export interface InferenceCase {
  readonly title: string;
  /** In place of PICTURE. */
  readonly picture?: ImageSize;
  readonly options: SegmenterOptions;
  /** In place of Light-Weight RefineNet on MobileNetV2. */
  readonly definition?: NetworkDefinition;
  /** What convolutions were measured to cost on the device. */
  readonly costs?: MachineCosts;
}

/** Of a card on which tiles of two are faster than any convolution of sixteen channels. */
const TILES_OF_TWO: MachineCosts = {
  ...WIDE_VECTORS,
  convolution: { multiplyAdd: 1e3, block: 16 },
  tiles: { ...WIDE_VECTORS.tiles, 2: { input: 0, output: 0, kernel: 0 } },
};

export const CASES: readonly InferenceCase[] = [
  { title: 'a size that is known', options: { imageSize: PICTURE } },
  {
    title: 'a size that is known, of pictures that are resized',
    options: {
      preprocessing: { ...IMAGENET_PREPROCESSING, resize: { width: 40, height: 35 } },
      imageSize: PICTURE,
    },
  },
  {
    title: 'any size, a picture that is resized, and probabilities',
    options: {
      preprocessing: { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 40 } },
      confidence: true,
      entropy: true,
    },
  },
  {
    title: 'convolutions in the form that was measured to be faster',
    options: { imageSize: PICTURE },
    definition: NARROW_REFINENET,
    costs: TILES_OF_TWO,
  },
  {
    title: 'a picture whose enlarged logits are more than every card binds',
    picture: LARGE,
    options: { preprocessing: { ...IMAGENET_PREPROCESSING, resize: { width: 55, height: 40 } } },
  },
];

/** What inference-child.ts prints of a case. */
export interface InferenceLine {
  readonly title: string;
  /** What the device is told to compute, a run. */
  readonly kernels: number;
  /** The operators that ran elsewhere, and copies within the graph. */
  readonly elsewhere: readonly string[];
  /** Bytes that a run copied to the device and from it. */
  readonly up: number;
  readonly down: number;
  /** How many classes the processor finds, and the pixels that are of another one here. */
  readonly classes: number;
  readonly others: number;
}
