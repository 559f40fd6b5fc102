/** The field's figures, from one confusion matrix over a whole set. */
import { type AbsentRuleName, absentValue } from './absent-classes.ts';

/** Counted pixels, as a confusion matrix has them. */
export interface PixelCounts {
  readonly classes: number;
  /** Those that were scored. */
  readonly total: number;
  /** Those of a class that were predicted as it. */
  hits(id: number): number;
  /** Those whose true class it is. */
  truth(id: number): number;
  /** Those for which it was predicted. */
  predicted(id: number): number;
}

/** Shares are in [0, 1]. */
export interface ClassMetrics {
  /** Pixels whose true class it is. */
  readonly pixels: number;
  /** Pixels for which it was predicted. */
  readonly predicted: number;
  /** Intersection over union as it enters the mean; null if the rule for absent classes leaves it out. */
  readonly iou: number | null;
  /** The share of the pixels for which it was predicted that are of it; null if it was never predicted. */
  readonly precision: number | null;
  /** The share of its pixels for which it was predicted, also called the class's accuracy; null if it has none. */
  readonly recall: number | null;
  /** The harmonic mean of precision and recall, also called Dice; null where `iou` is. */
  readonly f1: number | null;
}

/** Shares in [0, 1]; null where nothing was scored. */
export interface Metrics {
  readonly meanIoU: number | null;
  /** The share of scored pixels whose class was predicted. */
  readonly pixelAccuracy: number | null;
  /** The mean recall of the classes that have a pixel. */
  readonly meanAccuracy: number | null;
  /** The mean of the classes' IoU, weighted by their pixels; some call it frequency-weighted accuracy. */
  readonly frequencyWeightedIoU: number | null;
  /** The mean precision of the classes that were predicted and are in the mean IoU. */
  readonly meanPrecision: number | null;
  /** The mean F1 of the classes that are in the mean IoU. */
  readonly meanF1: number | null;
  readonly classes: readonly ClassMetrics[];
}

/** All figures of a matrix, with the mean over classes that `rule` says. */
export function metricsOf(matrix: PixelCounts, rule: AbsentRuleName = 'standard'): Metrics {
  const classes = Array.from({ length: matrix.classes }, (_, id) => classMetrics(matrix, id, rule));
  const total = matrix.total;
  let hits = 0;
  let weighted = 0;
  for (const [id, { pixels, iou }] of classes.entries()) {
    hits += matrix.hits(id);
    weighted += pixels * (iou ?? 0);
  }
  return {
    meanIoU: meanOfKnown(classes.map(({ iou }) => iou)),
    pixelAccuracy: ratio(hits, total),
    meanAccuracy: meanOfKnown(classes.map(({ recall }) => recall)),
    frequencyWeightedIoU: ratio(weighted, total),
    meanPrecision: meanOfKnown(classes.map(({ iou, precision }) => (iou === null ? null : precision))),
    meanF1: meanOfKnown(classes.map(({ f1 }) => f1)),
    classes,
  };
}

/** The mean of the values that are not null; null if all are. */
export function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return ratio(
    known.reduce((sum, value) => sum + value, 0),
    known.length,
  );
}

function classMetrics(matrix: PixelCounts, id: number, rule: AbsentRuleName): ClassMetrics {
  const [hits, pixels, predicted] = [matrix.hits(id), matrix.truth(id), matrix.predicted(id)];
  const isAbsent = pixels === 0;
  return {
    pixels,
    predicted,
    iou: isAbsent ? absentValue(rule, predicted) : hits / (pixels + predicted - hits),
    precision: ratio(hits, predicted),
    recall: ratio(hits, pixels),
    f1: isAbsent ? absentValue(rule, predicted) : (2 * hits) / (pixels + predicted),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
