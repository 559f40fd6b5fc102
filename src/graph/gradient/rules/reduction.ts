/** Sums, means and extrema over axes, and running sums. */
import { equal } from '../../ops/comparison.ts';
import { scalarLike } from '../../ops/constants.ts';
import { cumulativeSum } from '../../ops/cumulative-sum.ts';
import { div, masked, mul } from '../../ops/elementwise.ts';
import { type ReduceAttributes, reduceSum } from '../../ops/reduction.ts';
import { expand, reshape } from '../../ops/shape.ts';
import { knownShape, type Value } from '../../value.ts';
import type { GradientRules, VjpContext } from '../rule.ts';

export const reduction = {
  ReduceSum: ({ gradient: g, input, attributes }) => [stretched(g, input(0), attributes)],
  ReduceMean: ({ gradient: g, input, attributes }) => [
    stretched(mul(g, scalarLike(g, 1 / reducedCount(input(0), attributes))), input(0), attributes),
  ],
  /** Equal maxima share the gradient evenly, as in PyTorch's amax. */
  ReduceMax: ofExtremum,
  /** Equal minima share the gradient evenly, as in PyTorch's amin. */
  ReduceMin: ofExtremum,
  ReduceSumSquare: ({ gradient: g, input }) => [mul(input(0), mul(g, scalarLike(g, 2)))],
  CumSum: ({ gradient: g, attributes: { axis, reverse } }) => [cumulativeSum(g, axis, !reverse)],
} satisfies Partial<GradientRules>;

/** The gradient goes to the elements that equal the result. */
function ofExtremum({ gradient: g, output, input, attributes }: VjpContext<ReduceAttributes>): readonly [Value] {
  const x = input(0);
  const isExtremum = equal(x, reshape(output, keptShape(x, attributes)));
  const count = reduceSum(masked(expand(scalarLike(x, 1), knownShape(x)), isExtremum), attributes.axes);
  return [masked(div(stretched(g, x, attributes), count), isExtremum)];
}

/** The gradient of a reduced value for each element that entered it. */
const stretched = (g: Value, x: Value, attributes: ReduceAttributes): Value =>
  expand(reshape(g, keptShape(x, attributes)), knownShape(x));

const keptShape = (x: Value, { axes }: ReduceAttributes): readonly number[] =>
  knownShape(x).map((extent, axis) => (axes.includes(axis) ? 1 : extent));

/** How many elements enter each one of the result. */
function reducedCount(x: Value, { axes }: ReduceAttributes): number {
  const extents = knownShape(x);
  return axes.reduce((product, axis) => product * (extents[axis] as number), 1);
}
