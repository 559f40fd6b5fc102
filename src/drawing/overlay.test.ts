import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, UsageError } from '../errors.ts';
import { colorize } from './colorize.ts';
import { type Color, image } from '../image/image.ts';
import { labelMap } from '../image/label-map.ts';
import { overlay } from './overlay.ts';

const COLORS: readonly Color[] = [
  [200, 0, 0],
  [0, 100, 255],
];
const gray = (width: number, height: number) => image(width, height, new Uint8Array(width * height * 3).fill(100));

describe('colorize', () => {
  it('draws each id in its color and ids without one black', () => {
    const { width, height, data } = colorize(labelMap(3, 1, Uint8Array.of(1, 255, 0)), COLORS);
    expect([width, height, ...data]).toEqual([3, 1, 0, 100, 255, 0, 0, 0, 200, 0, 0]);
  });
});

describe('overlay', () => {
  const labels = labelMap(3, 1, Uint8Array.of(0, 1, 255));

  it('mixes image and color half and half, and leaves ids without a color as they are', () => {
    const { data } = overlay(gray(3, 1), labels, COLORS, { boundaries: false });
    expect([...data]).toEqual([150, 50, 50, 50, 100, 178, 100, 100, 100]);
  });

  it('shows only the image at opacity 0 and only the classes at 1', () => {
    expect(overlay(gray(3, 1), labels, COLORS, { opacity: 0 })).toEqual(gray(3, 1));
    expect([...overlay(gray(3, 1), labels, COLORS, { opacity: 1 }).data.slice(0, 6)]).toEqual([200, 0, 0, 0, 100, 255]);
  });

  it('leaves classes untouched that are named so', () => {
    const { data } = overlay(gray(3, 1), labels, COLORS, { untouched: [1], boundaries: false });
    expect([...data]).toEqual([150, 50, 50, 100, 100, 100, 100, 100, 100]);
  });

  it('draws borders between classes stronger than their insides', () => {
    const map = labelMap(6, 1, Uint8Array.of(0, 0, 0, 1, 1, 1));
    const red = overlay(gray(6, 1), map, COLORS).data.filter((_, i) => i % 3 === 0);
    expect([...red]).toEqual([150, 150, 190, 10, 50, 50]);
  });

  it('draws wider borders in large images: all within reach of another class in their row or column', () => {
    const [width, height, reach] = [2600, 9, 3];
    const ids = Uint8Array.from({ length: width * height }, (_, i) => ((i * 7919) % 101 < 3 ? 1 : 0));
    const isNear = (x: number, y: number): boolean =>
      [...Array(reach).keys()].some((step) =>
        [
          [x - step - 1, y],
          [x + step + 1, y],
          [x, y - step - 1],
          [x, y + step + 1],
        ].some(
          ([column, row]) =>
            ids[(row as number) * width + (column as number)] !== ids[y * width + x] &&
            (column as number) >= 0 &&
            (column as number) < width &&
            (row as number) >= 0 &&
            (row as number) < height,
        ),
      );
    const { data } = overlay(gray(width, height), labelMap(width, height, ids), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    for (let pixel = 0; pixel < ids.length; pixel++) {
      const expected = isNear(pixel % width, Math.floor(pixel / width)) ? 10 : 50;
      if (data[pixel * 3] !== expected) expect.fail(`pixel ${pixel} is ${data[pixel * 3]}, not ${expected}`);
    }
  });

  it('does not change its input', () => {
    const source = gray(3, 1);
    overlay(source, labels, COLORS);
    expect(source).toEqual(gray(3, 1));
  });

  it('stays between image and color', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), fc.double({ min: 0, max: 1, noNaN: true }), (below, above, opacity) => {
        const source = image(1, 1, Uint8Array.of(below, below, below));
        const [value] = overlay(source, labelMap(1, 1, Uint8Array.of(0)), [[above, above, above]], { opacity }).data;
        expect(value).toBe(Math.round(below + opacity * (above - below)));
      }),
    );
  });

  it('refuses another size and an opacity that is none', () => {
    expect(() => overlay(gray(2, 1), labels, COLORS)).toThrow(
      new ShapeError('overlay: the image is 2x1 but the label map 3x1. Resize one of them first.'),
    );
    expect(() => overlay(gray(3, 1), labels, COLORS, { opacity: 50 })).toThrow(
      new UsageError('overlay: the opacity is 50. Choose a number from 0 (only the image) to 1 (only the classes).'),
    );
    expect(() => overlay(gray(3, 1), labels, COLORS, { opacity: Number.NaN })).toThrow(UsageError);
  });
});
