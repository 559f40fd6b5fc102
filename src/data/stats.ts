/** Figures of a data set: how many pixels of each class, how large and how bright its images are. */
import type { Dataset } from './dataset.ts';
import type { ScannedImage, ScannedSample } from './scan.ts';

/** How often one class occurs in a split. */
export interface ClassStatistics {
  readonly id: number;
  readonly name: string;
  readonly pixels: number;
  /** The share of all labeled pixels, in [0, 1]. */
  readonly fraction: number;
  /** Images that have at least one pixel of it. */
  readonly images: number;
  /** A weight that suits the class in the loss: more for rarer ones, see `suggestedWeight`. */
  readonly weight: number;
}

/** The figures of one split: classes, sizes and brightness of its images. */
export interface SplitStatistics {
  readonly split: string;
  /** Samples whose image and mask can be read. */
  readonly samples: number;
  readonly classes: readonly ClassStatistics[];
  readonly labeledPixels: number;
  /** The share of all pixels that is ignored, in [0, 1]. */
  readonly ignoredFraction: number;
  /** Images by size, the most frequent first. */
  readonly sizes: readonly { readonly width: number; readonly height: number; readonly images: number }[];
  /** What red, green and blue are over all pixels, in [0, 1]. */
  readonly mean: readonly [number, number, number];
  /** The standard deviations of the same. */
  readonly std: readonly [number, number, number];
}

/**
 * 1 / ln(1.1 + fraction), at most 10 and at least 1: about 10 for a class that hardly occurs, 1.35 for one that is
 * everything (the weighting of ENet, with another constant).
 */
export function suggestedWeight(fraction: number): number {
  return Math.min(10, Math.max(1, 1 / Math.log(1.1 + fraction)));
}

/** The figures of every split in the scan, in its order. */
export function datasetStatistics(dataset: Dataset, scanned: readonly ScannedSample[]): SplitStatistics[] {
  const splits = [...new Set(scanned.map(({ split }) => split))];
  return splits.map((split) =>
    splitStatistics(
      dataset,
      split,
      scanned.filter((record) => record.split === split),
    ),
  );
}

function splitStatistics(dataset: Dataset, split: string, scanned: readonly ScannedSample[]): SplitStatistics {
  const images = scanned.flatMap(({ image }) => ('value' in image ? [image.value] : []));
  const masks = scanned.flatMap(({ mask }) => ('value' in mask ? [mask.value] : []));
  const pixels = dataset.classes.map((_, id) => sum(masks.map(({ counts }) => counts[id] as number)));
  const labeled = sum(pixels);
  const ignored = sum(masks.map((mask) => mask.ignored));
  return {
    split,
    samples: scanned.filter(({ image, mask }) => 'value' in image && 'value' in mask).length,
    classes: dataset.classes.map(({ name }, id) => {
      const fraction = labeled === 0 ? 0 : (pixels[id] as number) / labeled;
      return {
        id,
        name,
        pixels: pixels[id] as number,
        fraction,
        images: masks.filter(({ counts }) => (counts[id] as number) > 0).length,
        weight: suggestedWeight(fraction),
      };
    }),
    labeledPixels: labeled,
    ignoredFraction: labeled + ignored === 0 ? 0 : ignored / (labeled + ignored),
    sizes: sizesOf(images),
    ...brightness(images),
  };
}

function sizesOf(images: readonly ScannedImage[]): SplitStatistics['sizes'] {
  const counts = new Map<string, number>();
  for (const { width, height } of images) counts.set(`${width}x${height}`, (counts.get(`${width}x${height}`) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([size, count]) => {
      const [width, height] = size.split('x').map(Number) as [number, number];
      return { width, height, images: count };
    });
}

function brightness(images: readonly ScannedImage[]): Pick<SplitStatistics, 'mean' | 'std'> {
  const pixels = Math.max(1, sum(images.map(({ width, height }) => width * height)));
  const perChannel = (of: (image: ScannedImage, channel: number) => number) =>
    [0, 1, 2].map((channel) => sum(images.map((image) => of(image, channel))) / pixels);
  const mean = perChannel(({ sums }, channel) => (sums[channel] as number) / 255);
  const square = perChannel(({ squares }, channel) => (squares[channel] as number) / 255 ** 2);
  const std = mean.map((value, channel) => Math.sqrt(Math.max(0, (square[channel] as number) - value * value)));
  return { mean: mean as unknown as SplitStatistics['mean'], std: std as unknown as SplitStatistics['std'] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
