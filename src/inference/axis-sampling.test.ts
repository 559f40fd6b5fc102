import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpolationMatrix } from '../graph/ops/interpolation-matrix.ts';
import { type AxisSampling, type SamplingKind, samplingMatrix, sourceStretch } from './axis-sampling.ts';

const sampling = (from: number, to: number, kind: SamplingKind): AxisSampling => ({ from, to, scale: to / from, kind });

const whole = (axis: AxisSampling) => samplingMatrix(axis, { start: 0, end: axis.to }, { start: 0, end: axis.from });

const sides = fc.integer({ min: 1, max: 60 });
const kinds = fc.constantFrom<SamplingKind>('bilinear', 'bicubic');

describe('sampling along an axis', () => {
  test('is what the Resize operator computes, if bilinear', () => {
    fc.assert(
      fc.property(sides, sides, (from, to) => {
        const expected = interpolationMatrix(from, to, 'linear', 'half_pixel');
        for (const [at, weight] of whole(sampling(from, to, 'bilinear')).entries()) {
          expect(weight).toBeCloseTo(expected[at] as number, 4);
        }
      }),
    );
  });

  test("has the weights of MATLAB's imresize, if bicubic: mirrored at the border, antialiased when shrinking", () => {
    const doubled = [...whole(sampling(6, 12, 'bicubic'))].map((weight) => weight * 128);
    // Position 2.75: samples 1 to 4.
    expect(doubled.slice(6 * 6, 7 * 6)).toEqual([0, -3, 29, 111, -9, 0]);
    // Position -0.25: samples -2 to 1, of which -2 is 1 and -1 is 0.
    expect(doubled.slice(0, 6)).toEqual([111 + 29, -9 - 3, 0, 0, 0, 0]);
    // The cubic stretched to twice its width, at distances 1/4, 3/4, 5/4 and 7/4 on both sides.
    const halved = [...whole(sampling(16, 8, 'bicubic'))].map((weight) => weight * 256);
    expect(halved.slice(3 * 16, 4 * 16)).toEqual([0, 0, 0, -3, -9, 29, 111, 111, 29, -9, -3, 0, 0, 0, 0, 0]);
  });

  test('has weights that sum to one', () => {
    fc.assert(
      fc.property(sides, sides, kinds, (from, to, kind) => {
        const matrix = whole(sampling(from, to, kind));
        for (let row = 0; row < to; row++) {
          expect(matrix.slice(row * from, (row + 1) * from).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  test('leaves numbers as they are where the size stays', () => {
    for (const kind of ['bilinear', 'bicubic'] as const) {
      expect([...whole(sampling(3, 3, kind))]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    }
  });

  test('takes the same weights stretch by stretch, and nothing outside the sources it names', () => {
    fc.assert(
      fc.property(sides, sides, kinds, fc.nat(), fc.nat(), (from, to, kind, a, b) => {
        const axis = sampling(from, to, kind);
        const target = { start: Math.min(a % to, b % to), end: Math.max(a % to, b % to) + 1 };
        const source = sourceStretch(axis, target);
        const part = samplingMatrix(axis, target, source);
        const full = whole(axis);
        const columns = source.end - source.start;
        for (let row = target.start; row < target.end; row++) {
          const expected = new Float32Array(from);
          expected.set(part.subarray((row - target.start) * columns, (row - target.start + 1) * columns), source.start);
          expect([...expected]).toEqual([...full.subarray(row * from, (row + 1) * from)]);
        }
      }),
    );
  });
});
