/** Operators that pick elements by index, and their opposites: Gather, GatherElements, ScatterElements, TopK. */
import { ShapeError, UsageError } from '../../errors.ts';
import { int, string } from '../../onnx/model.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { DataType } from '../../tensor/tensor.ts';
import { apply, applyOne, formatType, type Op, required, type Value } from '../value.ts';
import { wholeNumbers } from './constants.ts';
import type { AxisAttributes } from './reduction.ts';

/** Inputs: x, indices (int32 or int64, any shape), which take the place of the axis in the result. */
export const Gather: Op<AxisAttributes> = {
  name: 'Gather',
  infer(inputs, { axis }) {
    const { dtype, shape } = required(inputs, 0);
    checkAxis(shape, axis);
    return [{ dtype, shape: [...shape.slice(0, axis), ...indices(inputs).shape, ...shape.slice(axis + 1)] }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis) }),
};

/** Inputs: x, indices of x's rank; element by element along the axis. */
export const GatherElements: Op<AxisAttributes> = {
  name: 'GatherElements',
  infer(inputs, { axis }) {
    const { dtype, shape } = required(inputs, 0);
    checkAxis(shape, axis);
    const { shape: taken } = indices(inputs);
    if (taken.length !== shape.length) {
      throw new ShapeError(`indices ${formatShape(taken)} must have the rank of ${formatShape(shape)}.`);
    }
    return [{ dtype, shape: taken }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis) }),
};

/** Inputs: x, indices, updates of the indices' shape, which are added to x's elements along the axis. */
export const ScatterElements: Op<AxisAttributes> = {
  name: 'ScatterElements',
  infer(inputs, { axis }) {
    const { dtype, shape } = required(inputs, 0);
    checkAxis(shape, axis);
    const updates = required(inputs, 2);
    if (!sameShape(indices(inputs).shape, updates.shape) || updates.dtype !== dtype) {
      throw new ShapeError(
        `updates ${formatType(updates)} must have the indices' shape ${formatShape(indices(inputs).shape)} and type ${dtype}.`,
      );
    }
    return [{ dtype, shape }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis), reduction: string('add') }),
};

export interface TopKAttributes extends AxisAttributes {
  readonly count: number;
  readonly largest: boolean;
}

/** Inputs: x, count (int64 [1]). Outputs: the values in order, and their indices (int64). */
export const TopK: Op<TopKAttributes> = {
  name: 'TopK',
  infer(inputs, { axis, count }) {
    const { dtype, shape } = required(inputs, 0);
    checkAxis(shape, axis);
    const extent = shape[axis];
    if (typeof extent !== 'number' || count < 1 || count > extent) {
      throw new ShapeError(`the ${count} largest of axis ${axis} of ${formatShape(shape)} cannot be taken.`);
    }
    const kept = shape.map((of, at) => (at === axis ? count : of));
    return [
      { dtype, shape: kept },
      { dtype: 'int64' as DataType, shape: kept },
    ];
  },
  onnxAttributes: ({ axis, largest }) => ({ axis: int(axis), largest: int(largest ? 1 : 0), sorted: int(1) }),
};

export const gather = (x: Value, positions: Value, axis: number, scope?: string): Value =>
  applyOne(Gather, [x, positions], { axis }, scope);

export const gatherElements = (x: Value, positions: Value, axis: number, scope?: string): Value =>
  applyOne(GatherElements, [x, positions], { axis }, scope);

/** The `count` largest (or smallest) elements along an axis in order, and their positions (int64). */
export function topK(x: Value, count: number, axis: number, largest = true, scope?: string): readonly [Value, Value] {
  const attributes = { axis, count, largest };
  const [values, positions] = apply(TopK, [x, wholeNumbers(count)], attributes, scope) as [Value, Value];
  return [values, positions];
}

function indices(inputs: readonly (Value | null)[]): Value {
  const value = required(inputs, 1);
  if (value.dtype !== 'int64' && value.dtype !== 'int32') {
    throw new UsageError(`indices must be int32 or int64, got ${formatType(value)}.`);
  }
  return value;
}

function checkAxis(shape: readonly unknown[], axis: number): void {
  if (!(axis in shape)) throw new ShapeError(`a value of ${shape.length} axes has no axis ${axis}.`);
}
