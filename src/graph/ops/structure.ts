/** Operators that move or convert numbers without computing with them: Cast, Concat, Shape, Slice. */
import { ShapeError, UsageError } from '../../errors.ts';
import { ONNX_DATA_TYPES } from '../../onnx/field-numbers.ts';
import { int } from '../../onnx/model.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { DataType } from '../../tensor/tensor.ts';
import { addToDimension, type Dimension } from '../dimension.ts';
import { applyOne, formatType, knownShape, type Op, required, type Value } from '../value.ts';
import { numbersLike, wholeNumbers } from './constants.ts';
import { matMul } from './matmul.ts';
import { pad } from './pad.ts';
import { reshape } from './shape.ts';

/** Only between floating-point types does a gradient pass. */
export const Cast: Op<{ readonly to: DataType }> = {
  name: 'Cast',
  infer: (inputs, { to }) => [{ dtype: to, shape: required(inputs, 0).shape }],
  onnxAttributes: ({ to }) => ({ to: int(ONNX_DATA_TYPES[to]) }),
  vjp({ gradient, input, attributes: { to } }) {
    const from = input(0).dtype;
    if (!from.startsWith('float') || !to.startsWith('float')) {
      throw new UsageError(`the operator Cast has no gradient from ${from} to ${to}.`);
    }
    return [cast(gradient, from)];
  },
};

/** The extents of a value as int64 numbers, known when the graph runs. */
export const Shape: Op<null> = {
  name: 'Shape',
  infer: (inputs) => [{ dtype: 'int64', shape: [required(inputs, 0).shape.length] }],
  vjp: 'none',
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
  vjp({ gradient, inputs, wants, attributes: { axis } }) {
    let end = 0;
    return inputs.map((value, index) => {
      const start = end;
      end += knownShape(value as Value)[axis] as number;
      return wants(index) ? slice(gradient, axis, start, end) : null;
    });
  },
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
  vjp({ gradient, input, attributes: { ranges } }) {
    const extents = knownShape(input(0));
    const scattered = ranges.reduce((g, range) => scatterRange(g, range, extents[range.axis] as number), gradient);
    return [scattered, null, null, null, null];
  },
};

export const cast = (x: Value, to: DataType, place?: string): Value => applyOne(Cast, [x], { to }, place);
export const shapeOf = (x: Value, place?: string): Value => applyOne(Shape, [x], null, place);
export const concat = (values: readonly Value[], axis: number, place?: string): Value =>
  applyOne(Concat, values, { axis }, place);

/** Elements `start` to `end` (not included) along an axis. */
export const slice = (x: Value, axis: number, start: number, end: number, place?: string): Value =>
  sliceRanges(x, [{ axis, start, end, step: 1 }], place);

/** Part of several axes; x itself where that is everything. */
export function sliceRanges(x: Value, ranges: readonly AxisRange[], place?: string): Value {
  const cutting = ranges.filter(({ axis, start, end, step }) => start !== 0 || end !== x.shape[axis] || step !== 1);
  if (cutting.length === 0) return x;
  const numbers = [
    cutting.map(({ start }) => start),
    // ONNX counts negative ends from the back, so "before the first" is one more than the extent.
    cutting.map(({ axis, end }) => (end < 0 ? -1 - (x.shape[axis] as number) : end)),
    cutting.map(({ axis }) => axis),
    cutting.map(({ step }) => step),
  ];
  return applyOne(Slice, [x, ...numbers.map((list) => wholeNumbers(...list))], { ranges: cutting }, place);
}

/** The first rows and columns of x [N, C, H, W]. Inputs: x, starts, ends (int64 [2]), axes. */
const CropPlane: Op<{ readonly size: readonly [Dimension, Dimension] }> = {
  name: 'Slice',
  infer(inputs, { size }) {
    const { dtype, shape } = required(inputs, 0);
    return [{ dtype, shape: [...shape.slice(0, 2), ...size] }];
  },
};

/** x [N, C, h, w] cut at the bottom and at the right to another value's height and width, which may be open. */
export function cropPlaneTo(x: Value, like: Value, place?: string): Value {
  const size = like.shape.slice(2) as [Dimension, Dimension];
  const [height, width] = size;
  if (sameShape(x.shape.slice(2), size)) return x;
  if (typeof height === 'number' && typeof width === 'number') {
    const ranges = [height, width].map((end, index) => ({ axis: index + 2, start: 0, end, step: 1 }));
    return sliceRanges(x, ranges, place);
  }
  const ends = slice(shapeOf(like, place), 0, 2, 4, place);
  return applyOne(CropPlane, [x, wholeNumbers(0, 0), ends, wholeNumbers(2, 3)], { size }, place);
}

/** x with the order of its elements along some axes reversed. */
export function flip(x: Value, axes: readonly number[]): Value {
  const extents = knownShape(x);
  const ranges = axes.map((axis) => ({ axis, start: (extents[axis] as number) - 1, end: -1, step: -1 }));
  return sliceRanges(
    x,
    ranges.filter(({ start }) => start > 0),
  );
}

/** x with `step - 1` zeros after each element along an axis, the last one's left out: [a, b] becomes [a, 0, b]. */
export function spread(x: Value, axis: number, step: number): Value {
  const shape = knownShape(x);
  const extent = shape[axis] as number;
  if (step === 1 || extent === 1) return x;
  const length = (extent - 1) * step + 1;
  if (axis === shape.length - 1) {
    // Moving single numbers is what the CPU engine does slowest; a product with zeros and ones is several times faster.
    const ones = Float32Array.from({ length: extent * length }, (_, at) =>
      at % length === Math.floor(at / length) * step ? 1 : 0,
    );
    return matMul(x, numbersLike(x, [extent, length], ones));
  }
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const cells = pad(reshape(x, [...before, extent, 1, ...after]), [{ axis: axis + 1, start: 0, end: step - 1 }]);
  return slice(reshape(cells, [...before, extent * step, ...after]), axis, 0, length);
}

function rangeLength({ start, end, step }: AxisRange): number {
  return Math.ceil((end - start) / step);
}

/** Puts the elements of a range back to where they were taken from, among zeros. */
function scatterRange(gradient: Value, range: AxisRange, extent: number): Value {
  const { axis, start, step } = range;
  const last = start + (rangeLength(range) - 1) * step;
  const spaced = spread(step < 0 ? flip(gradient, [axis]) : gradient, axis, Math.abs(step));
  return pad(spaced, [{ axis, start: Math.min(start, last), end: extent - 1 - Math.max(start, last) }]);
}
