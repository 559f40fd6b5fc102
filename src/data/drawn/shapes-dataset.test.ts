import { describe, expect, test } from 'vitest';
import { decodeDatasetImage } from '../../platform/node/dataset-files.ts';
import { openDataset } from '../dataset.ts';
import type { FileSource } from '../file-source.ts';
import { readSample } from '../read-sample.ts';
import type { Sample } from '../sample.ts';
import { drawShapes, SHAPE_CLASSES } from './shapes.ts';
import { writeShapesDataset } from './shapes-dataset.ts';

const COUNTS = { train: 3, val: 1, test: 2 };

/** Files in memory. */
function memory(): FileSource & {
  readonly files: Map<string, Uint8Array>;
  write(path: string, bytes: Uint8Array): Promise<void>;
} {
  const files = new Map<string, Uint8Array>();
  return {
    name: 'memory',
    files,
    write: async (path, bytes) => void files.set(path, bytes),
    list: async (folder) =>
      [...files.keys()].filter((path) => path.startsWith(folder === '' ? '' : `${folder}/`)).sort(),
    read: async (path) => files.get(path) as Uint8Array,
    exists: async (path) => files.has(path),
    size: async (path) => files.get(path)?.length ?? 0,
  };
}

describe('a data set of drawn shapes', () => {
  test('opens as any other, with the drawings in it', async () => {
    const store = memory();
    const told: string[] = [];
    await writeShapesDataset(store, {
      seed: 4,
      counts: COUNTS,
      size: 40,
      onImage: (done, total) => told.push(`${done}/${total}`),
    });
    const dataset = await openDataset(store);
    expect(dataset.classes).toEqual(SHAPE_CLASSES);
    expect(dataset.splits).toEqual(['train', 'val', 'test']);
    expect(told).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
    for (const [split, count] of Object.entries(COUNTS)) {
      const samples = dataset.samples(split);
      expect(samples).toHaveLength(count);
      for (const [index, sample] of samples.entries()) {
        const read = await readSample(dataset, sample as Sample, decodeDatasetImage);
        const drawn = drawShapes(4, [split, index], 40);
        expect(read.image.data).toEqual(drawn.image.data);
        expect(read.labels.data).toEqual(drawn.labels.data);
      }
    }
  });

  test('has the same bytes for the same seed', async () => {
    const [first, second] = [memory(), memory()];
    for (const store of [first, second]) await writeShapesDataset(store, { seed: 1, counts: { train: 2 }, size: 32 });
    expect(second.files).toEqual(first.files);
  });

  test.each([0, 1.5, Number.NaN])('refuses %d images', async (train) => {
    await expect(writeShapesDataset(memory(), { seed: 1, counts: { train } })).rejects.toThrow(
      `The split train takes a whole number of images, at least 1; got ${train}.`,
    );
  });

  test('ends, without a description, once the signal is aborted', async () => {
    const store = memory();
    const signal = { aborted: false };
    const onImage = (done: number) => {
      signal.aborted = done === 2;
    };
    await writeShapesDataset(store, { seed: 1, counts: COUNTS, size: 32, signal, onImage });
    expect([...store.files.keys()].sort()).toEqual([
      'images/train/0.png',
      'images/train/1.png',
      'masks/train/0.png',
      'masks/train/1.png',
    ]);
  });
});
