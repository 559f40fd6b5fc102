/** How many pixels of each class the training split has: warns of what is hard to learn, and weighs rare classes. */
import { percent } from '../text.ts';
import type { Dataset } from '../data/dataset.ts';
import { suggestedWeight } from '../data/stats.ts';

/** Below this share of the labeled pixels a class is warned of. */
const RARE_SHARE = 0.01;

/** Warnings about classes that are rare or missing; `pixels` are those of each class in the split. */
export function judgeClasses(dataset: Dataset, split: string, pixels: readonly number[]): string[] {
  const total = pixels.reduce((sum, count) => sum + count, 0);
  const missing = dataset.classes.filter((_, id) => pixels[id] === 0).map(({ name }) => name);
  const rare = dataset.classes
    .map(({ name }, id) => ({ name, share: (pixels[id] as number) / total }))
    .filter(({ share }) => share > 0 && share < RARE_SHARE)
    .map(({ name, share }) => `${name} (${percent(share, 2)})`);
  return [
    ...(missing.length > 0
      ? [`The split ${split} has no pixel of ${missing.join(', ')}: nothing can be learned about it.`]
      : []),
    ...(rare.length > 0
      ? [
          `Classes below 1 % of the labeled pixels are hard to learn: ${rare.join(', ')}. Weigh them (class weights: auto), or label more of them.`,
        ]
      : []),
  ];
}

/** A weight for each class by its share of the pixels, from 1 to 10, more for rarer ones. */
export function weightsByShare(pixels: readonly number[]): number[] {
  const total = pixels.reduce((sum, count) => sum + count, 0);
  return pixels.map((count) => suggestedWeight(count / total));
}
