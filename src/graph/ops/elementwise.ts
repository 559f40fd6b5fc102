/** Operators that treat every element alike: broadcasting arithmetic, activations and functions of one value. */
import { ShapeError } from '../../errors.ts';
import { formatShape } from '../../tensor/shape.ts';
import { float32 } from '../../tensor/tensor.ts';
import type { Dimension } from '../dimension.ts';
import { applyOne, constant, formatType, type Op, required, type Shape, type Value } from '../value.ts';

export const Add = binary('Add');
export const Sub = binary('Sub');
export const Mul = binary('Mul');
export const Div = binary('Div');
export const Relu = unary('Relu');
export const Exp = unary('Exp');
export const Reciprocal = unary('Reciprocal');

/** Inputs: x, minimum, maximum (scalars). */
export const Clip: Op<null> = {
  name: 'Clip',
  infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
};

export const add = (a: Value, b: Value, place?: string): Value => applyOne(Add, [a, b], null, place);
export const sub = (a: Value, b: Value, place?: string): Value => applyOne(Sub, [a, b], null, place);
export const mul = (a: Value, b: Value, place?: string): Value => applyOne(Mul, [a, b], null, place);
export const div = (a: Value, b: Value, place?: string): Value => applyOne(Div, [a, b], null, place);
export const relu = (x: Value, place?: string): Value => applyOne(Relu, [x], null, place);
export const exp = (x: Value, place?: string): Value => applyOne(Exp, [x], null, place);
export const reciprocal = (x: Value, place?: string): Value => applyOne(Reciprocal, [x], null, place);

/** min(max(x, minimum), maximum). */
export function clip(x: Value, minimum: number, maximum: number, place?: string): Value {
  return applyOne(Clip, [x, constant(float32([], [minimum])), constant(float32([], [maximum]))], null, place);
}

/** max(0, min(x, 6)). */
export const relu6 = (x: Value, place?: string): Value => clip(x, 0, 6, place);

/**
 * The shape of an elementwise result under NumPy's rule: axes are aligned at the end, an extent of 1 stretches.
 * @throws ShapeError if two extents differ and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(`${formatShape(a)} and ${formatShape(b)} do not broadcast: ${left} against ${right}.`);
    }
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

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
