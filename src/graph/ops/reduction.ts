/** Operators that shrink one axis: sums, maxima and the position of the maximum. */
import { ShapeError } from '../../errors.ts';
import { int, ints } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import { int64 } from '../../tensor/tensor.ts';
import type { DataType } from '../../tensor/tensor.ts';
import { applyOne, constant, type Op, required, type Shape, type Value } from '../value.ts';

export interface AxisAttributes {
  readonly axis: number;
}

/** The maximum along an axis, which stays with extent 1. */
export const ReduceMax: Op<AxisAttributes> = {
  name: 'ReduceMax',
  infer: (inputs, { axis }) => [{ dtype: required(inputs, 0).dtype, shape: keepAxis(required(inputs, 0).shape, axis) }],
  onnxAttributes: ({ axis }) => ({ axes: ints([axis]), keepdims: int(1) }),
};

/** The sum along an axis, which stays with extent 1. Inputs: x, axes (int64 [1]). */
export const ReduceSum: Op<AxisAttributes> = {
  name: 'ReduceSum',
  infer: (inputs, { axis }) => [{ dtype: required(inputs, 0).dtype, shape: keepAxis(required(inputs, 0).shape, axis) }],
  onnxAttributes: () => ({ keepdims: int(1) }),
};

/** The index of the first maximum along an axis, which goes away. */
export const ArgMax: Op<AxisAttributes> = {
  name: 'ArgMax',
  infer(inputs, { axis }) {
    const kept = keepAxis(required(inputs, 0).shape, axis);
    return [{ dtype: 'int64' as DataType, shape: kept.filter((_, index) => index !== axis) }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis), keepdims: int(0) }),
};

export const reduceMax = (x: Value, axis: number, place?: string): Value => applyOne(ReduceMax, [x], { axis }, place);
export const reduceSum = (x: Value, axis: number, place?: string): Value =>
  applyOne(ReduceSum, [x, constant(int64([1], [axis]))], { axis }, place);
export const argMax = (x: Value, axis: number, place?: string): Value => applyOne(ArgMax, [x], { axis }, place);

function keepAxis(shape: Shape, axis: number): Shape {
  if (axis < 0 || axis >= shape.length) throw new ShapeError(`${formatShape(shape)} has no axis ${axis}.`);
  return shape.map((extent, index) => (index === axis ? 1 : extent));
}
