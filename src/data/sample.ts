/** One picture with its mask. */
import type { Image } from '../image/image.ts';
import type { LabelMap } from '../image/label-map.ts';

/** Two files that belong together. Paths are relative to the data set's root, with `/`. */
export interface Sample {
  /** What it is called in lists and output files; unique within its split. */
  readonly name: string;
  readonly image: string;
  readonly mask: string;
  /** How sure the network was that predicted the mask, which has class ids then; absent where people made it. */
  readonly predicted?: PredictedMask;
}

export interface PredictedMask {
  /** The file of each pixel's confidence: 8-bit gray, 255 for 1. It is not read where no confidence is asked for. */
  readonly confidence: string;
  /** The least confidence that is learned from, from 0 to 1. */
  readonly least: number;
}

export interface LabeledImage {
  readonly image: Image;
  /** Has the picture's size; class ids, and 255 where nothing is to be learned. */
  readonly labels: LabelMap & { readonly data: Uint8Array };
}
