import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { image } from '../../image/image.ts';
import { randomStream } from '../../tensor/random.ts';
import type { LabeledImage } from '../sample.ts';
import { byteLabels } from '../transforms/view.ts';
import { createMixing, MIX_NAMES, type MixRecipe } from './index.ts';

const WIDTH = 20;
const HEIGHT = 12;

/** An image of one color, so that every pixel says whose it is, with the ids that the function gives. */
function sample(color: number, idAt: (x: number, y: number) => number, width = WIDTH): LabeledImage {
  const labels = Uint8Array.from({ length: width * HEIGHT }, (_, p) => idAt(p % width, Math.floor(p / width)));
  return {
    image: image(width, HEIGHT, new Uint8Array(width * HEIGHT * 3).fill(color)),
    labels: byteLabels(width, HEIGHT, labels),
  };
}

const BASE = sample(10, () => 7);
/** Stripes of 0, 0, 1, 2, 255. */
const OTHER = sample(200, (x) => [0, 0, 1, 2, 255][Math.floor(x / 4)] as number);

async function mixed(recipe: MixRecipe, seed = 0, base = BASE, other = OTHER): Promise<LabeledImage> {
  return createMixing(recipe)(base, {
    random: (step) => randomStream(seed, 'test', step),
    other: async () => other,
  });
}

/** The ids that came from the other image. */
const idsFromOther = ({ image: { data }, labels }: LabeledImage): number[] =>
  [...new Set([...labels.data].filter((_, pixel) => data[3 * pixel] === 200))].sort((a, b) => a - b);

const always = { probability: 1 } as const;

describe('every kind', () => {
  test.each(MIX_NAMES)('%s moves pixels and labels together and changes no given sample', async (mix) => {
    for (let seed = 0; seed < 10; seed++) {
      const { image, labels } = await mixed([{ mix, ...always }], seed);
      for (let pixel = 0; pixel < labels.data.length; pixel++) {
        const source = image.data[3 * pixel] === 200 ? OTHER : BASE;
        expect(labels.data[pixel]).toBe(source.labels.data[pixel]);
        expect([...image.data.subarray(3 * pixel, 3 * pixel + 3)]).toEqual(Array(3).fill(source.image.data[0]));
      }
    }
    expect(BASE.labels.data.every((id) => id === 7) && BASE.image.data.every((value) => value === 10)).toBe(true);
  });

  test.each(MIX_NAMES)('%s is the same for the same stream, and different for others', async (mix) => {
    const many = await Promise.all([...Array(20).keys()].map((seed) => mixed([{ mix }], seed)));
    const again = await Promise.all([...Array(20).keys()].map((seed) => mixed([{ mix }], seed)));
    expect(again).toEqual(many);
    expect(new Set(many.map(({ labels }) => String(labels.data))).size).toBeGreaterThan(1);
  });

  test.each(MIX_NAMES)('%s is done as often as its probability says', async (mix) => {
    const seeds = [...Array(400).keys()];
    const outcomes = await Promise.all(seeds.map((seed) => mixed([{ mix, probability: 0.25 }], seed)));
    const touched = outcomes.filter((outcome) => outcome !== BASE).length;
    expect(touched / seeds.length).toBeGreaterThan(0.18);
    expect(touched / seeds.length).toBeLessThan(0.32);
    expect(await mixed([{ mix, probability: 0 }])).toBe(BASE);
  });
});

test('steps are done one after the other, each on what those before it made', async () => {
  const both = await mixed([
    { mix: 'copy-paste', ...always },
    { mix: 'cutmix', ...always, area: [1, 1] },
  ]);
  expect(both).toEqual(OTHER);
});

describe('cutmix', () => {
  test('pastes one rectangle inside the image, of a share within the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.double({ min: 0, max: 1, noNaN: true }), async (seed, share) => {
        const { image } = await mixed([{ mix: 'cutmix', ...always, area: [share, share] }], seed);
        const places = [...Array(WIDTH * HEIGHT).keys()].filter((pixel) => image.data[3 * pixel] === 200);
        const xs = places.map((pixel) => pixel % WIDTH);
        const ys = places.map((pixel) => Math.floor(pixel / WIDTH));
        const extent = (values: number[]) => (values.length === 0 ? 0 : Math.max(...values) - Math.min(...values) + 1);
        expect(places.length).toBe(extent(xs) * extent(ys));
        // Each side is rounded to a pixel.
        expect(Math.abs(places.length - share * WIDTH * HEIGHT)).toBeLessThanOrEqual((WIDTH + HEIGHT) / 2 + 0.25);
      }),
      { numRuns: 200 },
    );
  });

  test('reaches every pixel', async () => {
    const touched = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const { image } = await mixed([{ mix: 'cutmix', ...always }], seed);
      for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) if (image.data[3 * pixel] === 200) touched.add(pixel);
    }
    expect(touched.size).toBe(WIDTH * HEIGHT);
  });
});

describe('classmix', () => {
  test('pastes whole classes: half of those there are, drawn at random, never what is ignored', async () => {
    const drawn = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const result = await mixed([{ mix: 'classmix', ...always }], seed);
      const ids = idsFromOther(result);
      drawn.add(String(ids));
      for (const id of ids) {
        const area = OTHER.labels.data.filter((each) => each === id).length;
        expect(result.labels.data.filter((each) => each === id).length).toBe(area);
      }
    }
    expect([...drawn].sort()).toEqual(['0', '0,1', '0,2', '1', '1,2', '2']);
  });

  test.each([
    ['first', ['1', '2']],
    ['most-frequent', ['1', '2']],
  ] as const)('leaves the background out that is the %s class', async (background, expected) => {
    const drawn = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      drawn.add(String(idsFromOther(await mixed([{ mix: 'classmix', ...always, background }], seed))));
    }
    expect([...drawn].sort()).toEqual(expected);
  });

  test('takes for the most frequent class another than the first where that has most pixels', async () => {
    const other = sample(200, (x) => (x < 4 ? 0 : x < 8 ? 3 : x < 16 ? 5 : 255));
    const recipe = [{ mix: 'copy-paste', ...always, background: 'most-frequent' }] as const;
    expect(idsFromOther(await mixed(recipe, 0, BASE, other))).toEqual([0, 3]);
  });

  test('takes the first of two classes that have most pixels', async () => {
    const other = sample(200, (x) => (x < 4 ? 0 : x < 12 ? 3 : 5));
    const recipe = [{ mix: 'copy-paste', ...always, background: 'most-frequent' }] as const;
    expect(idsFromOther(await mixed(recipe, 0, BASE, other))).toEqual([0, 5]);
  });
});

describe('copy-paste', () => {
  test('pastes all but the background and what is ignored', async () => {
    expect(idsFromOther(await mixed([{ mix: 'copy-paste', ...always }]))).toEqual([1, 2]);
    expect(idsFromOther(await mixed([{ mix: 'copy-paste', ...always, background: 'none' }]))).toEqual([0, 1, 2]);
  });

  test('pastes what is rare in the other image, where the common classes are left out', async () => {
    // 8, 7, 2, and 1 columns: 4.5 in the mean. What is ignored doesn't count.
    const other = sample(200, (x) => (x < 8 ? 4 : x < 15 ? 0 : x < 17 ? 2 : x < 18 ? 9 : 255));
    const recipe = [{ mix: 'copy-paste', ...always, background: 'common' }] as const;
    expect(idsFromOther(await mixed(recipe, 0, BASE, other))).toEqual([2, 9]);
    expect(
      await mixed(
        recipe,
        0,
        BASE,
        sample(200, () => 4),
      ),
    ).toEqual(BASE);
  });

  test('pastes nothing of an image that is background or ignored', async () => {
    const empty = sample(200, (x) => (x < 10 ? 0 : 255));
    expect(await mixed([{ mix: 'copy-paste', ...always }], 0, BASE, empty)).toEqual(BASE);
  });
});

test('all steps that do not fit are named at once', () => {
  const recipe = [
    { mix: 'mixup' },
    { mix: 'cutmix', probability: 2, area: [0.5, 0.1] },
    { mix: 'classmix', background: 'sky' },
  ];
  expect(() => createMixing(recipe)).toThrow(
    'The mixing does not fit:\nstep 1 (mixup): there is no such mix; choose one of cutmix, classmix, copy-paste',
  );
  for (const part of [
    'step 2 (cutmix): probability',
    'step 2 (cutmix): area: has its larger',
    'step 3 (classmix): back',
  ]) {
    expect(() => createMixing(recipe)).toThrow(part);
  }
});

test('samples of different sizes are not mixed', async () => {
  const wide = sample(200, () => 1, 30);
  await expect(mixed([{ mix: 'cutmix', ...always }], 0, BASE, wide)).rejects.toThrow(
    'Mixing takes samples of one size, but after augmentation they are 20x12 and 30x12. End the recipe with pad and crop',
  );
});
