/** Batch normalization and softmax. */
import { scalarLike } from '../../ops/constants.ts';
import { add, div, mul, neg, sqrt, sub } from '../../ops/elementwise.ts';
import { alongChannels, pixelAxes } from '../../ops/normalization.ts';
import { reduceSum } from '../../ops/reduction.ts';
import type { Value } from '../../value.ts';
import type { GradientRules } from '../rule.ts';

export const normalization = {
  /** With s = sqrt(variance + epsilon): y = weight (x - mean) / s + bias. */
  BatchNormalization: ({ gradient: g, input, wants, attributes: { epsilon } }) => {
    const [x, weight, mean, variance] = [input(0), input(1), input(3), input(4)];
    const s = sqrt(add(variance, scalarLike(variance, epsilon)));
    const scale = div(weight, s);
    const sum = wants(2) || wants(3) ? channelSums(g) : null;
    const product = wants(1) || wants(4) ? channelSums(mul(g, sub(x, alongChannels(mean, x)))) : null;
    return [
      wants(0) ? mul(g, alongChannels(scale, x)) : null,
      product && wants(1) ? div(product, s) : null,
      sum,
      sum && wants(3) ? neg(mul(scale, sum)) : null,
      product && wants(4) ? mul(product, mul(scale, div(scalarLike(s, -0.5), mul(s, s)))) : null,
    ];
  },
  /** y (g - sum of g y). */
  Softmax: ({ gradient: g, output: y, attributes: { axis } }) => {
    const weighted = mul(g, y);
    return [sub(weighted, mul(y, reduceSum(weighted, axis)))];
  },
} satisfies Partial<GradientRules>;

const channelSums = (value: Value): Value => reduceSum(value, pixelAxes(value), undefined, false);
