/** `refinenet/evaluation`: how well labels agree with the truth, for any JavaScript platform. */
// Results have Symbol.asyncDispose, which is in none of the libraries that users' projects usually name.
/// <reference lib="esnext.disposable" preserve="true" />

export * from './datasets.ts';

// Figures.
export { ABSENT_RULE_NAMES, ABSENT_RULES, type AbsentRuleName } from '../evaluation/absent-classes.ts';
export { BOUNDARY_TOLERANCE, type BoundaryScore, boundaryScores } from '../evaluation/boundary.ts';
export { confusionImage } from '../evaluation/confusion-image.ts';
export { ConfusionMatrix } from '../evaluation/confusion.ts';
export {
  type BoundaryMetrics,
  evaluate,
  type EvaluatedImage,
  type EvaluateOptions,
  type Evaluation,
  type ImageFailure,
  type ImageScore,
  type Predict,
} from '../evaluation/evaluate.ts';
export { type ClassMetrics, type Metrics, metricsOf, type PixelCounts } from '../evaluation/metrics.ts';
export { ProbabilityMean } from '../evaluation/probability-mean.ts';
export { type EvaluationReport, evaluationReport } from '../evaluation/report.ts';
export { type ImageSegmenter, segmenterPredictions } from '../evaluation/segmenter-predictions.ts';
