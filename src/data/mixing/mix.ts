/** What mixing two samples is. */
import * as z from 'zod';
import { image } from '../../image/image.ts';
import type { RandomStream } from '../../tensor/random.ts';
import type { LabeledImage } from '../sample.ts';
import { byteLabels } from '../transforms/view.ts';

/** Which pixels of the second sample are pasted over the first: not 0, one byte a pixel. Chance comes from the stream alone. */
export type PastedPixels = (other: LabeledImage, random: RandomStream) => Uint8Array;

/** What every kind takes: how often it is done. */
export const MIX_OPTIONS = { probability: z.number().min(0).max(1).default(0.5) };

type MixOptions = z.ZodType<{ readonly probability: number }>;

/** A kind of mixing: its options as they stand in a recipe, and what they make. */
export interface MixKind<Name extends string = string, Options extends MixOptions = MixOptions> {
  readonly name: Name;
  readonly options: Options;
  create(options: z.output<Options>): PastedPixels;
}

/** Keeps the name's and the options' types between the schema, `create` and recipes. */
export function mixKind<Name extends string, Options extends MixOptions>(
  kind: MixKind<Name, Options>,
): MixKind<Name, Options> {
  return kind;
}

/** The first sample with pixels of the second, of the same size, and their labels in place of its own. */
export function pasted(base: LabeledImage, other: LabeledImage, chosen: Uint8Array): LabeledImage {
  const { width, height } = base.image;
  const pixels = base.image.data.slice();
  const labels = base.labels.data.slice();
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (chosen[pixel] === 0) continue;
    labels[pixel] = other.labels.data[pixel] as number;
    for (let byte = 3 * pixel; byte < 3 * pixel + 3; byte++) pixels[byte] = other.image.data[byte] as number;
  }
  return { image: image(width, height, pixels), labels: byteLabels(width, height, labels) };
}
