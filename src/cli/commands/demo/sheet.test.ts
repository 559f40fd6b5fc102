import { expect, test } from 'vitest';
import { ConfusionMatrix } from '../../../evaluation/confusion.ts';
import type { EvaluatedImage } from '../../../evaluation/evaluate.ts';
import { type Color, image } from '../../../image/image.ts';
import { labelMap } from '../../../image/label-map.ts';
import { demoSheet } from './sheet.ts';

const CLASSES = [
  { name: 'ground', color: [0, 0, 0] as Color },
  { name: 'circle', color: [200, 0, 0] as Color },
  { name: 'square', color: [0, 0, 200] as Color },
];
const SIDE = 4;

function evaluated(truth: number, predicted: number): EvaluatedImage {
  const map = (id: number) => {
    const data = new Uint8Array(SIDE * SIDE).fill(id);
    return { ...labelMap(SIDE, SIDE, data), data };
  };
  const score = {
    name: '',
    width: SIDE,
    height: SIDE,
    pixels: SIDE * SIDE,
    meanIoU: 0.5,
    pixelAccuracy: 0,
    boundaryF: null,
    iou: [],
  };
  return {
    image: image(SIDE, SIDE, new Uint8Array(SIDE * SIDE * 3).fill(90)),
    labels: map(truth),
    prediction: map(predicted),
    matrix: new ConfusionMatrix(CLASSES.length),
    score,
  };
}

test('the sheet shows image, truth and the predictions before and after, a row for each image', () => {
  const before = { meanIoU: 0.1, shown: [evaluated(1, 2), evaluated(2, 0)] };
  const after = { meanIoU: 0.9, shown: [evaluated(1, 1), evaluated(2, 2)] };
  const sheet = demoSheet(before, after, CLASSES);
  const tile = (row: number, column: number) => {
    const [x, y] = [12 + column * 204 + 96, 56 + row * 216 + 96];
    return [...sheet.data.subarray((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3)];
  };
  const [ground, circle, square] = CLASSES.map(({ color }) => [...color]);
  const image = [90, 90, 90];
  expect([0, 1, 2, 3].map((column) => tile(0, column))).toEqual([image, circle, square, circle]);
  expect([0, 1, 2, 3].map((column) => tile(1, column))).toEqual([image, square, ground, square]);
});
