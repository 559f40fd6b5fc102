/**
 * Lovasz-softmax (Berman et al., CVPR 2018): the convex extension of 1 - IoU, over all scored pixels of the batch, averaged
 * over the classes present in it.
 */
import { numbersLike, scalarLike } from '../../graph/ops/constants.ts';
import { cumulativeSum } from '../../graph/ops/cumulative-sum.ts';
import { abs, add, div, mul, sub } from '../../graph/ops/elementwise.ts';
import { gatherElements, topK } from '../../graph/ops/gather.ts';
import { pad } from '../../graph/ops/pad.ts';
import { reduceSum } from '../../graph/ops/reduction.ts';
import { reshape, transpose } from '../../graph/ops/shape.ts';
import { slice } from '../../graph/ops/structure.ts';
import { knownShape, type Value } from '../../graph/value.ts';
import type { Loss } from './loss.ts';
import { presentClasses } from './present-classes.ts';

export const lovaszSoftmax: Loss = (pixels) => {
  const { classes, isClass, isScored, probabilities } = pixels;
  const [batch, , height, width] = knownShape(isClass) as [number, number, number, number];
  const count = batch * height * width;
  const byClass = (value: Value): Value => reshape(transpose(value, [1, 0, 2, 3]), [classes, count]);

  // Ignored pixels have no error: they come last and add nothing.
  const errors = byClass(mul(abs(sub(isClass, probabilities)), isScored));
  const [sorted, order] = topK(errors, count, 1);
  const weights = lovaszGradient(gatherElements(byClass(isClass), order, 1), count);
  return presentClasses(pixels).mean(reduceSum(mul(sorted, weights), 1, undefined, false));
};

/** How 1 - IoU grows with each further wrong pixel, largest error first; the class's pixels are 1 in truth [K, count]. */
function lovaszGradient(truth: Value, count: number): Value {
  const one = scalarLike(truth, 1);
  const total = reduceSum(truth, 1);
  const covered = cumulativeSum(truth, 1);
  const ranks = numbersLike(
    truth,
    [1, count],
    Float32Array.from({ length: count }, (_, index) => index + 1),
  );
  // |Y| - covered over |Y| + the wrong pixels so far: the denominator is never 0.
  const jaccard = sub(one, div(sub(total, covered), add(total, sub(ranks, covered))));
  if (count === 1) return jaccard;
  return sub(jaccard, pad(slice(jaccard, 1, 0, count - 1), [{ axis: 1, start: 1, end: 0 }]));
}
