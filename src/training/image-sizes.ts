/** How large images are beside what the network sees of them. */
import type { SplitStatistics } from '../data/stats.ts';
import { networkSize } from '../image/preprocess.ts';
import type { TrainingConfiguration } from './configuration.ts';

/** A crop that has less of an image's pixels hardly ever shows a whole thing. */
const LEAST_SHARE = 1 / 50;

/** A warning if most images are so much larger than the crop that the network would see them through a keyhole. */
export function judgeSizes(
  sizes: SplitStatistics['sizes'],
  { crop, preprocessing }: Pick<TrainingConfiguration, 'crop' | 'preprocessing'>,
): string[] {
  const isLarge = ({ width, height }: SplitStatistics['sizes'][number]): boolean => {
    const seen = networkSize(width, height, preprocessing);
    return crop * crop < LEAST_SHARE * seen.width * seen.height;
  };
  const count = (of: SplitStatistics['sizes']): number => of.reduce((sum, { images }) => sum + images, 0);
  const large = sizes.filter(isLarge);
  const [example] = large;
  if (!example || 2 * count(large) <= count(sizes)) return [];
  const share = Math.floor((example.width * example.height) / (crop * crop));
  return [
    `Of images such as those of ${example.width}x${example.height} a crop shows 1/${share}: hardly a whole thing. Resize them, to a shorter side of ${2 * crop} for example.`,
  ];
}
