/** One picture with its mask. */
import type { Image } from '../image/image.ts';
import type { LabelMap } from '../image/label-map.ts';

/** Two files that belong together. Paths are relative to the data set's root, with `/`. */
export interface Sample {
  /** What it is called in lists and output files; unique within its split. */
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

export interface LabelledImage {
  readonly image: Image;
  /** Of the picture's size; class ids, and 255 where nothing is to be learned. */
  readonly labels: LabelMap & { readonly data: Uint8Array };
}
