import { describe, expect, test } from 'vitest';
import { type Image, image } from '../image/image.ts';
import { labelMap } from '../image/label-map.ts';
import { ConfusionMatrix } from './confusion.ts';
import type { EvaluatedImage } from './evaluate.ts';
import { WorstImages } from './worst-images.ts';

const at = ({ width, data }: Image, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

const classes = [
  { name: 'sky', color: [0, 0, 255] },
  { name: 'road', color: [255, 0, 0] },
  { name: 'nowhere', color: [0, 255, 0] },
] as const;

/** A gray image of 320 x 240: sky on the left, unlabeled on the right; `wrong` columns of the sky are taken for road. */
function evaluated(name: string, wrong: number): EvaluatedImage {
  const [width, height] = [320, 240];
  const ids = (of: (x: number) => number) =>
    Uint8Array.from({ length: width * height }, (_, pixel) => of(pixel % width));
  const truth = ids((x) => (x < 160 ? 0 : 255));
  const prediction = ids((x) => (x < wrong ? 1 : 0));
  const matrix = new ConfusionMatrix(3);
  matrix.add(truth, prediction);
  return {
    image: image(width, height, new Uint8Array(width * height * 3).fill(100)),
    labels: { ...labelMap(width, height, truth), data: truth },
    prediction: labelMap(width, height, prediction),
    matrix,
    score: {
      name,
      width,
      height,
      pixels: matrix.total,
      meanIoU: matrix.meanIoU(),
      pixelAccuracy: matrix.pixelAccuracy(),
      boundaryF: null,
      iou: matrix.iou(),
    },
  };
}

describe('the sheet of the worst images', () => {
  const worst = new WorstImages(classes, 2);
  for (const [name, wrong] of [
    ['good', 0],
    ['bad', 150],
    ['fair', 40],
    ['better', 10],
  ] as const)
    worst.add(evaluated(name, wrong));
  const sheet = worst.sheet('The worst') as Image;
  /** A pixel of an image by row and column. */
  const pixel = (row: number, column: number, x: number, y: number) =>
    at(sheet, 10 + column * 330 + x, 44 + 22 + 24 + row * 270 + y);

  test('has as many rows as were asked for, the worst first', () => {
    expect([sheet.width, sheet.height]).toEqual([1330, 44 + 22 + 24 + 2 * 270]);
    expect(pixel(0, 2, 100, 50)).toEqual([201, 35, 35]);
    expect(pixel(1, 2, 100, 50)).toEqual([35, 35, 201]);
    expect(pixel(1, 2, 20, 50)).toEqual([201, 35, 35]);
  });

  test('shows image, truth, prediction and errors, and stripes what has no true class', () => {
    expect(pixel(0, 0, 100, 50)).toEqual([100, 100, 100]);
    expect(pixel(0, 1, 100, 50)).toEqual([35, 35, 201]);
    expect(pixel(0, 3, 100, 50)).toEqual([206, 41, 75]);
    expect(pixel(0, 3, 155, 50)).toEqual([160, 160, 160]);
    expect(pixel(0, 1, 240, 0)).toEqual([255, 255, 255]);
    expect(pixel(0, 3, 240, 0)).toEqual([255, 255, 255]);
    expect(pixel(0, 3, 244, 0)).toEqual([160, 160, 160]);
    expect(pixel(0, 1, 244, 0)).toEqual([100, 100, 100]);
  });

  test('names the classes that occur, and what is wrong, in its legend', () => {
    const colors = new Set<string>();
    for (let x = 0; x < sheet.width; x++) colors.add(String(at(sheet, x, 44 + 7)));
    expect([...colors]).toEqual(expect.arrayContaining(['0,0,255', '255,0,0', '214,20,60']));
    expect(colors.has('0,255,0')).toBe(false);
  });

  test('is none without an image, or for none', () => {
    expect(new WorstImages(classes, 2).sheet('none')).toBeUndefined();
    const none = new WorstImages(classes, 0);
    none.add(evaluated('bad', 100));
    expect(none.sheet('none')).toBeUndefined();
  });
});
