import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ABSENT_RULE_NAMES, type AbsentRuleName } from './absent-classes.ts';
import { ConfusionMatrix } from './confusion.ts';
import { metricsOf } from './metrics.ts';

function matrixOf(classes: number, labels: readonly number[], predictions: readonly number[]): ConfusionMatrix {
  const matrix = new ConfusionMatrix(classes);
  matrix.add(labels, predictions, 255);
  return matrix;
}

describe('the figures of a confusion matrix', () => {
  test('are the reference figures for pixels of six classes, by every rule', () => {
    const golden = JSON.parse(
      readFileSync(new URL('../../test/fixtures/golden/metrics.json', import.meta.url), 'utf8'),
    ) as Record<'labels' | 'prediction' | 'iou', number[]> &
      Record<'mean_iou' | 'pixel_accuracy' | 'mean_accuracy' | 'frequency_weighted_iou', number>;
    const matrix = matrixOf(6, golden.labels, golden.prediction);
    for (const rule of ABSENT_RULE_NAMES) {
      const metrics = metricsOf(matrix, rule);
      for (const [id, { iou }] of metrics.classes.entries()) expect(iou).toBeCloseTo(golden.iou[id] as number, 12);
      expect(metrics.meanIoU).toBeCloseTo(golden.mean_iou, 12);
      expect(metrics.pixelAccuracy).toBeCloseTo(golden.pixel_accuracy, 12);
      expect(metrics.meanAccuracy).toBeCloseTo(golden.mean_accuracy, 12);
      expect(metrics.frequencyWeightedIoU).toBeCloseTo(golden.frequency_weighted_iou, 12);
    }
  });

  test('are precision, recall and their harmonic mean', () => {
    // Class 0: 3 of 4 found, 1 of 4 predictions wrong.
    const metrics = metricsOf(matrixOf(2, [0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 1]));
    expect(metrics.classes[0]).toEqual({ pixels: 4, predicted: 4, iou: 0.6, precision: 0.75, recall: 0.75, f1: 0.75 });
    expect(metrics.classes[1]).toMatchObject({ iou: 1 / 3, precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(metrics).toMatchObject({ meanAccuracy: 0.625, meanPrecision: 0.625, meanF1: 0.625 });
  });

  test('keep F1 = 2 IoU / (1 + IoU), and the order of means', () => {
    const ids = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 255), fc.constantFrom(0, 1, 2, 255)), { minLength: 1 });
    fc.assert(
      fc.property(ids, (pairs) => {
        const metrics = metricsOf(
          matrixOf(
            3,
            pairs.map(([label]) => label),
            pairs.map(([, prediction]) => prediction),
          ),
        );
        for (const { iou, f1, precision, recall } of metrics.classes) {
          if (iou === null) expect(f1).toBeNull();
          else expect(f1).toBeCloseTo((2 * iou) / (1 + iou), 12);
          if (precision && recall) expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
        }
        // A class's IoU is at most its recall, whose weighted mean is the pixel accuracy.
        expect(metrics.frequencyWeightedIoU ?? 0).toBeLessThanOrEqual((metrics.pixelAccuracy ?? 0) + 1e-12);
      }),
    );
  });

  // Class 0 has IoU 1/2, class 1 IoU 1/3; class 2 is only predicted, class 3 is nowhere.
  test.each<[AbsentRuleName, number | null, number | null, number]>([
    ['standard', 0, null, (1 / 2 + 1 / 3 + 0) / 3],
    ['authors', null, null, (1 / 2 + 1 / 3) / 2],
    ['ade20k', null, null, (1 / 2 + 1 / 3) / 2],
    ['light-weight-v1', 0, 1, (1 / 2 + 1 / 3 + 0 + 1) / 4],
    ['densetorch', 0, null, (1 / 2 + 1 / 3 + 0) / 3],
  ])('count absent classes by the rule %s', (rule, predicted, nowhere, mean) => {
    const metrics = metricsOf(matrixOf(4, [0, 0, 1, 1, 255], [0, 1, 1, 2, 3]), rule);
    expect(metrics.classes.map(({ iou }) => iou)).toEqual([1 / 2, 1 / 3, predicted, nowhere]);
    expect(metrics.meanIoU).toBeCloseTo(mean, 12);
    expect(metrics.meanAccuracy).toBe(0.5);
  });

  test.each<[AbsentRuleName, number]>([
    ['standard', 0.5],
    ['authors', 1],
    ['ade20k', 1],
    ['light-weight-v1', 0.5],
    ['densetorch', 0.5],
  ])('have a class that is only predicted in the mean precision where it is in the other means: %s', (rule, mean) => {
    const metrics = metricsOf(matrixOf(3, [0, 0, 0, 0], [0, 0, 0, 2]), rule);
    expect(metrics.meanPrecision).toBe(mean);
  });

  test('count a pixel without prediction as a miss for its class alone', () => {
    const metrics = metricsOf(matrixOf(2, [0, 0, 1, 1], [0, 255, 1, 1]), 'authors');
    expect(metrics.classes.map(({ iou }) => iou)).toEqual([0.5, 1]);
    expect(metrics).toMatchObject({
      meanIoU: 0.75,
      pixelAccuracy: 0.75,
      meanAccuracy: 0.75,
      frequencyWeightedIoU: 0.75,
    });
  });

  test('are null without a scored pixel, but for classes that a rule counts', () => {
    const empty = new ConfusionMatrix(2);
    expect(metricsOf(empty)).toMatchObject({
      meanIoU: null,
      pixelAccuracy: null,
      meanAccuracy: null,
      frequencyWeightedIoU: null,
      meanPrecision: null,
      meanF1: null,
    });
    expect(metricsOf(empty, 'light-weight-v1').meanIoU).toBe(1);
  });
});
