import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Color } from '../../image/image.ts';
import { type Area, EVERYWHERE, ellipse, LabeledCanvas, type Point, polygon, rectangle } from './labeled-canvas.ts';

const [WIDTH, HEIGHT] = [12, 9];
const WHITE = (): Color => [255, 255, 255];

const coordinate = fc.double({ min: -4, max: 16, noNaN: true });
const point = fc.tuple(coordinate, coordinate);
const area: fc.Arbitrary<Area> = fc.oneof(
  fc.array(point, { minLength: 3, maxLength: 6 }).map(polygon),
  fc.tuple(point, point).map(([[x, y], [toX, toY]]) => rectangle(x, y, toX, toY)),
  fc
    .tuple(point, fc.double({ min: 0.5, max: 8, noNaN: true }), fc.double({ min: 0.5, max: 8, noNaN: true }))
    .map(([[x, y], across, up]) => ellipse(x, y, across, up)),
  fc.constant(EVERYWHERE),
);

describe('the drawing', () => {
  test('gives every pixel the class of the last area that contains its center', () => {
    const fills = fc.array(fc.record({ area, id: fc.integer({ min: 0, max: 255 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(fills, (all) => {
        const canvas = new LabeledCanvas(WIDTH, HEIGHT);
        for (const { area, id } of all) canvas.fill(area, WHITE, id);
        const expected = Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => {
          const [x, y] = [(pixel % WIDTH) + 0.5, Math.floor(pixel / WIDTH) + 0.5];
          return all.findLast((fill) => fill.area.contains(x, y))?.id ?? 0;
        });
        expect([...canvas.finish().labels.data]).toEqual(expected);
      }),
    );
  });

  test('mixes colors where an area covers a part of a pixel', () => {
    const canvas = new LabeledCanvas(3, 1);
    canvas.fill(rectangle(0, 0, 1.4, 1), () => [90, 60, 30], 7);
    const { image, labels } = canvas.finish();
    expect([...image.data]).toEqual([90, 60, 30, 30, 20, 10, 0, 0, 0]);
    expect([...labels.data]).toEqual([7, 0, 0]);
  });

  test('darkens without changing classes where no class is given', () => {
    const canvas = new LabeledCanvas(2, 1);
    canvas.fill(EVERYWHERE, () => [200, 100, 0], 3);
    canvas.fill(rectangle(1, 0, 2, 1), () => [0, 0, 0], undefined, 0.25);
    const { image, labels } = canvas.finish();
    expect([...image.data]).toEqual([200, 100, 0, 150, 75, 0]);
    expect([...labels.data]).toEqual([3, 3]);
  });

  test('asks paints and development for colors at the centers of pixels, and clamps these at the end', () => {
    const canvas = new LabeledCanvas(2, 2);
    canvas.fill(EVERYWHERE, (x, y) => [10 * x, 10 * y, 300], 0);
    canvas.develop(([red, green, blue], x, y) => [red + x, green - 10 * y - 1, blue - 100 * y]);
    expect([...canvas.finish().image.data]).toEqual([6, 0, 250, 17, 0, 250, 6, 0, 150, 17, 0, 150]);
  });

  test.each([-1, 256, 1.5, Number.NaN])('refuses the class %d', (id) => {
    const canvas = new LabeledCanvas(1, 1);
    expect(() => canvas.fill(EVERYWHERE, WHITE, id)).toThrow(
      `A drawn class is a whole number from 0 to 255, got ${id}.`,
    );
  });

  test('refuses sides that are none', () => {
    expect(() => new LabeledCanvas(0, 4)).toThrow('A drawing needs whole numbers of at least 1');
  });
});

describe('a polygon', () => {
  const square: readonly Point[] = [
    [1, 1],
    [3, 1],
    [3, 3],
    [1, 3],
  ];

  test('contains what lies between its corners, in either direction', () => {
    for (const corners of [square, square.toReversed()]) {
      const inside = polygon(corners);
      expect(inside.bounds).toEqual([1, 1, 3, 3]);
      expect([inside.contains(2, 2), inside.contains(1.01, 2.99)]).toEqual([true, true]);
      expect([inside.contains(0.5, 2), inside.contains(2, 3.5), inside.contains(3.5, 0)]).toEqual([
        false,
        false,
        false,
      ]);
    }
  });
});
