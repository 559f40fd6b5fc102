/** The entropy of probabilities as part of a graph, so that the engine computes it. */
import { scalarLike } from '../graph/ops/constants.ts';
import { abs, clip, log, mul } from '../graph/ops/elementwise.ts';
import { reduceSum } from '../graph/ops/reduction.ts';
import type { Value } from '../graph/value.ts';

/** Stands for probability 0, whose logarithm there is not; about the least float32. */
const LEAST = 1e-37;

/**
 * -sum p log p / log K along the axis of K classes, which is kept with extent 1: 0 where one class is certain, 1 where all are
 * equally likely.
 */
export function entropyOf(probabilities: Value, classAxis: number): Value {
  const classes = probabilities.shape[classAxis] as number;
  const terms = mul(probabilities, log(clip(probabilities, LEAST, 1, 'entropy'), 'entropy'), 'entropy');
  const sum = reduceSum(terms, classAxis, 'entropy');
  const most = Math.log(Math.max(2, classes));
  // No term is above 0. Rounding may lead above 1 by a few units in the last place.
  return clip(abs(mul(sum, scalarLike(sum, 1 / most), 'entropy'), 'entropy'), 0, 1, 'entropy');
}
