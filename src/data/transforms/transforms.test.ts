import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../errors.ts';
import { image } from '../../image/image.ts';
import { resizeImage, resizeLabelMap } from '../../image/resample.ts';
import { randomStream } from '../../tensor/random.ts';
import type { LabeledImage } from '../sample.ts';
import { createTransform, TRANSFORMS, type TransformRecipe } from './index.ts';
import { resampleImageWindow, resampleLabelsWindow } from './resample-window.ts';
import { byteLabels, type Window } from './view.ts';

/** An image whose red channel says which class each pixel has: what moves together stays together. */
function marked(width: number, height: number, idAt: (x: number, y: number) => number): LabeledImage {
  const labels = new Uint8Array(width * height);
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const id = idAt(pixel % width, Math.floor(pixel / width));
    labels[pixel] = id;
    data.set([id, 255 - id, 7], pixel * 3);
  }
  return { image: image(width, height, data), labels: byteLabels(width, height, labels) };
}

function noisy(seed: number, width: number, height: number): LabeledImage {
  const random = randomStream(seed, 'noise');
  const bytes = (count: number, below: number) => Uint8Array.from({ length: count }, () => random.integer(below));
  return {
    image: image(width, height, bytes(width * height * 3, 256)),
    labels: byteLabels(width, height, bytes(width * height, 5)),
  };
}

const apply = (recipe: TransformRecipe, sample: LabeledImage, seed = 1): LabeledImage =>
  createTransform(recipe)(sample, randomStream(seed));

const cut = (data: Uint8Array, rowLength: number, { left, top, width, height }: Window, channels: number): number[] =>
  Array.from({ length: height }, (_, y) => [
    ...data.subarray(((top + y) * rowLength + left) * channels, ((top + y) * rowLength + left + width) * channels),
  ]).flat();

test('a window of a resized image and mask is what cropping the resized ones gives, to the last bit', () => {
  const side = fc.integer({ min: 1, max: 40 });
  const cases = fc.tuple(fc.nat(), side, side, side, side).chain(([seed, width, height, toWidth, toHeight]) =>
    fc.tuple(fc.nat(toWidth - 1), fc.nat(toHeight - 1)).chain(([left, top]) =>
      fc.record({
        sample: fc.constant(noisy(seed, width, height)),
        toWidth: fc.constant(toWidth),
        toHeight: fc.constant(toHeight),
        window: fc.record({
          left: fc.constant(left),
          top: fc.constant(top),
          width: fc.integer({ min: 1, max: toWidth - left }),
          height: fc.integer({ min: 1, max: toHeight - top }),
        }),
      }),
    ),
  );
  fc.assert(
    fc.property(cases, ({ sample, toWidth, toHeight, window }) => {
      const whole = resizeImage(sample.image, toWidth, toHeight, 'bilinear');
      const part = resampleImageWindow(sample.image, toWidth, toHeight, window);
      expect([...part.data]).toEqual(cut(whole.data, toWidth, window, 3));
      const labels = resizeLabelMap(sample.labels, toWidth, toHeight);
      const partLabels = resampleLabelsWindow(
        sample.labels as ReturnType<typeof byteLabels>,
        toWidth,
        toHeight,
        window,
      );
      expect([...partLabels.data]).toEqual(cut(labels.data as Uint8Array, toWidth, window, 1));
    }),
    { numRuns: 300 },
  );
});

describe('scale', () => {
  test('resizes image and mask by the factor, as resizing them directly does', () => {
    const sample = noisy(1, 30, 20);
    const { image: pixels, labels } = apply([{ transform: 'scale', factors: [1.5] }], sample);
    expect(pixels).toEqual(resizeImage(sample.image, 45, 30, 'bilinear'));
    expect(labels).toEqual(resizeLabelMap(sample.labels, 45, 30));
  });

  test('draws evenly from its range, and never below the shorter side asked for', () => {
    const sides = Array.from(
      { length: 400 },
      (_, seed) =>
        apply(
          [{ transform: 'scale', range: [0.5, 2], shortSide: 18 }],
          marked(40, 20, () => 0),
          seed,
        ).image.height,
    );
    expect(Math.min(...sides)).toBe(18);
    expect(Math.max(...sides)).toBeGreaterThan(38);
    expect(sides.filter((side) => side === 18).length / 400).toBeGreaterThan(0.2);
  });

  test.each([
    [100, 60, 45, 80, [100, 60]],
    [100, 30, 45, 80, [150, 45]],
    [200, 160, 45, 80, [100, 80]],
    [100, 60, 100, 100, [166, 100]],
  ])('a shorter side of %ix%i is kept within its bounds', (width, height, min, max, size) => {
    const { image: pixels } = apply(
      [{ transform: 'short-side', min, max }],
      marked(width, height, () => 0),
    );
    expect([pixels.width, pixels.height]).toEqual(size);
  });

  test.each([
    [100, 60, 80, 120, [100, 60]],
    [60, 100, 150, 300, [90, 150]],
    [200, 160, 45, 80, [80, 64]],
    [400, 10, 200, 200, [200, 32]],
    [100, 10, 80, 200, [100, 10]],
  ])(
    'a longer side of %ix%i is kept within its bounds, a strip no shorter than networks take',
    (width, height, min, max, size) => {
      const { image: pixels } = apply(
        [{ transform: 'long-side', min, max }],
        marked(width, height, () => 0),
      );
      expect([pixels.width, pixels.height]).toEqual(size);
    },
  );
});

describe('crop', () => {
  test('cuts image and mask at the same place, inside the image', () => {
    const places = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { image: pixels, labels } = apply(
        [{ transform: 'crop', size: 8 }],
        marked(12, 10, (x, y) => y * 12 + x),
        seed,
      );
      expect([pixels.width, pixels.height]).toEqual([8, 8]);
      expect([...labels.data]).toEqual([...labels.data].map((_, pixel) => pixels.data[pixel * 3]));
      places.add(`${(labels.data[0] as number) % 12},${Math.floor((labels.data[0] as number) / 12)}`);
    }
    expect(places.size).toBe(5 * 3);
  });

  test('around a class shows rare classes as often as frequent ones', () => {
    // One pixel of class 1 in a corner, the rest class 0.
    const sample = marked(64, 64, (x, y) => (x === 3 && y === 60 ? 1 : 0));
    const share = (by: 'random' | 'class') =>
      Array.from({ length: 300 }, (_, seed) => apply([{ transform: 'crop', size: 16, by }], sample, seed)).filter(
        ({ labels }) => labels.data.includes(1),
      ).length / 300;
    expect(share('random')).toBeLessThan(0.1);
    expect(share('class')).toBeGreaterThan(0.45);
  });

  test('around a class falls back to any place where all is ignored', () => {
    const { image: pixels } = apply(
      [{ transform: 'crop', size: 4, by: 'class' }],
      marked(9, 9, () => 255),
    );
    expect([pixels.width, pixels.height]).toEqual([4, 4]);
  });
});

test('padding puts the mean color and ignore on both sides alike', () => {
  const { image: pixels, labels } = apply(
    [{ transform: 'pad', size: { width: 5, height: 3 } }],
    marked(2, 3, () => 9),
  );
  expect([...labels.data]).toEqual([255, 9, 9, 255, 255, 255, 9, 9, 255, 255, 255, 9, 9, 255, 255]);
  expect([...pixels.data.subarray(0, 9)]).toEqual([124, 116, 104, 9, 246, 7, 9, 246, 7]);
});

test('flipping mirrors image and mask, about half of the time', () => {
  const sample = marked(3, 2, (x, y) => 10 * y + x);
  const results = Array.from({ length: 200 }, (_, seed) => apply([{ transform: 'flip' }], sample, seed));
  const flipped = results.filter(({ labels }) => labels.data[0] === 2);
  expect(Math.abs(flipped.length - 100)).toBeLessThan(30);
  expect([...(flipped[0] as LabeledImage).labels.data]).toEqual([2, 1, 0, 12, 11, 10]);
  expect([...(flipped[0] as LabeledImage).image.data].filter((_, byte) => byte % 3 === 0)).toEqual([
    2, 1, 0, 12, 11, 10,
  ]);
});

describe('rotation', () => {
  test('turns image and mask together, and ignores what comes from outside', () => {
    const sample = marked(41, 41, (x) => (x < 20 ? 10 : 200));
    const { image: pixels, labels } = apply([{ transform: 'rotate', degrees: 45 }], sample, 3);
    expect(labels.data.filter((id) => id === 255).length).toBeGreaterThan(0);
    let differing = 0;
    for (const [pixel, id] of labels.data.entries()) {
      if (id === 255) expect([...pixels.data.subarray(pixel * 3, pixel * 3 + 3)]).toEqual([124, 116, 104]);
      else if (Math.abs((pixels.data[pixel * 3] as number) - id) > 95) differing++;
    }
    // Only pixels on the very border between the classes are between both colors.
    expect(differing).toBeLessThan(3);
  });

  test('keeps distances from the middle and sizes, and turns both ways', () => {
    const isBlob = (x: number, y: number) => Math.abs(x - 50) <= 2 && Math.abs(y - 30) <= 2;
    const sample = marked(61, 61, (x, y) => (isBlob(x, y) ? 1 : 0));
    const angles = Array.from({ length: 20 }, (_, seed) => {
      const { labels } = apply([{ transform: 'rotate', degrees: 40 }], sample, seed);
      const blob = [...labels.data.entries()].filter(([, id]) => id === 1).map(([pixel]) => pixel);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const [x, y] = [
        mean(blob.map((pixel) => pixel % 61)) - 30,
        mean(blob.map((pixel) => Math.floor(pixel / 61))) - 30,
      ];
      expect(Math.abs(blob.length - 25)).toBeLessThan(5);
      expect(Math.abs(Math.hypot(x, y) - 20)).toBeLessThan(0.5);
      return (Math.atan2(y, x) * 180) / Math.PI;
    });
    expect(Math.max(...angles)).toBeGreaterThan(20);
    expect(Math.min(...angles)).toBeLessThan(-20);
    expect(Math.max(...angles.map(Math.abs))).toBeLessThan(41);
  });
});

describe('color jitter', () => {
  const gray = marked(8, 8, () => 0);
  gray.image.data.fill(100);

  test('leaves the mask and, without strengths, the image as they are', () => {
    const sample = noisy(3, 9, 7);
    const result = apply([{ transform: 'color-jitter' }], sample);
    expect([...result.image.data]).toEqual([...sample.image.data]);
    expect(result.labels.data).toEqual(sample.labels.data);
  });

  test('keeps gray gray, whatever happens to saturation and hue', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { image: pixels } = apply(
        [{ transform: 'color-jitter', saturation: 1, hue: 0.5, contrast: 0.5 }],
        gray,
        seed,
      );
      expect(new Set(pixels.data)).toEqual(new Set([100]));
    }
  });

  test('brightens by factors within its strength', () => {
    const values = Array.from({ length: 100 }, (_, seed) => {
      return apply([{ transform: 'color-jitter', brightness: 0.4 }], gray, seed).image.data[0] as number;
    });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...values)).toBeLessThanOrEqual(140);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(60);
  });

  test('turns red into green by a third of the hues', () => {
    const red = marked(1, 1, () => 255);
    red.image.data.set([200, 0, 0]);
    const results = Array.from({ length: 300 }, (_, seed) => [
      ...apply([{ transform: 'color-jitter', hue: 0.5 }], red, seed).image.data,
    ]);
    expect(results.some(([r, g, b]) => (g as number) > 190 && (r as number) < 30 && (b as number) < 30)).toBe(true);
    expect(results.some(([r, g, b]) => (b as number) > 190 && (r as number) < 30 && (g as number) < 30)).toBe(true);
  });

  test('stretches contrast around the mean gray', () => {
    const sample = marked(2, 1, () => 0);
    sample.image.data.set([80, 80, 80, 120, 120, 120]);
    for (let seed = 0; seed < 20; seed++) {
      const [dark, , , light] = apply([{ transform: 'color-jitter', contrast: 0.9 }], sample, seed).image.data;
      expect(Math.abs((dark as number) + (light as number) - 200)).toBeLessThanOrEqual(1);
    }
  });
});

test('blur leaves a flat image as it is, up to its borders', () => {
  const sample = marked(9, 7, () => 200);
  for (const sigma of [0.3, 1, 4]) {
    const { image: pixels } = apply([{ transform: 'blur', sigma: [sigma, sigma], probability: 1 }], sample);
    expect(pixels.data).toEqual(sample.image.data);
  }
});

test('blur spreads a point and keeps the sum, and leaves the mask', () => {
  const sample = marked(21, 21, () => 0);
  sample.image.data.fill(0);
  sample.image.data.set([255, 255, 255], (10 * 21 + 10) * 3);
  const { image: pixels, labels } = apply([{ transform: 'blur', sigma: [1.5, 1.5], probability: 1 }], sample);
  const red = [...pixels.data].filter((_, byte) => byte % 3 === 0);
  expect(red[10 * 21 + 10]).toBeCloseTo(255 / (2 * Math.PI * 1.5 ** 2), -0.5);
  expect(red[10 * 21 + 11]).toBe(red[11 * 21 + 10]);
  expect(red[10 * 21 + 9]).toBe(red[10 * 21 + 11]);
  expect(Math.abs(red.reduce((sum, value) => sum + value, 0) - 255)).toBeLessThan(30);
  expect(labels.data.every((id) => id === 0)).toBe(true);
});

/** A recipe step for each transform; the contract below is checked for all of them. */
const STEPS: Readonly<Record<string, TransformRecipe[number]>> = {
  scale: { transform: 'scale', range: [0.4, 2] },
  'short-side': { transform: 'short-side', min: 40 },
  'long-side': { transform: 'long-side', max: 20 },
  resize: { transform: 'resize', width: 31, height: 17 },
  crop: { transform: 'crop', size: 16, by: 'class' },
  pad: { transform: 'pad', size: 40 },
  flip: { transform: 'flip' },
  rotate: { transform: 'rotate', degrees: 20 },
  'color-jitter': { transform: 'color-jitter', brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1 },
  blur: { transform: 'blur', sigma: [0.5, 1] },
};

describe.each(TRANSFORMS.map(({ name }) => name))('the transform %s', (name) => {
  const step = STEPS[name] as TransformRecipe[number];

  test('gives image and mask one size, no new class, and leaves its input alone', () => {
    for (let seed = 0; seed < 10; seed++) {
      const sample = noisy(seed, 26, 19);
      const before = [...sample.image.data, ...sample.labels.data];
      const { image: pixels, labels } = apply([step], sample, seed);
      expect([labels.width, labels.height]).toEqual([pixels.width, pixels.height]);
      expect(pixels.data).toHaveLength(3 * labels.data.length);
      expect([...labels.data].every((id) => id < 5 || id === 255)).toBe(true);
      expect([...sample.image.data, ...sample.labels.data]).toEqual(before);
    }
  });

  test('depends on its stream alone', () => {
    const sample = noisy(1, 26, 19);
    expect(apply([step], sample, 5)).toEqual(apply([step], sample, 5));
  });

  test('is said to be wrong with options that it does not have', () => {
    expect(() => createTransform([{ ...step, ...{ strength: 1 } }])).toThrow(UsageError);
  });
});

test('a crop before the colors or after them shows the same part', () => {
  const sample = noisy(1, 60, 50);
  const steps: TransformRecipe = [
    { transform: 'scale', factors: [1.7] },
    { transform: 'flip', probability: 1 },
    { transform: 'pad', size: 111 },
    // An odd remainder: the crop is not in the very middle, so that mirroring shows.
    { transform: 'crop', size: 41, by: 'center' },
  ];
  // Asking for the whole in between instead of a window changes nothing.
  const whole = apply(steps.slice(0, 3), sample);
  const direct = apply(steps, sample);
  const window = { left: 35, top: 35, width: 41, height: 41 };
  expect([...direct.image.data]).toEqual(cut(whole.image.data, 111, window, 3));
  expect([...direct.labels.data]).toEqual(cut(whole.labels.data, 111, window, 1));
});

test('recipes that pad and then crop end in one size', () => {
  const recipes: TransformRecipe[] = [
    [
      { transform: 'scale', range: [0.5, 2], shortSide: 34 },
      { transform: 'pad', size: 48 },
      { transform: 'flip' },
      { transform: 'crop', size: 48 },
    ],
    [
      { transform: 'short-side', min: 450, max: 1100 },
      { transform: 'scale', factors: [0.7, 1, 1.3] },
      { transform: 'flip' },
      { transform: 'pad', size: 48 },
      { transform: 'crop', size: 48, by: 'class' },
    ],
  ];
  for (const recipe of recipes) {
    for (let seed = 0; seed < 5; seed++) {
      const { image: pixels } = apply(recipe, noisy(seed, 70, 40 + 9 * seed), seed);
      expect([pixels.width, pixels.height]).toEqual([48, 48]);
    }
  }
});

test('every fault of a recipe is named at once', () => {
  const recipe = [
    { transform: 'zoom' },
    { transform: 'scale' },
    { transform: 'scale', range: [2, 1] },
    { transform: 'crop', size: 0 },
    { transform: 'flip', probability: 2 },
  ];
  const fail = () => createTransform(recipe);
  expect(fail).toThrow(UsageError);
  for (const part of [
    'step 1 (zoom): there is no such transform',
    'step 2 (scale): takes either a range or factors',
    'step 3 (scale): range: has its larger number first',
    'step 4 (crop): size',
    'step 5 (flip): probability',
  ]) {
    expect(fail).toThrow(part);
  }
});
