/** Operators that treat every element alike: broadcasting arithmetic, activations and functions of one value. */
import { ShapeError } from '../../errors.ts';
import { float } from '../../onnx/model.ts';
import { applyOne, formatType, type Op, required, type Value } from '../value.ts';
import { broadcastShapes } from './broadcast.ts';
import { greater, less } from './comparison.ts';
import { scalarLike } from './constants.ts';
import { cast } from './structure.ts';

export { broadcastShapes } from './broadcast.ts';

export const Add = binary('Add');
export const Sub = binary('Sub');
export const Mul = binary('Mul');
export const Div = binary('Div');
export const Max = binary('Max');
export const Min = binary('Min');
/** Inputs: x, exponent. */
export const Pow = binary('Pow');

export const Relu = unary('Relu');
export const Exp = unary('Exp');
export const Log = unary('Log');
export const Reciprocal = unary('Reciprocal');
export const Sqrt = unary('Sqrt');
export const Neg = unary('Neg');
export const Abs = unary('Abs');
export const Floor = unary('Floor');
export const Identity = unary('Identity');
/** A value as it is, through which no gradient passes. */
export const StopGradient: Op<null> = { ...Identity };

/** Inputs: x, minimum, maximum (scalars). */
export const Clip: Op<null> = {
  name: 'Clip',
  infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
};

export const add = (a: Value, b: Value, scope?: string): Value => applyOne(Add, [a, b], null, scope);
export const sub = (a: Value, b: Value, scope?: string): Value => applyOne(Sub, [a, b], null, scope);
export const mul = (a: Value, b: Value, scope?: string): Value => applyOne(Mul, [a, b], null, scope);
export const div = (a: Value, b: Value, scope?: string): Value => applyOne(Div, [a, b], null, scope);
export const max = (a: Value, b: Value, scope?: string): Value => applyOne(Max, [a, b], null, scope);
export const min = (a: Value, b: Value, scope?: string): Value => applyOne(Min, [a, b], null, scope);
export const relu = (x: Value, scope?: string): Value => applyOne(Relu, [x], null, scope);
export const exp = (x: Value, scope?: string): Value => applyOne(Exp, [x], null, scope);
export const log = (x: Value, scope?: string): Value => applyOne(Log, [x], null, scope);
export const reciprocal = (x: Value, scope?: string): Value => applyOne(Reciprocal, [x], null, scope);
export const sqrt = (x: Value, scope?: string): Value => applyOne(Sqrt, [x], null, scope);
export const neg = (x: Value, scope?: string): Value => applyOne(Neg, [x], null, scope);
export const abs = (x: Value, scope?: string): Value => applyOne(Abs, [x], null, scope);
/** -1, 0 or 1. By comparisons: Sign is slow on the CPU and missing from the WebGPU provider. */
export function sign(x: Value): Value {
  const zero = scalarLike(x, 0);
  return sub(cast(greater(x, zero), x.dtype), cast(less(x, zero), x.dtype));
}
export const floor = (x: Value, scope?: string): Value => applyOne(Floor, [x], null, scope);
export const stopGradient = (x: Value, scope?: string): Value => applyOne(StopGradient, [x], null, scope);

/** max(0, min(1, alpha x + beta)); only graphs that have their gradient already are rewritten to it. */
export const HardSigmoid: Op<{ readonly alpha: number; readonly beta: number }> = {
  name: 'HardSigmoid',
  infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
  onnxAttributes: ({ alpha, beta }) => ({ alpha: float(alpha), beta: float(beta) }),
};

export const hardSigmoid = (x: Value, alpha: number, beta: number, scope?: string): Value =>
  applyOne(HardSigmoid, [x], { alpha, beta }, scope);

/** x to a fixed power. */
export const pow = (x: Value, exponent: number, scope?: string): Value =>
  applyOne(Pow, [x, scalarLike(x, exponent)], null, scope);

/** min(max(x, minimum), maximum). */
export function clip(x: Value, minimum: number, maximum: number, scope?: string): Value {
  return applyOne(Clip, [x, scalarLike(x, minimum), scalarLike(x, maximum)], null, scope);
}

/** max(0, min(x, 6)). */
export const relu6 = (x: Value, scope?: string): Value => clip(x, 0, 6, scope);

/** x where the mask holds, 0 elsewhere. The engine runs Cast and Mul several times faster than Where. */
export const masked = (x: Value, mask: Value): Value => mul(x, cast(mask, x.dtype));

function binary(name: string): Op<null> {
  return {
    name,
    infer(inputs) {
      const a = required(inputs, 0);
      const b = required(inputs, 1);
      if (a.dtype !== b.dtype) throw new ShapeError(`${formatType(a)} and ${formatType(b)} have different types.`);
      return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
    },
  };
}

function unary(name: string): Op<null> {
  return { name, infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }] };
}
