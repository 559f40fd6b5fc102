/** How large images are beside what the network sees of them. */
import type { SplitStatistics } from '../data/stats.ts';
import { networkSize } from '../image/preprocess.ts';
import type { TrainingConfiguration } from './configuration.ts';

/** A crop of an image that would take more of them hardly ever shows a whole thing. */
const MOST_CROPS = 50;

/** A warning if most images are so much larger than the crop that the network would see them through a keyhole. */
export function judgeSizes(
  sizes: SplitStatistics['sizes'],
  { crop, preprocessing }: Pick<TrainingConfiguration, 'crop' | 'preprocessing'>,
): string[] {
  /** How many crops the image would take, at the size at which the model sees it. */
  const cropsOf = (of: SplitStatistics['sizes'][number]): number => {
    const { width, height } = networkSize(of.width, of.height, preprocessing);
    return (width * height) / (crop * crop);
  };
  const count = (of: SplitStatistics['sizes']): number => of.reduce((sum, { images }) => sum + images, 0);
  const large = sizes.filter((size) => cropsOf(size) > MOST_CROPS);
  const [example] = large;
  if (!example || 2 * count(large) <= count(sizes)) return [];
  return [
    `Of images such as those of ${example.width}x${example.height} a crop shows 1/${Math.floor(cropsOf(example))}: hardly a whole thing. Resize them, to a shorter side of ${2 * crop} for example.`,
  ];
}
