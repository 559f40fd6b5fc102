import { describe, expect, test } from 'vitest';
import { image } from '../image/image.ts';
import { labelMap } from '../image/label-map.ts';
import { type PredictedSample, sampleSheet } from './sample-sheet.ts';

const classes = [
  { name: 'sky', color: [0, 0, 255] },
  { name: 'road', color: [255, 0, 0] },
  { name: 'nowhere', color: [0, 255, 0] },
] as const;

/** A gray image whose mask is sky and whose prediction is road; the right half is not labeled. */
const sample = (width: number, height: number): PredictedSample => {
  const ids = Uint8Array.from({ length: width * height }, (_, pixel) => (pixel % width < width / 2 ? 0 : 255));
  return {
    name: 'one',
    image: image(width, height, new Uint8Array(width * height * 3).fill(100)),
    labels: { ...labelMap(width, height, ids), data: ids },
    prediction: labelMap(width, height, new Uint8Array(width * height).fill(1)),
  };
};

describe('a sheet of sample predictions', () => {
  const sheet = sampleSheet([sample(64, 32), sample(32, 32)], classes);
  const at = (x: number, y: number) => [
    ...sheet.data.subarray((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3),
  ];

  test('shows image, mask and prediction side by side, each 320 pixels wide', () => {
    expect(at(8 + 40, 60)).toEqual([100, 100, 100]);
    expect(at(336 + 40, 60)).toEqual([35, 35, 201]);
    expect(at(664 + 40, 60)).toEqual([201, 35, 35]);
  });

  test('tints nothing where the mask is not looked at', () => {
    expect(at(336 + 300, 60)).toEqual([100, 100, 100]);
    expect(at(664 + 300, 60)).toEqual([100, 100, 100]);
  });

  test('has the samples below each other in their own proportions, and a legend of the classes shown', () => {
    const rows = 24 + (160 + 24) + (320 + 24) + 8;
    expect(sheet.height).toBeGreaterThan(rows);
    expect(at(8 + 40, 24 + 160 + 24 + 300)).toEqual([100, 100, 100]);
    const colors = new Set<string>();
    for (let pixel = rows * sheet.width; pixel < sheet.width * sheet.height; pixel++) {
      colors.add(sheet.data.subarray(pixel * 3, pixel * 3 + 3).join());
    }
    expect([colors.has('0,0,255'), colors.has('255,0,0'), colors.has('0,255,0')]).toEqual([true, true, false]);
  });
});
