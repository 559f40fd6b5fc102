/**
 * Soft Dice loss (Milletari et al., 3DV 2016, with p instead of p squared): 1 - 2 |P and Y| / (|P| + |Y|) of each class over
 * the scored pixels of the batch, averaged over the classes present in it.
 */
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, div, mul, sub } from '../../graph/ops/elementwise.ts';
import { reduceSum } from '../../graph/ops/reduction.ts';
import type { Value } from '../../graph/value.ts';
import type { Loss } from './loss.ts';
import { presentClasses } from './present-classes.ts';

const perClass = (value: Value): Value => reduceSum(value, [0, 2, 3], undefined, false);

export const dice: Loss = (pixels) => {
  const { isClass, isScored, probabilities } = pixels;
  const { count, absent, mean } = presentClasses(pixels);
  const overlap = perClass(mul(probabilities, isClass));
  const predicted = perClass(mul(probabilities, isScored));
  // Absent classes do not count; they only must not divide by 0.
  const total = add(add(predicted, count), absent);
  const score = div(mul(overlap, scalarLike(overlap, 2)), total);
  return mean(sub(scalarLike(score, 1), score));
};
