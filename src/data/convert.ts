/** Any data set to ultralytics' semantic layout: images as they are, masks as PNG files of class ids, and a data.yaml. */
import { stringify } from 'yaml';
import { FormatError } from '../errors.ts';
import { encodeLabelPng } from '../image/png.ts';
import { mapAhead } from './concurrency.ts';
import type { Dataset } from './dataset.ts';
import { type DecodeImage, extensionOf, type FileSink } from './file-source.ts';
import { decodeMask, describeUnknown } from './mask.ts';
import type { Sample } from './sample.ts';

export interface ConvertOptions {
  readonly decodeImage: DecodeImage;
  readonly splits?: readonly string[];
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number, sample: Sample) => void;
}

/** How many samples of each split were written. */
export type Converted = Readonly<Record<string, number>>;

/**
 * Writes `images/SPLIT/NAME`, `masks/SPLIT/NAME.png` (indexed, in the classes' colors) and `data.yaml`.
 * @throws FormatError if a mask cannot be read or has values that are no classes; what was written before stays, without data.yaml.
 */
export async function convertDataset(dataset: Dataset, sink: FileSink, options: ConvertOptions): Promise<Converted> {
  const { splits = dataset.splits, concurrency = 4, onProgress } = options;
  const colors = dataset.classes.map(({ color }) => color);
  const all = splits.flatMap((split) => dataset.samples(split).map((sample) => ({ split, sample })));
  let done = 0;
  const write = async ({ split, sample }: (typeof all)[number]): Promise<Sample> => {
    const [image, maskBytes] = await Promise.all([dataset.source.read(sample.image), dataset.source.read(sample.mask)]);
    const { labels, unknown } = await decodeMask(maskBytes, dataset.encoding, options.decodeImage, sample.mask);
    if (unknown.size > 0) {
      throw new FormatError(
        `${sample.mask}: the mask has ${dataset.encoding.kind === 'ids' ? 'ids' : 'colors'} that are no classes: ${describeUnknown(unknown, dataset.encoding.kind)}. Verify the data set first.`,
      );
    }
    const name = `${split}/${safeName(sample.name)}`;
    await sink.write(`images/${name}${extensionOf(sample.image)}`, image);
    await sink.write(`masks/${name}.png`, encodeLabelPng(labels, colors));
    return sample;
  };
  for await (const sample of mapAhead(all, concurrency, write)) onProgress?.(++done, all.length, sample);
  await sink.write('data.yaml', new TextEncoder().encode(dataYaml(dataset, splits)));
  return Object.fromEntries(splits.map((split) => [split, dataset.samples(split).length]));
}

/** Names from lists may lead out of the folder; the converted ones never do. */
function safeName(name: string): string {
  return name
    .split(/[\\/]/)
    .map((part) => part.replace(/^\.+/, '_').replace(/[<>:"|?*\0]/g, '_'))
    .filter((part) => part !== '')
    .join('/');
}

function dataYaml(dataset: Dataset, splits: readonly string[]): string {
  return stringify({
    path: '.',
    ...Object.fromEntries(splits.map((split) => [split, `images/${split}`])),
    masks_dir: 'masks',
    // A map keeps the ids numbers.
    names: new Map(dataset.classes.map(({ name }, id) => [id, name])),
  });
}
