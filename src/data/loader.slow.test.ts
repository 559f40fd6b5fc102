import { describe, expect, test } from 'vitest';
import { openDataset } from './dataset.ts';
import { epochOrder } from './epoch.ts';
import { type Batch, createLoader, type LoaderOptions, type LoaderState } from './loader.ts';
import { ShapeError, UsageError } from '../errors.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { decodeDatasetImage } from '../platform/node/dataset-files.ts';
import { type Files, mask, memorySource, photo } from '../../test/support/drawn/files.ts';

const COUNT = 11;
const files: Files = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index) => [
    [`images/train/${index}.png`, photo(index, 40 + index, 36)],
    [`masks/train/${index}.png`, mask([0, 1, 2], 40 + index, 36)],
  ]).flat() as [string, Uint8Array][],
);

async function loader(options: Partial<LoaderOptions> = {}) {
  const dataset = await openDataset(memorySource(files));
  return createLoader({
    dataset,
    split: 'train',
    batch: 3,
    augmentation: [
      { transform: 'scale', range: [0.7, 1.5] },
      { transform: 'pad', size: 32 },
      { transform: 'flip' },
      { transform: 'crop', size: 32 },
      { transform: 'color-jitter', brightness: 0.2 },
    ],
    preprocessing: IMAGENET_PREPROCESSING,
    decodeImage: decodeDatasetImage,
    ...options,
  });
}

const START: LoaderState = { seed: 7, epoch: 0, position: 0 };

async function take(source: { batches(state: LoaderState): AsyncGenerator<Batch> }, state: LoaderState, count: number) {
  const batches: Batch[] = [];
  for await (const batch of source.batches(state)) {
    batches.push(batch);
    if (batches.length === count) break;
  }
  return batches;
}

describe('a loader', () => {
  test('gives float32 images [N, 3, H, W] and uint8 labels [N, H, W], every sample once an epoch at most', async () => {
    const batches = await take(await loader(), START, 3);
    for (const { images, labels } of batches) {
      expect([images.dtype, ...images.shape]).toEqual(['float32', 3, 3, 32, 32]);
      expect([labels.dtype, ...labels.shape]).toEqual(['uint8', 3, 32, 32]);
      expect(new Set(labels.data)).toContain(1);
    }
    const names = batches.flatMap((batch) => batch.names);
    expect(new Set(names).size).toBe(9);
    expect(batches.map(({ epoch, position }) => [epoch, position])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
  });

  test('normalizes as the preprocessing says', async () => {
    const plain = await loader({
      batch: 1,
      augmentation: [],
      preprocessing: { rescaleFactor: 1, mean: [0, 1, 2], std: [1, 1, 2] },
    });
    const [batch] = await take(plain, START, 1);
    const { image, name } = { image: batch?.images, name: batch?.names[0] as string };
    const dataset = await openDataset(memorySource(files));
    const bytes = await dataset.source.read(`images/train/${name}.png`);
    const pixels = await decodeDatasetImage(bytes, name);
    const plane = pixels.width * pixels.height;
    for (const pixel of [0, 17, plane - 1]) {
      expect(image?.data[pixel]).toBe(pixels.data[pixel * 3]);
      expect(image?.data[plane + pixel]).toBe((pixels.data[pixel * 3 + 1] as number) - 1);
      expect(image?.data[2 * plane + pixel]).toBe(((pixels.data[pixel * 3 + 2] as number) - 2) / 2);
    }
  });

  test('gives the same batches for the same seed, others for another, and others in the next epoch', async () => {
    const one = await take(await loader(), START, 6);
    expect(await take(await loader({ ahead: 1, cacheBytes: 0 }), START, 6)).toEqual(one);
    const other = await take(await loader(), { ...START, seed: 8 }, 3);
    expect(other.map(({ names }) => names)).not.toEqual(one.slice(0, 3).map(({ names }) => names));
    expect(one.slice(3).map(({ names }) => names)).not.toEqual(one.slice(0, 3).map(({ names }) => names));
    expect(one[3]?.epoch).toBe(1);
  });

  test('goes on from any batch as if it had never stopped', async () => {
    const whole = await take(await loader(), START, 8);
    for (const stop of [1, 2, 3, 5]) {
      const { next } = whole[stop - 1] as Batch;
      expect(await take(await loader(), JSON.parse(JSON.stringify(next)) as LoaderState, 8 - stop)).toEqual(
        whole.slice(stop),
      );
    }
    expect((whole[2] as Batch).next).toEqual({ seed: 7, epoch: 1, position: 0 });
  });

  test('augments a sample the same whatever batch it is in', async () => {
    const single = await take(await loader({ batch: 1 }), START, COUNT);
    const triple = await take(await loader({ batch: 3 }), START, 3);
    const size = 3 * 32 * 32;
    for (const [index, { images, names }] of single.slice(0, 9).entries()) {
      const batch = triple[Math.floor(index / 3)] as Batch;
      expect(batch.names[index % 3]).toBe(names[0]);
      expect(batch.images.data.slice((index % 3) * size, ((index % 3) + 1) * size)).toEqual(images.data);
    }
  });

  test('augments a sample anew in every epoch', async () => {
    const batches = await take(await loader({ batch: 1 }), START, 2 * COUNT);
    for (const { names, images } of batches.slice(0, COUNT)) {
      const again = batches.slice(COUNT).find((batch) => batch.names[0] === names[0]);
      expect(again?.images.data).not.toEqual(images.data);
    }
  });

  test('gives several machines the batches of one in turn, to each as many', async () => {
    const options = { batch: 2 };
    const all = await take(await loader(options), START, 10);
    for (const index of [0, 1]) {
      const part = await loader({ ...options, shard: { index, count: 2 } });
      expect(part.batchesPerEpoch).toBe(2);
      const own = await take(part, START, 4);
      // Five batches an epoch: the fifth is left over.
      const expected = [0, 2, 5, 7].map((place) => all[place + index] as Batch);
      expect(own.map(({ names, images }) => [names, images])).toEqual(
        expected.map(({ names, images }) => [names, images]),
      );
      expect(own.map(({ epoch, position, next }) => [epoch, position, next.epoch, next.position])).toEqual([
        [0, 0, 0, 1],
        [0, 1, 1, 0],
        [1, 0, 1, 1],
        [1, 1, 2, 0],
      ]);
      expect(await take(part, { ...START, position: 1 }, 2)).toEqual(own.slice(1, 3));
    }
  });

  test('names parts that do not exist, and too few samples for all of them', async () => {
    await expect(loader({ shard: { index: 2, count: 2 } })).rejects.toThrow(
      'There is no part 2 of 2. Parts are counted from 0, below their number.',
    );
    await expect(loader({ shard: { index: 0, count: 4 } })).rejects.toThrow(
      "the split train has 11 samples, too few for 4 machines' batches of 3.",
    );
  });

  describe('that mixes', () => {
    const mixing = [
      { mix: 'cutmix', probability: 0.7 },
      { mix: 'classmix', probability: 0.5 },
    ] as const;

    test('changes about as many samples as asked, and leaves the others as without it', async () => {
      const plain = await take(await loader(), START, 30);
      const mixed = await take(await loader({ mixing }), START, 30);
      expect(mixed.map(({ names }) => names)).toEqual(plain.map(({ names }) => names));
      const size = 3 * 32 * 32;
      const changed = plain.flatMap(({ images }, index) =>
        [0, 1, 2].filter(
          (place) =>
            String(images.data.slice(place * size, (place + 1) * size)) !==
            String(mixed[index]?.images.data.slice(place * size, (place + 1) * size)),
        ),
      );
      expect(changed.length).toBeGreaterThan(60);
      expect(changed.length).toBeLessThan(89);
    });

    test('goes on from any batch as if it had never stopped, whatever the batch size and the part', async () => {
      const options = { mixing, batch: 1 };
      const whole = await take(await loader(options), START, 2 * COUNT);
      expect(await take(await loader({ ...options, ahead: 1, cacheBytes: 0 }), START, 2 * COUNT)).toEqual(whole);
      for (const stop of [1, 5, COUNT, COUNT + 3]) {
        const { next } = whole[stop - 1] as Batch;
        expect(await take(await loader(options), next, 3)).toEqual(whole.slice(stop, stop + 3));
      }
      const pairs = await take(await loader({ mixing, batch: 2 }), START, 2);
      const singles = whole.slice(0, 4).flatMap(({ images }) => [...images.data]);
      expect(pairs.flatMap(({ images }) => [...images.data])).toEqual(singles);
      const part = await loader({ ...options, shard: { index: 1, count: 2 } });
      expect((await take(part, START, 3)).map(({ images }) => images.data)).toEqual(
        [1, 3, 5].map((place) => whole[place]?.images.data),
      );
    });
  });

  describe('that has some images more often', () => {
    const times = Array.from({ length: COUNT }, (_, index) => (index === 2 ? 4 : 1));

    test('gives each as often as asked, every copy augmented for itself', async () => {
      const often = await loader({ batch: 1, times });
      expect([often.samples, often.batchesPerEpoch]).toEqual([COUNT, COUNT + 3]);
      const batches = await take(often, START, COUNT + 3);
      const counts = new Map<string, number>();
      for (const { names } of batches) counts.set(names[0] as string, (counts.get(names[0] as string) ?? 0) + 1);
      const dataset = await openDataset(memorySource(files));
      const third = dataset.samples('train')[2]?.name as string;
      expect(counts.get(third)).toBe(4);
      expect([...counts.values()].sort()).toEqual([...Array(COUNT - 1).fill(1), 4]);
      const copies = batches.filter(({ names }) => names[0] === third).map(({ images }) => String(images.data));
      expect(new Set(copies).size).toBe(4);
      expect(batches.at(-1)?.next).toEqual({ seed: 7, epoch: 1, position: 0 });
    });

    test('goes on from any batch, and in parts, as if it were whole', async () => {
      const uneven = times.map((each, index) => each + 0.3 * index);
      const options = { batch: 2, times: uneven, mixing: [{ mix: 'cutmix' }] as const };
      const whole = await take(await loader(options), START, 24);
      for (const stop of [1, 9, 20]) {
        const { next } = whole[stop - 1] as Batch;
        expect(await take(await loader(options), next, 3)).toEqual(whole.slice(stop, stop + 3));
      }
      const part = await loader({ ...options, shard: { index: 0, count: 2 } });
      expect((await take(part, START, 3)).map(({ images }) => images.data)).toEqual(
        [0, 2, 4].map((place) => whole[place]?.images.data),
      );
    });

    test('is told of every sample', async () => {
      await expect(loader({ times: [1, 2] })).rejects.toThrow(
        'the split train has 11 samples, but how often they stand in an epoch is said of 2.',
      );
    });
  });

  test('drops the last batch if it is not full, or keeps it', async () => {
    expect((await loader()).batchesPerEpoch).toBe(3);
    const kept = await loader({ dropLast: false });
    expect(kept.batchesPerEpoch).toBe(4);
    const batches = await take(kept, START, 5);
    expect(batches.map(({ images }) => images.shape[0])).toEqual([3, 3, 3, 2, 3]);
    expect(new Set(batches.slice(0, 4).flatMap(({ names }) => names)).size).toBe(COUNT);
  });

  test('works ahead, but no further than it may, and reads a kept sample once', async () => {
    let decoded = 0;
    const counting = await loader({
      batch: 1,
      ahead: 2,
      decodeImage: (bytes, name) => {
        decoded++;
        return decodeDatasetImage(bytes, name);
      },
    });
    const batches = counting.batches(START);
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(decoded).toBe(3);
    for (let index = 1; index < 3 * COUNT; index++) await batches.next();
    await batches.return();
    expect(decoded).toBe(COUNT);
  });

  test('keeps no more samples than its bytes allow', async () => {
    let decoded = 0;
    const counting = await loader({
      batch: 1,
      ahead: 1,
      cacheBytes: 5 * 4 * 50 * 36,
      decodeImage: (bytes, name) => {
        decoded++;
        return decodeDatasetImage(bytes, name);
      },
    });
    await take(counting, START, 2 * COUNT);
    expect(decoded).toBeGreaterThanOrEqual(2 * COUNT - 6);
    expect(decoded).toBeLessThanOrEqual(2 * COUNT - 5);
  });

  test('says which sample has another size than the batch', async () => {
    const uneven = await loader({ augmentation: [] });
    await expect(take(uneven, START, 1)).rejects.toThrow(ShapeError);
    await expect(take(uneven, START, 1)).rejects.toThrow(
      /after augmentation \d+ is \d+x36 and \d+ \d+x36\. End the recipe with pad and crop/,
    );
  });

  test('refuses what it cannot do', async () => {
    await expect(loader({ batch: 12 })).rejects.toThrow('the split train has 11 samples, too few for a batch of 12.');
    await expect(loader({ batch: 0 })).rejects.toThrow('The batch size is 0.');
    await expect(loader({ split: 'val' })).rejects.toThrow('there is no split "val". It has train.');
    await expect(take(await loader(), { seed: 1, epoch: 0, position: 4 }, 1)).rejects.toThrow(UsageError);
  });

  test('names the file of a mask whose ids are no classes', async () => {
    const dataset = await openDataset(
      memorySource({ 'images/train/a.png': photo(1), 'masks/train/a.png': mask([0, 9]), 'classes.txt': 'a\nb' }),
    );
    const bad = createLoader({
      dataset,
      split: 'train',
      batch: 1,
      augmentation: [],
      preprocessing: IMAGENET_PREPROCESSING,
      decodeImage: decodeDatasetImage,
    });
    await expect(take(bad, START, 1)).rejects.toThrow(
      'masks/train/a.png: the mask has ids that are no classes: 9. The classes are 0 ... 1, and 255 is ignored.',
    );
  });
});

test('an epoch has every index once, in an order of its own', () => {
  const first = epochOrder(1, 0, 500);
  expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, index) => index));
  expect(epochOrder(1, 1, 500)).not.toEqual(first);
  expect(epochOrder(1, 0, 500)).toEqual(first);
});
