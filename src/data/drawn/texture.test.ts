import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Field, latticeValue, noiseField, roughField } from './texture.ts';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const place = fc.double({ min: -1000, max: 1000, noNaN: true });
const FIELDS: readonly (readonly [string, (seed: number) => Field])[] = [
  ['noise', noiseField],
  ['rough noise', roughField],
];

describe.each(FIELDS)('%s', (_, field) => {
  test('lies in [0, 1) and is the same for the same seed', () => {
    fc.assert(
      fc.property(seed, place, place, (number, x, y) => {
        const value = field(number)(x, y);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
        expect(field(number)(x, y)).toBe(value);
      }),
    );
  });

  test('changes smoothly', () => {
    fc.assert(
      fc.property(seed, place, place, (number, x, y) => {
        const at = field(number);
        expect(Math.abs(at(x + 0.001, y) - at(x, y))).toBeLessThan(0.01);
        expect(Math.abs(at(x, y + 0.001) - at(x, y))).toBeLessThan(0.01);
      }),
    );
  });

  test('differs with the seed', () => {
    const samples = (number: number) =>
      Array.from({ length: 20 }, (_, index) => field(number)(index * 0.7, index * 1.3));
    expect(samples(1)).not.toEqual(samples(2));
  });
});

test('values of the lattice are spread evenly, also those of neighbors', () => {
  const counts = new Array<number>(10).fill(0);
  for (let pixel = 0; pixel < 40_000; pixel++) {
    const bin = Math.floor(10 * latticeValue(5, pixel % 200, Math.floor(pixel / 200)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(300);
});
