import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, polygonsOf } from './coverage.ts';
import { FONT_UNITS } from './font.ts';
import { outlineOf, type OutlinePoint } from './outlines.ts';

const corners = (...places: readonly (readonly [number, number])[]): OutlinePoint[] =>
  places.map(([x, y]) => ({ x, y, isOnCurve: true }));

const rectangle = (left: number, bottom: number, right: number, top: number): OutlinePoint[] =>
  corners([left, bottom], [left, top], [right, top], [right, bottom]);

const areaOf = (contours: readonly (readonly OutlinePoint[])[], scale = 1): number =>
  coverageOf(polygonsOf(contours), scale).coverage.reduce((sum, value) => sum + value, 0);

describe('coverageOf', () => {
  it('covers the pixels inside wholly, and those on an edge by their share', () => {
    const { left, top, width, height, coverage } = coverageOf(polygonsOf([rectangle(0.5, 0, 3, 1.25)]), 1);
    expect({ left, top, width, height }).toEqual({ left: 0, top: -2, width: 3, height: 2 });
    expect([...coverage]).toEqual([0.125, 0.25, 0.25, 0.5, 1, 1]);
  });

  it('shares what is covered among the pixels that the origin lies between', () => {
    const polygons = polygonsOf([rectangle(0, 0, 3, 2)]);
    const { left, top, width, height, coverage } = coverageOf(polygons, 1, 10.25, 20.5);
    expect({ left, top, width, height }).toEqual({ left: 10, top: 18, width: 4, height: 3 });
    expect([...coverage]).toEqual([0.375, 0.5, 0.5, 0.125, 0.75, 1, 1, 0.25, 0.375, 0.5, 0.5, 0.125]);
  });

  it('leaves a hole that turns the other way empty', () => {
    expect(areaOf([rectangle(0, 0, 4, 4), rectangle(1, 1, 3, 3).reverse()])).toBeCloseTo(12, 6);
    expect(areaOf([rectangle(0, 0, 4, 4), rectangle(1, 1, 3, 3)])).toBeCloseTo(16, 6);
  });

  it('covers the area of any triangle', () => {
    const place = fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }));
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
        expect(areaOf([corners(a, b, c)])).toBeCloseTo(area, 3);
      }),
    );
  });

  it('bends toward a point off the curve: two thirds of the triangle lie inside', () => {
    const arc: OutlinePoint[] = [
      { x: 0, y: 0, isOnCurve: true },
      { x: 30, y: 60, isOnCurve: false },
      { x: 60, y: 0, isOnCurve: true },
    ];
    // 1 - 1/64: eight straight pieces cut that much off.
    expect(areaOf([arc])).toBeCloseTo((2 / 3) * 1800 * (1 - 1 / 64), 2);
  });

  it('is empty without curves', () => {
    expect(coverageOf([], 1)).toEqual({ left: 0, top: 0, width: 0, height: 0, coverage: new Float32Array() });
  });
});

describe('outlineOf', () => {
  it('composes a letter and its accent', () => {
    const [e, accented] = [outlineOf(0x65), outlineOf(0xe9)];
    expect(accented?.contours.slice(0, 2)).toEqual(e?.contours);
    expect(accented?.contours).toHaveLength(3);
    expect(accented?.advance).toBe(e?.advance);
  });

  it('has the area of the letter in the typeface', () => {
    // H: two stems of 202 units of 2048, 1493 high and 734 apart, and a bar of 170.
    const area = (2 * 202 * 1493 + 734 * 170) / 2048 ** 2;
    const { contours } = outlineOf(0x48) as NonNullable<ReturnType<typeof outlineOf>>;
    expect(areaOf(contours, (1 / FONT_UNITS) * 66) / 66 ** 2 / area).toBeCloseTo(1, 2);
  });
});
