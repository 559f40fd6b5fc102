/** Operators that shrink axes: sums, means, maxima, minima and the position of the maximum. */
import { ShapeError } from '../../errors.ts';
import { type Attribute, int, ints } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { DataType } from '../../tensor/tensor.ts';
import {
  applyOne,
  knownShape,
  type Op,
  required,
  type Shape,
  type Value,
  type VjpContext,
  type VjpRule,
} from '../value.ts';
import { equal } from './comparison.ts';
import { scalarLike, wholeNumbers } from './constants.ts';
import { div, masked, mul } from './elementwise.ts';
import { expand, reshape } from './shape.ts';

export interface ReduceAttributes {
  readonly axes: readonly number[];
  /** Whether the axes stay with extent 1 or go away. */
  readonly keepDimensions: boolean;
}

export interface AxisAttributes {
  readonly axis: number;
}

/** The maximum over axes. Equal maxima share the gradient evenly, as in PyTorch's amax. */
export const ReduceMax = reduction('ReduceMax', extremumGradient);

/** The minimum over axes. Equal minima share the gradient evenly, as in PyTorch's amin. */
export const ReduceMin = reduction('ReduceMin', extremumGradient);

/** The sum over axes. Inputs: x, axes (int64). */
export const ReduceSum = reduction('ReduceSum', ({ gradient, input, attributes }) => [
  stretched(gradient, input(0), attributes),
  null,
]);

/** The mean over axes. */
export const ReduceMean = reduction('ReduceMean', ({ gradient, input, attributes }) => {
  const extents = knownShape(input(0));
  const count = attributes.axes.reduce((product, axis) => product * (extents[axis] as number), 1);
  return [stretched(mul(gradient, scalarLike(gradient, 1 / count)), input(0), attributes)];
});

/** The index of the first maximum along an axis, which goes away. */
export const ArgMax: Op<AxisAttributes> = {
  name: 'ArgMax',
  infer(inputs, { axis }) {
    const shape = reducedShape(required(inputs, 0).shape, { axes: [axis], keepDimensions: false });
    return [{ dtype: 'int64' as DataType, shape }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis), keepdims: int(0) }),
  vjp: 'forbidden',
};

type Axes = number | readonly number[];

export const reduceMax = (x: Value, axes: Axes, place?: string, keepDimensions = true): Value =>
  applyOne(ReduceMax, [x], { axes: [axes].flat(), keepDimensions }, place);
export const reduceMin = (x: Value, axes: Axes, place?: string, keepDimensions = true): Value =>
  applyOne(ReduceMin, [x], { axes: [axes].flat(), keepDimensions }, place);
export const reduceMean = (x: Value, axes: Axes, place?: string, keepDimensions = true): Value =>
  applyOne(ReduceMean, [x], { axes: [axes].flat(), keepDimensions }, place);
export const reduceSum = (x: Value, axes: Axes, place?: string, keepDimensions = true): Value =>
  applyOne(ReduceSum, [x, wholeNumbers(...[axes].flat())], { axes: [axes].flat(), keepDimensions }, place);
export const argMax = (x: Value, axis: number, place?: string): Value => applyOne(ArgMax, [x], { axis }, place);

/** In opset 17 the axes are an input of ReduceSum and an attribute of the others. */
function reduction(
  name: 'ReduceMax' | 'ReduceMin' | 'ReduceSum' | 'ReduceMean',
  vjp: VjpRule<ReduceAttributes>,
): Op<ReduceAttributes> {
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
    vjp,
  };
}

/** To the elements that equal the result. */
function extremumGradient({ gradient, output, input, attributes }: VjpContext<ReduceAttributes>): readonly [Value] {
  const x = input(0);
  const isExtremum = equal(x, reshape(output, keptShape(x, attributes)));
  const count = reduceSum(masked(expand(scalarLike(x, 1), knownShape(x)), isExtremum), attributes.axes);
  return [masked(div(stretched(gradient, x, attributes), count), isExtremum)];
}

function reducedShape(shape: Shape, { axes, keepDimensions }: ReduceAttributes): Shape {
  const missing = axes.find((axis) => !(axis in shape));
  if (missing !== undefined) throw new ShapeError(`${formatShape(shape)} has no axis ${missing}.`);
  return keepDimensions
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));
}

const keptShape = (x: Value, { axes }: ReduceAttributes): readonly number[] =>
  reducedShape(knownShape(x), { axes, keepDimensions: true }) as readonly number[];

/** The gradient of a reduced value for each element that entered it. */
const stretched = (gradient: Value, x: Value, attributes: ReduceAttributes): Value =>
  expand(reshape(gradient, keptShape(x, attributes)), knownShape(x));
