import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from './sample.ts';
import { epochEntries, imagesPerEpoch, repeatFactors, timesOf } from './sampling.ts';

const SAMPLES: readonly Sample[] = ['coco-1', 'coco-2', 'inet-1', 'caf\u00e9-1'].map((name) => ({
  name,
  image: `${name}.jpg`,
  mask: `${name}.png`,
}));

describe('how often images stand in an epoch', () => {
  test('is what the patterns say, multiplied where several fit, once elsewhere', () => {
    expect(timesOf(SAMPLES, [])).toEqual([1, 1, 1, 1]);
    const rules = [
      { names: 'coco-*', times: 4 },
      { names: '*-1', times: 0.5 },
    ];
    expect(timesOf(SAMPLES, rules)).toEqual([2, 4, 0.5, 0.5]);
    expect(timesOf(SAMPLES, [{ rare: 0.1, times: [1, 2, 3, 1] }, ...rules])).toEqual([2, 8, 1.5, 0.5]);
    expect(timesOf(SAMPLES, [{ names: 'cafe\u0301*', times: 3 }])).toEqual([1, 1, 1, 3]);
  });

  test('has patterns that fit, and numbers within bounds', () => {
    expect(() =>
      timesOf(SAMPLES, [
        { names: 'voc-*', times: 2 },
        { names: 'pacs-*', times: 2 },
      ]),
    ).toThrow('The pattern "voc-*", "pacs-*" fits no training image. Names look like coco-1; * stands for anything.');
    expect(() => timesOf(SAMPLES, [{ names: '*', times: 1001 }])).toThrow(
      'An image stands in an epoch more than 0 and at most 1000 times, got 1001 for *.',
    );
  });
});

describe('repeat factors', () => {
  test('are the square root of the threshold over the share of the rarest class, at least 1', () => {
    // Class 0 in all 8 images, 1 in two, 2 in one.
    const classes = [[0, 1], [0, 1, 2], [0], [0], [0], [0], [0], []];
    const factors = repeatFactors(classes, 0.5);
    expect(factors).toEqual([Number(Math.SQRT2.toFixed(4)), 2, 1, 1, 1, 1, 1, 1]);
    expect(repeatFactors(classes, 0.125)).toEqual(Array(8).fill(1));
  });
});

describe('an epoch', () => {
  const countsOf = (times: readonly number[], seed: number, epoch: number): number[] => {
    const counts = times.map(() => 0);
    for (const { index } of epochEntries(times, seed, epoch)) counts[index] = (counts[index] as number) + 1;
    return counts;
  };

  test('has whole numbers of times exactly, and numbers the copies', () => {
    expect(countsOf([1, 4, 2, 1], 3, 0)).toEqual([1, 4, 2, 1]);
    expect(epochEntries([1, 2], 3, 0)).toEqual([
      { index: 0, copy: 0 },
      { index: 1, copy: 0 },
      { index: 1, copy: 1 },
    ]);
  });

  test('has always as many images, each as often as the next whole number says, on average as asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.nat(1e6),
        (times, seed) => {
          const counts = countsOf(times, seed, 1);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(imagesPerEpoch(times));
          const scale = imagesPerEpoch(times) / times.reduce((sum, each) => sum + each, 0);
          counts.forEach((count, index) => {
            expect(Math.abs(count - (times[index] as number) * scale)).toBeLessThan(1 + 1e-6);
          });
        },
      ),
    );
    const times = [1.5, 0.25, 2.25, 1];
    const epochs = 4000;
    const sums = times.map(() => 0);
    for (let epoch = 0; epoch < epochs; epoch++) {
      countsOf(times, 1, epoch).forEach((count, index) => {
        sums[index] = (sums[index] as number) + count;
      });
    }
    for (const [index, sum] of sums.entries()) expect(sum / epochs).toBeCloseTo(times[index] as number, 1);
  });

  test('is the same for the same seed and number', () => {
    const times = [1.5, 0.25, 2.25, 1.3];
    expect(epochEntries(times, 5, 2)).toEqual(epochEntries(times, 5, 2));
    const many = new Set([...Array(20).keys()].map((epoch) => String(countsOf(times, 5, epoch))));
    expect(many.size).toBeGreaterThan(1);
  });
});
