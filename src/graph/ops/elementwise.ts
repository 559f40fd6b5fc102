/** Operators that treat every element alike: broadcasting arithmetic, activations and functions of one value. */
import { ShapeError, UsageError } from '../../errors.ts';
import { float } from '../../onnx/model.ts';
import { applyOne, formatType, type Op, required, type Value, type VjpRule } from '../value.ts';
import { broadcastShapes } from './broadcast.ts';
import { and, greater, less } from './comparison.ts';
import { scalarLike } from './constants.ts';
import { cast } from './structure.ts';

export { broadcastShapes } from './broadcast.ts';

export const Add = binary('Add', ({ gradient: g }) => [g, g]);
export const Sub = binary('Sub', ({ gradient: g, wants }) => [g, wants(1) ? neg(g) : null]);
export const Mul = binary('Mul', ({ gradient: g, input, wants }) => [
  wants(0) ? mul(g, input(1)) : null,
  wants(1) ? mul(g, input(0)) : null,
]);
/** d(a / b) = da / b - (a / b) db / b. */
export const Div = binary('Div', ({ gradient: g, input, output: y, wants }) => {
  const scaled = div(g, input(1));
  return [scaled, wants(1) ? neg(mul(scaled, y)) : null];
});
/** Equal elements share the gradient half and half, as in PyTorch. */
export const Max = binary('Max', (context) => choice(context, 0, 1));
/** Equal elements share the gradient half and half, as in PyTorch. */
export const Min = binary('Min', (context) => choice(context, 1, 0));

/** The gradient at 0 is 0. */
export const Relu = unary('Relu', ({ gradient: g, output: y }) => [masked(g, greater(y, scalarLike(y, 0)))]);
export const Exp = unary('Exp', ({ gradient: g, output: y }) => [mul(g, y)]);
export const Log = unary('Log', ({ gradient: g, input }) => [div(g, input(0))]);
export const Reciprocal = unary('Reciprocal', ({ gradient: g, output: y }) => [neg(mul(g, mul(y, y)))]);
export const Sqrt = unary('Sqrt', ({ gradient: g, output: y }) => [div(mul(g, scalarLike(g, 0.5)), y)]);
export const Neg = unary('Neg', ({ gradient: g }) => [neg(g)]);
/** The gradient at 0 is 0. */
export const Abs = unary('Abs', ({ gradient: g, input }) => [mul(g, sign(input(0)))]);
export const Sigmoid = unary('Sigmoid', ({ gradient: g, output: y }) => [mul(g, mul(y, sub(scalarLike(y, 1), y)))]);
export const Floor = unary('Floor', 'none');
export const Identity = unary('Identity', ({ gradient: g }) => [g]);
/** A value as it is, through which no gradient passes. */
export const StopGradient: Op<null> = { ...Identity, vjp: 'none' };

/** Inputs: x, exponent (a constant as far as gradients go). */
export const Pow = binary('Pow', ({ gradient: g, input, wants }) => {
  if (wants(1)) throw new UsageError('the exponent has no gradient.');
  const exponent = input(1);
  return [mul(g, mul(exponent, applyOne(Pow, [input(0), sub(exponent, scalarLike(exponent, 1))], null)))];
});

/** Inputs: x, minimum, maximum (scalars). The gradient is 0 outside and at both bounds, as that of PyTorch's hardtanh. */
export const Clip: Op<null> = {
  name: 'Clip',
  infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
  vjp({ gradient: g, output: y, input, wants }) {
    if (wants(1) || wants(2)) throw new UsageError('the bounds have no gradient.');
    return [masked(g, and(greater(y, input(1)), less(y, input(2)))), null, null];
  },
};

export const add = (a: Value, b: Value, place?: string): Value => applyOne(Add, [a, b], null, place);
export const sub = (a: Value, b: Value, place?: string): Value => applyOne(Sub, [a, b], null, place);
export const mul = (a: Value, b: Value, place?: string): Value => applyOne(Mul, [a, b], null, place);
export const div = (a: Value, b: Value, place?: string): Value => applyOne(Div, [a, b], null, place);
export const max = (a: Value, b: Value, place?: string): Value => applyOne(Max, [a, b], null, place);
export const min = (a: Value, b: Value, place?: string): Value => applyOne(Min, [a, b], null, place);
export const relu = (x: Value, place?: string): Value => applyOne(Relu, [x], null, place);
export const exp = (x: Value, place?: string): Value => applyOne(Exp, [x], null, place);
export const log = (x: Value, place?: string): Value => applyOne(Log, [x], null, place);
export const reciprocal = (x: Value, place?: string): Value => applyOne(Reciprocal, [x], null, place);
export const sqrt = (x: Value, place?: string): Value => applyOne(Sqrt, [x], null, place);
export const neg = (x: Value, place?: string): Value => applyOne(Neg, [x], null, place);
export const abs = (x: Value, place?: string): Value => applyOne(Abs, [x], null, place);
export const sigmoid = (x: Value, place?: string): Value => applyOne(Sigmoid, [x], null, place);
/** -1, 0 or 1; no gradient passes. By comparisons: Sign is slow on the CPU and missing from the WebGPU provider. */
export function sign(x: Value): Value {
  const zero = scalarLike(x, 0);
  return sub(cast(greater(x, zero), x.dtype), cast(less(x, zero), x.dtype));
}
export const floor = (x: Value, place?: string): Value => applyOne(Floor, [x], null, place);
export const stopGradient = (x: Value, place?: string): Value => applyOne(StopGradient, [x], null, place);

/** max(0, min(1, alpha x + beta)); only graphs that have their gradient already are rewritten to it. */
export const HardSigmoid: Op<{ readonly alpha: number; readonly beta: number }> = {
  name: 'HardSigmoid',
  infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
  onnxAttributes: ({ alpha, beta }) => ({ alpha: float(alpha), beta: float(beta) }),
  vjp: 'forbidden',
};

export const hardSigmoid = (x: Value, alpha: number, beta: number, place?: string): Value =>
  applyOne(HardSigmoid, [x], { alpha, beta }, place);

/** x to a fixed power. */
export const pow = (x: Value, exponent: number, place?: string): Value =>
  applyOne(Pow, [x, scalarLike(x, exponent)], null, place);

/** min(max(x, minimum), maximum). */
export function clip(x: Value, minimum: number, maximum: number, place?: string): Value {
  return applyOne(Clip, [x, scalarLike(x, minimum), scalarLike(x, maximum)], null, place);
}

/** max(0, min(x, 6)). */
export const relu6 = (x: Value, place?: string): Value => clip(x, 0, 6, place);

/** x where the mask holds, 0 elsewhere. The engine runs Cast and Mul several times faster than Where. */
export const masked = (x: Value, mask: Value): Value => mul(x, cast(mask, x.dtype));

/** Half of 1 + sign(a - b): 1 where a is larger, 1/2 where both are equal, 0 where b is larger. */
function choice(
  { gradient: g, input, wants }: Parameters<VjpRule<null>>[0],
  larger: 0 | 1,
  smaller: 0 | 1,
): (Value | null)[] {
  const half = scalarLike(g, 0.5);
  const share = add(mul(sign(sub(input(larger), input(smaller))), half), half);
  const first = mul(g, share);
  return [first, wants(1) ? sub(g, first) : null];
}

function binary(name: string, vjp: VjpRule<null>): Op<null> {
  return {
    name,
    infer(inputs) {
      const a = required(inputs, 0);
      const b = required(inputs, 1);
      if (a.dtype !== b.dtype) throw new ShapeError(`${formatType(a)} and ${formatType(b)} have different types.`);
      return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
    },
    vjp,
  };
}

function unary(name: string, vjp: VjpRule<null> | 'none'): Op<null> {
  return { name, infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }], vjp };
}
