import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from './random.ts';

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a random stream', () => {
  // From a separate implementation of xoshiro128** that reproduces its published test vector.
  test.each([
    [[7, 'encoder.conv1.weight'] as const, [1552187913, 984591464, 3327343358, 1126566862]],
    [[0] as const, [1911729927, 1581218394, 1819018592, 2818808238]],
  ])('of %j begins with the same numbers everywhere', ([seed, ...key], numbers) => {
    expect(draw(4, randomStream(seed, ...key).uint32)).toEqual(numbers);
  });

  test('is set by seed and key alone', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.array(fc.oneof(fc.string(), fc.integer())), (seed, key) => {
        const numbers = draw(8, randomStream(seed, ...key).uint32);
        expect(draw(8, randomStream(seed, ...key).uint32)).toEqual(numbers);
        expect(draw(8, randomStream(seed, ...key, 'more').uint32)).not.toEqual(numbers);
      }),
    );
  });

  test('differs between keys whose parts read the same together, and between a number and its text', () => {
    const first = (...key: (string | number)[]): number => randomStream(1, ...key).uint32();
    expect(new Set([first('a', 'bc'), first('ab', 'c'), first('abc'), first(12), first('12'), first(1, 2)]).size).toBe(
      6,
    );
  });

  test('gives uniform numbers of mean 1/2 and variance 1/12 in [0, 1)', () => {
    const values = draw(100_000, randomStream(3).uniform);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(0.004);
    expect(Math.abs(mean(values.map((value) => (value - 1 / 2) ** 2)) - 1 / 12)).toBeLessThan(0.002);
  });

  test('gives normal numbers by the Box-Muller transform', () => {
    const { normal } = randomStream(7, 'a');
    expect(normal()).toBeCloseTo(0.6075908033792841, 12);
    expect(normal()).toBeCloseTo(-1.2743833445003254, 12);
  });

  test('gives normal numbers of mean 0, variance 1 and fourth moment 3', () => {
    const values = draw(100_000, randomStream(4).normal);
    expect(Math.abs(mean(values))).toBeLessThan(0.015);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.2);
  });

  test('gives every whole number below a count about as often', () => {
    const { integer } = randomStream(5);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let index = 0; index < 60_000; index++) {
      const drawn = integer(6);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => randomStream(seed)).toThrow(`A seed is a whole number from 0 to 9007199254740991, got ${seed}.`);
  });

  test.each([0, -3, 1.5, 2 ** 32 + 1])('refuses to draw from %d possibilities', (count) => {
    expect(() => randomStream(1).integer(count)).toThrow(
      `A random integer is drawn from 1 to 2^32 possibilities, got ${count}.`,
    );
  });
});
