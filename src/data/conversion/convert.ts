/** Converts any data set to a layout that the library, and others, read. */
import { UsageError } from '../../errors.ts';
import { mapAhead } from '../concurrency.ts';
import type { Dataset } from '../dataset.ts';
import { type DecodeImage, extensionOf, type FileSink } from '../file-source.ts';
import { assertSameSize, readLabels } from '../read-sample.ts';
import type { Sample } from '../sample.ts';
import { KNOWN_SPLITS } from '../split-names.ts';
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
  /** Default train, val and test, as far as they are there: others, such as VOC's trainval, are mostly of the same images. */
  readonly splits?: readonly string[];
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number, sample: Sample) => void;
}

export interface Converted {
  /** How many samples of each split were written, by the names that they have now. */
  readonly samples: Readonly<Record<string, number>>;
  /** The file, or the folder of the files, that describes the data set, relative to the folder. */
  readonly entry: string;
  /** What was left out, or the layout cannot say. */
  readonly losses: readonly string[];
}

/**
 * Writes images as they are to `images/SPLIT/NAME`, and their labels as the target has them.
 * @throws FormatError if labels cannot be read, have values that are no classes or another size than their image; what was written
 *   before stays, without the file that describes it. UsageError if two samples have one name, or splits have none that the layouts know.
 */
export async function convertDataset(dataset: Dataset, sink: FileSink, options: ConvertOptions): Promise<Converted> {
  const { concurrency = 4, onProgress, decodeImage, to = 'masks' } = options;
  const { targets, left } = splitTargets(dataset, options.splits);
  const splits = [...targets.values()];
  const all = [...targets].flatMap(([from, split]) => dataset.samples(from).map((sample) => ({ split, sample })));
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
    const decoded = await decodeImage(image, sample.image);
    const labels = await readLabels(dataset, sample, decodeImage, async () => decoded);
    assertSameSize(sample, decoded, labels);
    const name = `${split}/${safeName(sample.name)}`;
    const file = `images/${name}${extensionOf(sample.image)}`;
    await sink.write(file, image);
    await writer.add({ split, name, image: file, labels });
    return sample;
  };
  for await (const sample of mapAhead(all, concurrency, read)) onProgress?.(++done, all.length, sample);
  const { entry, losses } = await writer.end();
  return {
    samples: Object.fromEntries([...targets].map(([from, split]) => [split, dataset.samples(from).length])),
    entry,
    losses: [...left, ...losses],
  };
}

/** What each split is written as. */
interface SplitTargets {
  readonly targets: ReadonlyMap<string, string>;
  /** What is said of those that are not. */
  readonly left: readonly string[];
}

/** @throws UsageError if there are splits of which nobody knows what they are. */
function splitTargets({ name, splits: all }: Dataset, asked: readonly string[] | undefined): SplitTargets {
  const known = all.filter((split) => KNOWN_SPLITS.includes(split));
  const wanted = asked ?? (known.length > 0 ? known : all);
  const others = wanted.filter((split) => !KNOWN_SPLITS.includes(split));
  const [only] = others;
  if (others.length > 1 || (only !== undefined && wanted.includes('train'))) {
    throw new UsageError(
      `${name}: the splits ${others.join(', ')} are neither train nor val nor test, which converted data sets have. Convert them one by one: each becomes the train of a data set of its own.`,
    );
  }
  const missed = asked === undefined ? all.filter((split) => !wanted.includes(split)) : [];
  return {
    targets: new Map(wanted.map((split) => [split, split === only ? 'train' : split])),
    left: [
      ...missed.map((split) => `The split ${split} is left out. Where it has images of its own, convert it by itself.`),
      ...(only === undefined ? [] : [`The split ${only} is called train now.`]),
    ],
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
