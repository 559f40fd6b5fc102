import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfusionMatrix } from './confusion.ts';

const CLASSES = 4;
const pixels = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3, 255), fc.nat({ max: CLASSES - 1 })), {
  minLength: 1,
  maxLength: 60,
});

/** IoU of a class straight from its definition: pixels of both over pixels of either. */
function iouByDefinition(pairs: readonly (readonly [number, number])[], id: number): number | null {
  const scored = pairs.filter(([label]) => label < CLASSES);
  const either = scored.filter(([label, prediction]) => label === id || prediction === id).length;
  return either === 0
    ? null
    : scored.filter(([label, prediction]) => label === id && prediction === id).length / either;
}

function matrixOf(pairs: readonly (readonly [number, number])[]): ConfusionMatrix {
  const matrix = new ConfusionMatrix(CLASSES);
  matrix.add(
    pairs.map(([label]) => label),
    pairs.map(([, prediction]) => prediction),
  );
  return matrix;
}

describe('a confusion matrix', () => {
  test('gives the reference figures for pixels of six classes', () => {
    const golden = JSON.parse(
      readFileSync(new URL('../../test/fixtures/golden/metrics.json', import.meta.url), 'utf8'),
    ) as {
      labels: number[];
      prediction: number[];
      confusion_rows_are_truth: number[][];
      iou: number[];
      mean_iou: number;
      pixel_accuracy: number;
    };
    const matrix = new ConfusionMatrix(6);
    matrix.add(golden.labels, golden.prediction);
    expect([...matrix.counts]).toEqual(golden.confusion_rows_are_truth.flat());
    for (const [id, iou] of matrix.iou().entries()) expect(iou).toBeCloseTo(golden.iou[id] as number, 12);
    expect(matrix.meanIoU()).toBeCloseTo(golden.mean_iou, 12);
    expect(matrix.pixelAccuracy()).toBeCloseTo(golden.pixel_accuracy, 12);
  });

  test('agrees with the definitions, pixel by pixel', () => {
    fc.assert(
      fc.property(pixels, (pairs) => {
        const matrix = matrixOf(pairs);
        const ious = Array.from({ length: CLASSES }, (_, id) => iouByDefinition(pairs, id));
        expect(matrix.iou()).toEqual(ious);
        const known = ious.filter((iou) => iou !== null);
        if (known.length > 0) {
          expect(matrix.meanIoU()).toBeCloseTo(known.reduce((sum, iou) => sum + iou, 0) / known.length, 12);
        }
        const scored = pairs.filter(([label]) => label < CLASSES);
        expect(matrix.total).toBe(scored.length);
        const hits = scored.filter(([label, prediction]) => label === prediction).length;
        if (scored.length > 0) expect(matrix.pixelAccuracy()).toBeCloseTo(hits / scored.length, 12);
      }),
    );
  });

  test('is the same whether pixels come at once or in parts', () => {
    fc.assert(
      fc.property(pixels, pixels, (first, second) => {
        const parts = matrixOf(first);
        parts.add(
          second.map(([label]) => label),
          second.map(([, prediction]) => prediction),
        );
        expect([...parts.counts]).toEqual([...matrixOf([...first, ...second]).counts]);
      }),
    );
  });

  test('leaves classes that are nowhere out of the mean, but not those predicted where they are not', () => {
    const matrix = new ConfusionMatrix(3);
    matrix.add([0, 0, 255], [0, 1, 2]);
    expect(matrix.iou()).toEqual([0.5, 0, null]);
    expect(matrix.meanIoU()).toBe(0.25);
  });

  test('has no mean without a scored pixel', () => {
    const matrix = new ConfusionMatrix(2);
    matrix.add([255], [1]);
    expect([matrix.meanIoU(), matrix.pixelAccuracy()]).toEqual([Number.NaN, Number.NaN]);
  });

  test('takes one id as no prediction: a miss, in no column', () => {
    const matrix = new ConfusionMatrix(2);
    matrix.add([0, 0, 1, 255], [0, 255, 1, 255], 255);
    expect([[...matrix.counts], [...matrix.unpredicted], matrix.total]).toEqual([[1, 0, 0, 1], [1, 0], 3]);
    expect([matrix.truth(0), matrix.predicted(0), matrix.hits(0)]).toEqual([2, 1, 1]);
    expect(matrix.iou()).toEqual([0.5, 1]);
    expect(matrix.pixelAccuracy()).toBeCloseTo(2 / 3, 12);
  });

  test('takes negative ids too: labels are not scored, a prediction may be the one that says none', () => {
    const matrix = new ConfusionMatrix(2);
    matrix.add([0, -1, 1, 0.5], [-1, 0, 1, 1], -1);
    expect([[...matrix.counts], [...matrix.unpredicted], matrix.total]).toEqual([[0, 0, 0, 1], [1, 0], 2]);
  });

  test('takes in another matrix', () => {
    const [one, other] = [new ConfusionMatrix(2), new ConfusionMatrix(2)];
    one.add([0, 1], [0, 255], 255);
    other.add([0, 1], [1, 255], 255);
    one.merge(other);
    expect([[...one.counts], [...one.unpredicted]]).toEqual([
      [1, 1, 0, 0],
      [0, 2],
    ]);
    expect(() => one.merge(new ConfusionMatrix(3))).toThrow('A confusion matrix of 2 classes cannot take in one of 3.');
  });

  test('refuses what does not fit, and adds nothing then', () => {
    const matrix = new ConfusionMatrix(2);
    expect(() => matrix.add([0, 1], [0])).toThrow(
      'The confusion matrix got 2 labels and 1 predictions. Bring them to one size.',
    );
    expect(() => matrix.add([0, 1], [1, 2])).toThrow(
      'The confusion matrix has the classes 0 ... 1, but 2 was predicted for pixel 1.',
    );
    for (const prediction of [-1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => matrix.add([0, 1], [1, prediction])).toThrow(
        `The confusion matrix has the classes 0 ... 1, but ${prediction} was predicted for pixel 1.`,
      );
    }
    expect(matrix.total).toBe(0);
    expect(() => new ConfusionMatrix(0)).toThrow('A confusion matrix has from 1 to 65536 classes, got 0.');
  });
});
