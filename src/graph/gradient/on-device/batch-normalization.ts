/** The gradient of batch normalization by the batch's own statistics, taken at once instead of through each of them. */
import { scalarLike } from '../../ops/constants.ts';
import { add, div, Mul, mul, Sub, sqrt, sub } from '../../ops/elementwise.ts';
import { alongChannels, elementsPerChannel, pixelAxes } from '../../ops/normalization.ts';
import { ReduceMean, type ReduceAttributes, reduceSum } from '../../ops/reduction.ts';
import { Reshape } from '../../ops/shape.ts';
import { producer } from '../../rewrite/rewrite.ts';
import type { Value } from '../../value.ts';
import type { GradientRules } from '../rule.ts';
import { normalization } from '../rules/normalization.ts';

/**
 * With mean m and variance v of x over n elements, d = x - m and s = sqrt(v + epsilon): the gradient of x is
 * weight / s (g - sum(g) / n - d sum(g d) / (n (v + epsilon))). What is given from elsewhere has the rule that it has everywhere.
 */
export const batchNormalization = {
  BatchNormalization: (context) => {
    const { gradient: g, input, wants, attributes } = context;
    const [x, weight, mean, variance] = [input(0), input(1), input(3), input(4)];
    const isOwn = isMeanOf(mean, x) && isVarianceOf(variance, x, mean);
    if (!isOwn || !wants(0)) return normalization.BatchNormalization(context);
    const sums = (value: Value): Value => reduceSum(value, pixelAxes(x), undefined, false);
    const count = elementsPerChannel(x);
    const centered = sub(x, alongChannels(mean, x));
    const stable = add(variance, scalarLike(variance, attributes.epsilon));
    const deviation = sqrt(stable);
    const [sum, product] = [sums(g), sums(mul(g, centered))];
    const shift = mul(sum, scalarLike(sum, 1 / count));
    const slope = div(product, mul(stable, scalarLike(stable, count)));
    const around = sub(sub(g, alongChannels(shift, x)), mul(centered, alongChannels(slope, x)));
    return [
      mul(around, alongChannels(div(weight, deviation), x)),
      wants(1) ? div(product, deviation) : null,
      sum,
      null,
      null,
    ];
  },
} satisfies Partial<GradientRules>;

const isMeanOf = (mean: Value, x: Value): boolean => averaged(mean, x) === x;

/** The mean of the squares of x - mean. */
function isVarianceOf(variance: Value, x: Value, mean: Value): boolean {
  const square = producer(averaged(variance, x), Mul.name);
  if (!square || square.inputs[0] !== square.inputs[1]) return false;
  const centered = producer(square.inputs[0] as Value, Sub.name);
  return centered?.inputs[0] === x && producer(centered.inputs[1] as Value, Reshape.name)?.inputs[0] === mean;
}

/** What a value is the mean of, over everything but channels. */
function averaged(value: Value, like: Value): Value | null {
  const node = producer(value, ReduceMean.name);
  const axes = (node?.attributes as ReduceAttributes | undefined)?.axes;
  return node && axes?.join() === pixelAxes(like).join() ? (node.inputs[0] as Value) : null;
}
