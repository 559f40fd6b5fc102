/** Operators that give the same numbers other extents: Reshape, Transpose, Squeeze, Unsqueeze, Expand. */
import { ShapeError } from '../../errors.ts';
import { ints } from '../../onnx/model.ts';
import { elementCount, formatShape, sameShape } from '../../tensor/shape.ts';
import { type Dimension, isStatic } from '../dimension.ts';
import { applyOne, type Op, required, type Shape, type Value } from '../value.ts';
import { broadcastShapes } from './broadcast.ts';
import { wholeNumbers } from './constants.ts';

/** Inputs: x, extents (int64). Open extents are taken as they are given: only the engine can count them. */
export const Reshape: Op<{ readonly shape: Shape }> = {
  name: 'Reshape',
  infer(inputs, { shape }) {
    const x = required(inputs, 0);
    const from = x.shape;
    if (isStatic(from) && isStatic(shape) && elementCount(from) !== elementCount(shape)) {
      throw new ShapeError(
        `${formatShape(from)} has ${elementCount(from)} elements and cannot become ${formatShape(shape)} with ${elementCount(shape)}.`,
      );
    }
    return [{ dtype: x.dtype, shape }];
  },
};

export const Transpose: Op<{ readonly permutation: readonly number[] }> = {
  name: 'Transpose',
  infer(inputs, { permutation }) {
    const { dtype, shape } = required(inputs, 0);
    if (permutation.length !== shape.length || !shape.every((_, axis) => permutation.includes(axis))) {
      throw new ShapeError(`${formatShape(permutation)} is no order of the axes of ${formatShape(shape)}.`);
    }
    return [{ dtype, shape: permutation.map((axis) => shape[axis] as Dimension) }];
  },
  onnxAttributes: ({ permutation }) => ({ perm: ints(permutation) }),
};

/** Inputs: x, axes (int64), each of which has extent 1 and goes away. */
export const Squeeze: Op<{ readonly axes: readonly number[] }> = {
  name: 'Squeeze',
  infer(inputs, { axes }) {
    const { dtype, shape } = required(inputs, 0);
    if (axes.some((axis) => shape[axis] !== 1)) {
      throw new ShapeError(`the axes ${formatShape(axes)} of ${formatShape(shape)} must all have extent 1.`);
    }
    return [{ dtype, shape: shape.filter((_, axis) => !axes.includes(axis)) }];
  },
};

/** Inputs: x, axes (int64) of the result that are new and have extent 1. */
export const Unsqueeze: Op<{ readonly axes: readonly number[] }> = {
  name: 'Unsqueeze',
  infer(inputs, { axes }) {
    const { dtype, shape } = required(inputs, 0);
    const result: Dimension[] = [...shape];
    for (const axis of [...axes].sort((a, b) => a - b)) {
      if (axis < 0 || axis > result.length) {
        throw new ShapeError(`${formatShape(shape)} cannot get the new axes ${formatShape(axes)}.`);
      }
      result.splice(axis, 0, 1);
    }
    return [{ dtype, shape: result }];
  },
};

/** Inputs: x, extents (int64) that x is stretched to. */
export const Expand: Op<{ readonly shape: readonly number[] }> = {
  name: 'Expand',
  infer(inputs, { shape }) {
    const x = required(inputs, 0);
    const expanded = broadcastShapes(x.shape, shape);
    if (!sameShape(expanded, shape)) {
      throw new ShapeError(`${formatShape(x.shape)} does not expand to ${formatShape(shape)}.`);
    }
    return [{ dtype: x.dtype, shape }];
  },
};

/** x with other extents, row-major order kept; x itself where they are the same. */
export const reshape = (x: Value, shape: readonly number[], scope?: string): Value =>
  sameShape(x.shape, shape) ? x : applyOne(Reshape, [x, wholeNumbers(...shape)], { shape }, scope);

/**
 * x with other extents, some of which may be open: `shape` says them, `extents` (int64, one a dimension) tells the engine, where
 * 0 copies x's extent at that place and -1 stands for what is left.
 */
export const reshapeOpen = (x: Value, shape: Shape, extents: Value, scope?: string): Value =>
  isStatic(shape) ? reshape(x, shape, scope) : applyOne(Reshape, [x, extents], { shape }, scope);

/** Axis i of the result is axis `permutation[i]` of x. */
export const transpose = (x: Value, permutation: readonly number[], scope?: string): Value =>
  applyOne(Transpose, [x], { permutation }, scope);

export const squeeze = (x: Value, axes: readonly number[], scope?: string): Value =>
  applyOne(Squeeze, [x, wholeNumbers(...axes)], { axes }, scope);

export const unsqueeze = (x: Value, axes: readonly number[], scope?: string): Value =>
  applyOne(Unsqueeze, [x, wholeNumbers(...axes)], { axes }, scope);

/** x stretched to `shape` under the rule of broadcasting; x itself where it has that shape. */
export const expand = (x: Value, shape: readonly number[], scope?: string): Value =>
  sameShape(x.shape, shape) ? x : applyOne(Expand, [x, wholeNumbers(...shape)], { shape }, scope);
