/** What is segmented on a device and counted: the cases and what is told of each. */
import { IMAGENET_PREPROCESSING, type ImageSize } from '../../src/image/preprocess.ts';
import type { SegmenterOptions } from '../../src/inference/segmenter.ts';

/** An odd number of pixels: rows and planes begin within the device's words of four bytes. */
export const PICTURE = { width: 45, height: 33 } as const;

/** 11 classes of it are 128 MiB and a bit. */
export const LARGE = { width: 2001, height: 1525 } as const;

export interface InferenceCase {
  readonly title: string;
  /** In place of PICTURE. */
  readonly picture?: ImageSize;
  readonly options: SegmenterOptions;
}

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
    title: 'a picture whose enlarged logits are more than every card binds',
    picture: LARGE,
    options: { preprocessing: { ...IMAGENET_PREPROCESSING, resize: { width: 55, height: 40 } } },
  },
];

/** What device-inference-child.ts prints of a case. */
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
