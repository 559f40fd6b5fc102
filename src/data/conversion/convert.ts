/** Converts any data set to a layout that the library, and others, read. */
import { UsageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { mapAhead } from '../concurrency.ts';
import type { Dataset } from '../dataset.ts';
import { type DecodeImage, extensionOf, type FileSink } from '../file-source.ts';
import { readLabels } from '../read-sample.ts';
import type { Sample } from '../sample.ts';
import { cocoWriter } from './coco.ts';
import { maskWriter } from './masks.ts';
import type { DatasetWriter, StartWriting } from './writer.ts';
import { yoloWriter } from './yolo.ts';

/** What data sets are converted to. */
export const DATASET_WRITERS = {
  masks: maskWriter,
  coco: cocoWriter,
  yolo: yoloWriter,
} as const satisfies Readonly<Record<string, StartWriting>>;

export type ConversionTarget = keyof typeof DATASET_WRITERS;

export interface ConvertOptions {
  readonly decodeImage: DecodeImage;
  /** Default masks. */
  readonly to?: ConversionTarget;
  readonly splits?: readonly string[];
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number, sample: Sample) => void;
}

export interface Converted {
  /** How many samples of each split were written. */
  readonly samples: Readonly<Record<string, number>>;
  /** The file that describes the data set, relative to the folder. */
  readonly entry: string;
  /** What the layout cannot say, and was lost. */
  readonly losses: readonly string[];
}

/**
 * Writes images as they are to `images/SPLIT/NAME`, and their labels as the target has them.
 * @throws FormatError if labels cannot be read or have values that are no classes; what was written before stays, without the file
 *   that describes it. UsageError if two samples have one name.
 */
export async function convertDataset(dataset: Dataset, sink: FileSink, options: ConvertOptions): Promise<Converted> {
  const { splits = dataset.splits, concurrency = 4, onProgress, decodeImage, to = 'masks' } = options;
  const all = splits.flatMap((split) => dataset.samples(split).map((sample) => ({ split, sample })));
  const names = new Set<string>();
  for (const { split, sample } of all) {
    const name = `${split}/${safeName(sample.name)}`.toLowerCase();
    if (names.has(name))
      throw new UsageError(`${dataset.name}: two images of ${split} are called ${sample.name}. Rename one.`);
    names.add(name);
  }
  const writer: DatasetWriter = DATASET_WRITERS[to]({ dataset, splits, sink });
  let done = 0;
  const read = async ({ split, sample }: (typeof all)[number]) => {
    const image = await dataset.source.read(sample.image);
    let decoded: Promise<Image> | undefined;
    const labels = await readLabels(dataset, sample, decodeImage, () => (decoded ??= decodeImage(image, sample.image)));
    const name = `${split}/${safeName(sample.name)}`;
    const file = `images/${name}${extensionOf(sample.image)}`;
    await sink.write(file, image);
    await writer.add({ split, name, image: file, labels });
    return sample;
  };
  for await (const sample of mapAhead(all, concurrency, read)) onProgress?.(++done, all.length, sample);
  const { entry, losses } = await writer.end();
  return {
    samples: Object.fromEntries(splits.map((split) => [split, dataset.samples(split).length])),
    entry,
    losses,
  };
}

/** Names from lists may lead out of the folder; the converted ones never do. */
function safeName(name: string): string {
  return name
    .split(/[\\/]/)
    .map((part) => part.replace(/^\.+/, '_').replace(/[<>:"|?*\0]/g, '_'))
    .filter((part) => part !== '')
    .join('/');
}
