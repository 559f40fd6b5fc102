/** Operators that move or convert numbers without computing with them: Cast, Concat, Shape, Slice. */
import { ShapeError } from '../../errors.ts';
import { int } from '../../onnx/model.ts';
import { ONNX_DATA_TYPES } from '../../onnx/encode.ts';
import { formatShape } from '../../tensor/shape.ts';
import { type DataType, int64 } from '../../tensor/tensor.ts';
import { addToDimension, type Dimension } from '../dimension.ts';
import { applyOne, constant, formatType, type Op, required, type Value } from '../value.ts';

export const Cast: Op<{ readonly to: DataType }> = {
  name: 'Cast',
  infer: (inputs, { to }) => [{ dtype: to, shape: required(inputs, 0).shape }],
  onnxAttributes: ({ to }) => ({ to: int(ONNX_DATA_TYPES[to]) }),
};

/** The extents of a value as int64 numbers, known when the graph runs. */
export const Shape: Op<null> = {
  name: 'Shape',
  infer: (inputs) => [{ dtype: 'int64', shape: [required(inputs, 0).shape.length] }],
};

export const Concat: Op<{ readonly axis: number }> = {
  name: 'Concat',
  infer(inputs, { axis }) {
    const first = required(inputs, 0);
    let extent: Dimension = 0;
    for (const [index, value] of inputs.entries()) {
      const { dtype, shape } = required(inputs, index);
      const fits = shape.length === first.shape.length && shape.every((d, at) => at === axis || d === first.shape[at]);
      if (!fits || dtype !== first.dtype) {
        throw new ShapeError(
          `${formatType(first)} and ${formatType(value as Value)} cannot be concatenated along axis ${axis}.`,
        );
      }
      const added = shape[axis] as Dimension;
      if (typeof added === 'number') extent = addToDimension(extent, added);
      else if (typeof extent === 'number') extent = addToDimension(added, extent);
      else throw new ShapeError(`axis ${axis} may have one open extent, got ${extent} and ${added}.`);
    }
    return [{ dtype: first.dtype, shape: first.shape.map((d, at) => (at === axis ? extent : d)) }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis) }),
};

export interface SliceAttributes {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** Part of one axis with known extent. Inputs: x, starts, ends, axes. */
export const Slice: Op<SliceAttributes> = {
  name: 'Slice',
  infer(inputs, { axis, start, end }) {
    const x = required(inputs, 0);
    const extent = x.shape[axis];
    if (typeof extent !== 'number' || start < 0 || end > extent || start >= end) {
      throw new ShapeError(`${start}..${end} is not a part of axis ${axis} of ${formatShape(x.shape)}.`);
    }
    return [{ dtype: x.dtype, shape: x.shape.map((d, at) => (at === axis ? end - start : d)) }];
  },
};

export const cast = (x: Value, to: DataType, place?: string): Value => applyOne(Cast, [x], { to }, place);
export const shapeOf = (x: Value, place?: string): Value => applyOne(Shape, [x], null, place);
export const concat = (values: readonly Value[], axis: number, place?: string): Value =>
  applyOne(Concat, values, { axis }, place);

/** Elements `start` to `end` (not included) along an axis. */
export function slice(x: Value, axis: number, start: number, end: number, place?: string): Value {
  const inputs = [x, ...[start, end, axis].map((number) => constant(int64([1], [number])))];
  return applyOne(Slice, inputs, { axis, start, end }, place);
}
