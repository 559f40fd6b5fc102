/** Operators that shrink axes: sums, means, maxima, minima and the position of the maximum. */
import { ShapeError } from '../../errors.ts';
import { type Attribute, int, ints } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { DataType } from '../../tensor/tensor.ts';
import { applyOne, type Op, required, type Shape, type Value } from '../value.ts';
import { wholeNumbers } from './constants.ts';

export interface ReduceAttributes {
  readonly axes: readonly number[];
  /** Whether the axes stay with extent 1 or go away. */
  readonly keepDimensions: boolean;
}

export interface AxisAttributes {
  readonly axis: number;
}

/** The maximum over axes. */
export const ReduceMax = reduction('ReduceMax');

/** The minimum over axes. */
export const ReduceMin = reduction('ReduceMin');

/** The sum over axes. Inputs: x, axes (int64). */
export const ReduceSum = reduction('ReduceSum');

/** The mean over axes. */
export const ReduceMean = reduction('ReduceMean');

/** The index of the first maximum along an axis, which goes away. */
export const ArgMax: Op<AxisAttributes> = {
  name: 'ArgMax',
  infer(inputs, { axis }) {
    const shape = reducedShape(required(inputs, 0).shape, { axes: [axis], keepDimensions: false });
    return [{ dtype: 'int64' as DataType, shape }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis), keepdims: int(0) }),
};

type Axes = number | readonly number[];

export const reduceMax = (x: Value, axes: Axes, scope?: string, keepDimensions = true): Value =>
  applyOne(ReduceMax, [x], { axes: [axes].flat(), keepDimensions }, scope);
export const reduceMin = (x: Value, axes: Axes, scope?: string, keepDimensions = true): Value =>
  applyOne(ReduceMin, [x], { axes: [axes].flat(), keepDimensions }, scope);
export const reduceMean = (x: Value, axes: Axes, scope?: string, keepDimensions = true): Value =>
  applyOne(ReduceMean, [x], { axes: [axes].flat(), keepDimensions }, scope);
export const reduceSum = (x: Value, axes: Axes, scope?: string, keepDimensions = true): Value =>
  applyOne(ReduceSum, [x, wholeNumbers(...[axes].flat())], { axes: [axes].flat(), keepDimensions }, scope);
export const argMax = (x: Value, axis: number, scope?: string): Value => applyOne(ArgMax, [x], { axis }, scope);

/** In opset 17 the axes are an input of ReduceSum and an attribute of the others. */
function reduction(name: 'ReduceMax' | 'ReduceMin' | 'ReduceSum' | 'ReduceMean'): Op<ReduceAttributes> {
  return {
    name,
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      return [{ dtype, shape: reducedShape(shape, attributes) }];
    },
    onnxAttributes: ({ axes, keepDimensions }): Record<string, Attribute> => ({
      ...(name === 'ReduceSum' ? {} : { axes: ints(axes) }),
      keepdims: int(keepDimensions ? 1 : 0),
    }),
  };
}

function reducedShape(shape: Shape, { axes, keepDimensions }: ReduceAttributes): Shape {
  const missing = axes.find((axis) => !(axis in shape));
  if (missing !== undefined) throw new ShapeError(`${formatShape(shape)} has no axis ${missing}.`);
  return keepDimensions
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));
}
