/** Arithmetic, activations and functions of one value. */
import { UsageError } from '../../../errors.ts';
import { and, equal, greater, less, where } from '../../ops/comparison.ts';
import { scalarLike } from '../../ops/constants.ts';
import { add, div, masked, mul, neg, Pow, sign, sub } from '../../ops/elementwise.ts';
import { applyOne, type Value } from '../../value.ts';
import type { GradientRules, VjpRule } from '../rule.ts';
import { bilinear, byInput, byOutput } from './makers.ts';

export const elementwise = {
  Add: ({ gradient: g }) => [g, g],
  Sub: ({ gradient: g, wants }) => [g, wants(1) ? neg(g) : null],
  Mul: bilinear(mul, mul),
  /** d(a / b) = da / b - (a / b) db / b. */
  Div: ({ gradient: g, input, output: y, wants }) => {
    const ofA = div(g, input(1));
    return [ofA, wants(1) ? neg(mul(ofA, y)) : null];
  },
  /** Equal elements share the gradient half and half, as in PyTorch. */
  Max: chosen({ larger: 0, smaller: 1 }),
  /** Equal elements share the gradient half and half, as in PyTorch. */
  Min: chosen({ larger: 1, smaller: 0 }),
  Pow: ({ gradient: g, input, wants }) => {
    if (wants(1)) throw new UsageError('the exponent has no gradient.');
    const [x, exponent] = [input(0), input(1)];
    const lowered = sub(withoutZeros(exponent), scalarLike(exponent, 1));
    return [mul(g, mul(exponent, applyOne(Pow, [x, lowered], null)))];
  },

  Identity: ({ gradient: g }) => [g],
  Neg: ({ gradient: g }) => [neg(g)],
  Exp: byOutput(mul),
  Log: byInput(div),
  Reciprocal: byOutput((g, y) => neg(mul(g, mul(y, y)))),
  Sqrt: byOutput((g, y) => div(mul(g, scalarLike(g, 0.5)), y)),
  /** 0 at 0. */
  Abs: byInput((g, x) => mul(g, sign(x))),
  /** 0 at 0. */
  Relu: byOutput((g, y) => masked(g, greater(y, scalarLike(y, 0)))),
  /** 0 outside and at both bounds, as that of PyTorch's hardtanh. */
  Clip: ({ gradient: g, output: y, input, wants }) => {
    if (wants(1) || wants(2)) throw new UsageError('the bounds have no gradient.');
    return [masked(g, and(greater(y, input(1)), less(y, input(2))))];
  },

  Where: ({ gradient: g, input, wants }) => {
    const [condition, zero] = [input(0), scalarLike(g, 0)];
    return [null, wants(1) ? where(condition, g, zero) : null, wants(2) ? where(condition, zero, g) : null];
  },
} satisfies Partial<GradientRules>;

/** The gradient goes to the one of two values that was chosen. Half of 1 + sign(larger - smaller) is 1 or 0, and 1/2 where both are equal. */
function chosen({ larger, smaller }: { readonly larger: 0 | 1; readonly smaller: 0 | 1 }): VjpRule<null> {
  return ({ gradient: g, input, wants }) => {
    const half = scalarLike(g, 0.5);
    const ofA = mul(g, add(mul(sign(sub(input(larger), input(smaller))), half), half));
    return [ofA, wants(1) ? sub(g, ofA) : null];
  };
}

/** Exponents with 1 in place of 0: there the gradient is 0 times something, and 1 / x would be infinite at 0. */
function withoutZeros(exponent: Value): Value {
  const { source } = exponent;
  if (source.kind === 'constant' && Array.from(source.tensor.data, Number).every((number) => number !== 0)) {
    return exponent;
  }
  return where(equal(exponent, scalarLike(exponent, 0)), scalarLike(exponent, 1), exponent);
}
