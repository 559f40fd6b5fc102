import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentile, spreadOf } from './statistics.ts';

describe('percentile', () => {
  test('interpolates between neighbors as numpy.percentile does', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([4, 1, 3, 2], 0.95)).toBeCloseTo(3.85, 12);
    expect(percentile([15, 20, 35, 40, 50], 0.4)).toBeCloseTo(29, 12);
  });

  test('of one value is that value, of none NaN', () => {
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test('lies between the extremes, and leaves the values as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
        fc.double({ noNaN: true, min: 0, max: 1 }),
        (values, share) => {
          const before = [...values];
          const result = percentile(values, share);
          expect(result).toBeGreaterThanOrEqual(Math.min(...values));
          expect(result).toBeLessThanOrEqual(Math.max(...values));
          expect(values).toEqual(before);
        },
      ),
    );
  });

  test('sorts by number, not by text', () => {
    expect(spreadOf([100, 9, 20])).toEqual({ fastest: 9, p50: 20, p95: 92, mean: 43 });
  });
});
