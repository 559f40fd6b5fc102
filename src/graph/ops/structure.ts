/** Operators that move or convert numbers without computing with them: Cast, Concat, Shape, Slice. */
import { ShapeError } from '../../errors.ts';
import { ONNX_DATA_TYPES } from '../../onnx/field-numbers.ts';
import { int } from '../../onnx/model.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { DataType } from '../../tensor/tensor.ts';
import { addToDimension, type Dimension } from '../dimension.ts';
import { apply, applyOne, formatType, type Op, required, type Value } from '../value.ts';
import { wholeNumbers } from './constants.ts';

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

/**
 * Elements `start`, `start + step`, ... before `end` of one axis. With a negative step, downwards to after `end`, which may
 * be -1; then `start` must be the last element, as the WebGPU provider starts there whatever it is told.
 */
export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface SliceAttributes {
  readonly ranges: readonly AxisRange[];
}

/** Part of axes with known extents. Inputs: x, starts, ends, axes, steps. */
export const Slice: Op<SliceAttributes> = {
  name: 'Slice',
  infer(inputs, { ranges }) {
    const x = required(inputs, 0);
    const shape = [...x.shape];
    for (const range of ranges) {
      const { axis, start, end, step } = range;
      const extent = x.shape[axis];
      const inside = typeof extent === 'number' && start >= 0 && start < extent && end >= -1 && end <= extent;
      const runs = step > 0 || (step < 0 && start + 1 === extent);
      if (!inside || !runs || rangeLength(range) < 1) {
        const stepped = step === 1 ? '' : ` in steps of ${step}`;
        throw new ShapeError(`${start}..${end}${stepped} is not a part of axis ${axis} of ${formatShape(x.shape)}.`);
      }
      shape[axis] = rangeLength(range);
    }
    return [{ dtype: x.dtype, shape }];
  },
};

/** Consecutive parts of an axis, one output each. Inputs: x, the parts' lengths (int64). */
export const Split: Op<{ readonly axis: number; readonly lengths: readonly number[] }> = {
  name: 'Split',
  infer(inputs, { axis, lengths }) {
    const { dtype, shape } = required(inputs, 0);
    const sum = lengths.reduce((total, length) => total + length, 0);
    if (sum !== shape[axis]) {
      throw new ShapeError(`axis ${axis} of ${formatShape(shape)} is not split into parts of ${lengths.join(', ')}.`);
    }
    return lengths.map((length) => ({ dtype, shape: shape.map((extent, at) => (at === axis ? length : extent)) }));
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis) }),
};

export const cast = (x: Value, to: DataType, scope?: string): Value => applyOne(Cast, [x], { to }, scope);
export const shapeOf = (x: Value, scope?: string): Value => applyOne(Shape, [x], null, scope);
export const concat = (values: readonly Value[], axis: number, scope?: string): Value =>
  applyOne(Concat, values, { axis }, scope);

/** Elements `start` to `end` (not included) along an axis. */
export const slice = (x: Value, axis: number, start: number, end: number, scope?: string): Value =>
  sliceRanges(x, [{ axis, start, end, step: 1 }], scope);

/** Consecutive parts of an axis, which together are all of it. */
export const split = (x: Value, axis: number, lengths: readonly number[], scope?: string): readonly Value[] =>
  lengths.length === 1 ? [x] : apply(Split, [x, wholeNumbers(...lengths)], { axis, lengths }, scope);

/** Part of several axes; x itself where that is everything. */
export function sliceRanges(x: Value, ranges: readonly AxisRange[], scope?: string): Value {
  const cutting = ranges.filter(({ axis, start, end, step }) => start !== 0 || end !== x.shape[axis] || step !== 1);
  if (cutting.length === 0) return x;
  const numbers = [
    cutting.map(({ start }) => start),
    // ONNX counts negative ends from the back, so "before the first" is one more than the extent.
    cutting.map(({ axis, end }) => (end < 0 ? -1 - (x.shape[axis] as number) : end)),
    cutting.map(({ axis }) => axis),
    cutting.map(({ step }) => step),
  ];
  return applyOne(Slice, [x, ...numbers.map((list) => wholeNumbers(...list))], { ranges: cutting }, scope);
}

/** The first rows and columns of x [N, C, H, W]. Inputs: x, starts, ends (int64 [2]), axes. */
export const CropPlane: Op<{ readonly size: readonly [Dimension, Dimension] }> = {
  name: 'Slice',
  infer(inputs, { size }) {
    const { dtype, shape } = required(inputs, 0);
    return [{ dtype, shape: [...shape.slice(0, 2), ...size] }];
  },
};

/** x [N, C, h, w] cut at the bottom and at the right to another value's height and width, which may be open. */
export function cropPlaneTo(x: Value, like: Value, scope?: string): Value {
  const size = like.shape.slice(2) as [Dimension, Dimension];
  const [height, width] = size;
  if (sameShape(x.shape.slice(2), size)) return x;
  if (typeof height === 'number' && typeof width === 'number') {
    const ranges = [height, width].map((end, index) => ({ axis: index + 2, start: 0, end, step: 1 }));
    return sliceRanges(x, ranges, scope);
  }
  const ends = slice(shapeOf(like, scope), 0, 2, 4, scope);
  return applyOne(CropPlane, [x, wholeNumbers(0, 0), ends, wholeNumbers(2, 3)], { size }, scope);
}

/** How many elements a range has. */
export function rangeLength({ start, end, step }: AxisRange): number {
  return Math.ceil((end - start) / step);
}
