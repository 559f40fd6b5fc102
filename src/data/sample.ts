/** One image with its mask. */
import type { Image } from '../image/image.ts';
import type { LabelMap } from '../image/label-map.ts';
import type { ImageAnnotation } from './annotations/annotation.ts';
import type { MaskEncoding } from './mask.ts';

/** Two files that belong together. Paths are relative to the data set's root, with `/`. */
export interface Sample {
  /** What it is called in lists and output files; unique within its split. */
  readonly name: string;
  readonly image: string;
  /** An image of classes, or the file that says what was drawn on the image. */
  readonly mask: string;
  /** What was drawn on the image, from which its mask is painted; absent where the mask is an image. */
  readonly annotation?: ImageAnnotation;
  /** How this mask says which class a pixel has, where each has a way of its own. */
  readonly encoding?: MaskEncoding;
  /** How sure the network was that predicted the mask, which has class ids then; absent where people made it. */
  readonly predicted?: PredictedMask;
}

/** Which pixels of a predicted mask are sure enough to be learned from; the others are ignored. */
export interface PredictedMask {
  /** The file of each pixel's confidence: 8-bit gray, 255 for 1. It is not read where no confidence is asked for. */
  readonly confidence: string;
  /** The least confidence that is learned from, from 0 to 1. */
  readonly least: number;
}

/** An image with the class of every pixel. */
export interface LabeledImage {
  readonly image: Image;
  /** Has the image's size; class ids, and 255 where nothing is to be learned. */
  readonly labels: LabelMap & { readonly data: Uint8Array };
}

/** What a sample's labels are called in messages: a file may have those of many images. */
export const labelsNameOf = ({ mask, image, annotation }: Sample): string =>
  annotation === undefined || mask === image ? mask : `${mask} (${image})`;
