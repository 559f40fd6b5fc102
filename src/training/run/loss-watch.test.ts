import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRunaway, isSuspicious, type LossWatch, NEW_WATCH, runningMean, watched } from './loss-watch.ts';

const watchOver = (losses: readonly number[], warmup = 0): LossWatch =>
  losses.reduce((watch, loss, index) => watched(watch, loss, index + 1, warmup), NEW_WATCH);
const constant = (loss: number, count: number) => new Array<number>(count).fill(loss);

describe('the watch over losses', () => {
  test('has the mean of the losses from the first one on', () => {
    expect(runningMean(watchOver([2]))).toBeCloseTo(2, 12);
    expect(runningMean(watchOver(constant(3, 500)))).toBeCloseTo(3, 12);
  });

  test('is never alarmed by losses that stay within a factor of ten', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.3, max: 2.9, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (losses) => {
          expect(isRunaway(watchOver(losses))).toBe(false);
        },
      ),
    );
  });

  test('is alarmed by a running mean ten times its best, and suspicious before', () => {
    const calm = constant(0.5, 100);
    expect(isSuspicious(watchOver([...calm, ...constant(1.4, 200)]))).toBe(false);
    expect(isSuspicious(watchOver([...calm, ...constant(2, 200)]))).toBe(true);
    expect(isRunaway(watchOver([...calm, ...constant(4.9, 200)]))).toBe(false);
    expect(isRunaway(watchOver([...calm, ...constant(5.2, 200)]))).toBe(true);
  });

  test('takes no mean for the best one before the warm-up is over', () => {
    const losses = [...constant(0.1, 120), ...constant(5, 50)];
    expect(isRunaway(watchOver(losses))).toBe(true);
    expect(isRunaway(watchOver(losses, 150))).toBe(false);
  });

  test('lets tiny losses grow', () => {
    expect(isRunaway(watchOver([...constant(1e-4, 100), ...constant(0.5, 100)]))).toBe(false);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('is alarmed by a loss of %d at once', (loss) => {
    expect(isRunaway(watchOver([1, loss]))).toBe(true);
  });
});
