import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { image } from './image.ts';
import { checkSameSize, countLabels, labelMap, presentLabels } from './label-map.ts';

describe('image', () => {
  it('shares the bytes given', () => {
    const data = new Uint8Array(12);
    expect(image(2, 2, data).data).toBe(data);
  });

  it('refuses bytes that are not three a pixel', () => {
    expect(() => image(2, 2, new Uint8Array(16))).toThrow(
      new ShapeError('An RGB image of 2x2 takes 12 bytes (3 a pixel), but 16 were given.'),
    );
  });

  it('refuses sides that are not whole numbers above 0', () => {
    for (const side of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => image(side, 1, new Uint8Array(0))).toThrow(
        new ShapeError(`An image needs whole numbers of at least 1 as width and height, but got ${side}x1.`),
      );
    }
  });
});

describe('labelMap', () => {
  it('refuses ids that are not one a pixel', () => {
    expect(() => labelMap(3, 2, new Uint8Array(5))).toThrow(
      new ShapeError('A label map of 3x2 takes 6 class ids, but 5 were given.'),
    );
  });
});

describe('countLabels', () => {
  it('counts each class and leaves ids to ignore out', () => {
    expect(countLabels(labelMap(3, 2, Uint8Array.of(0, 2, 2, 255, 2, 0)), 4)).toEqual([2, 0, 3, 0]);
    expect(countLabels(labelMap(2, 1, Uint16Array.of(65535, 1)), 2)).toEqual([0, 1]);
  });
});

describe('presentLabels', () => {
  it('lists every id that occurs once, ascending', () => {
    expect(presentLabels(labelMap(2, 2, Uint16Array.of(65535, 7, 0, 7)))).toEqual([0, 7, 65535]);
  });
});

describe('checkSameSize', () => {
  it('says both sizes', () => {
    expect(() => checkSameSize('overlay', { width: 4, height: 3 }, labelMap(1, 2, new Uint8Array(2)))).toThrow(
      new ShapeError('overlay: the image is 4x3 but the label map 1x2. Resize one of them first.'),
    );
  });
});
