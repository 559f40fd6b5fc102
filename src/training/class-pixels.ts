/** How many pixels of each class the training split has: refuses what cannot be learned, and weighs rare classes. */
import { mapAhead } from '../data/concurrency.ts';
import type { Dataset } from '../data/dataset.ts';
import type { DecodeImage } from '../data/file-source.ts';
import { decodeMask } from '../data/mask.ts';
import { suggestedWeight } from '../data/stats.ts';
import { UsageError } from '../errors.ts';

const READ_AT_ONCE = 4;

/** Below this share of the labelled pixels a class is warned of. */
const RARE_SHARE = 0.01;

/** Pixels by class, from all masks of a split. No image is read. */
export async function countClassPixels(dataset: Dataset, split: string, decodeImage: DecodeImage): Promise<number[]> {
  const counts = new Float64Array(256);
  const read = async (mask: string): Promise<Uint8Array> =>
    (await decodeMask(await dataset.source.read(mask), dataset.encoding, decodeImage, mask)).labels.data;
  const masks = dataset.samples(split).map(({ mask }) => mask);
  for await (const labels of mapAhead(masks, READ_AT_ONCE, read)) {
    for (const id of labels) counts[id] = (counts[id] as number) + 1;
  }
  return [...counts.subarray(0, dataset.classes.length)];
}

/**
 * Warnings about classes that are rare or missing.
 * @throws UsageError if fewer than two classes are there: a network that always says the same would be right.
 */
export function judgeClasses(dataset: Dataset, split: string, pixels: readonly number[]): string[] {
  const total = pixels.reduce((sum, count) => sum + count, 0);
  const present = dataset.classes.filter((_, id) => (pixels[id] as number) > 0);
  if (present.length < 2) {
    const found = present.length === 0 ? 'no class at all' : `only the class "${present[0]?.name}"`;
    throw new UsageError(
      `${dataset.name}: the split ${split} has pixels of ${found}, so there is nothing to tell apart: a network that always gives one answer would be right. ` +
        'Label a second class, such as "background", with an id of its own in place of 255.',
    );
  }
  const missing = dataset.classes.filter((_, id) => pixels[id] === 0).map(({ name }) => name);
  const rare = dataset.classes
    .map(({ name }, id) => ({ name, share: (pixels[id] as number) / total }))
    .filter(({ share }) => share > 0 && share < RARE_SHARE)
    .map(({ name, share }) => `${name} (${(100 * share).toFixed(2)} %)`);
  return [
    ...(missing.length > 0
      ? [`The split ${split} has no pixel of ${missing.join(', ')}: nothing can be learned about it.`]
      : []),
    ...(rare.length > 0
      ? [
          `Classes below 1 % of the labelled pixels are hard to learn: ${rare.join(', ')}. Weigh them with --class-weights auto, or label more of them.`,
        ]
      : []),
  ];
}

/** A weight for each class by its share of the pixels, from 1 to 10, more for rarer ones. */
export function weightsByShare(pixels: readonly number[]): number[] {
  const total = pixels.reduce((sum, count) => sum + count, 0);
  return pixels.map((count) => suggestedWeight(count / total));
}
