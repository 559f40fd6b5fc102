/** The gradient of a convolution with respect to its weight, as an operator, and the same in matrix products. */
import { elementCount } from '../../../tensor/shape.ts';
import type { ConvAttributes, Pair } from '../../ops/conv.ts';
import { matMul, matrixTranspose } from '../../ops/matmul.ts';
import { padPlane } from '../../ops/pad.ts';
import { reduceSum } from '../../ops/reduction.ts';
import { reshape, transpose } from '../../ops/shape.ts';
import { concat, sliceRanges } from '../../ops/structure.ts';
import { applyOne, knownShape, type Op, required, type Value } from '../../value.ts';
import { type ConvGradientAttributes, convolutionProducts, type Extents } from './attributes.ts';
import { depthwiseWeightGradient } from './depthwise-weight-gradient.ts';

/** Inputs: the gradient of the outputs [N, out, ...] and x. Output: the gradient of the weight. */
export const ConvWeightGradient: Op<ConvGradientAttributes> = {
  name: 'ConvWeightGradient',
  infer: (inputs, { shape }) => [{ dtype: required(inputs, 0).dtype, shape }],
  decompose: ([gradient, x], attributes) => weightGradient(gradient as Value, x as Value, attributes),
  multiplyAdds: ([gradient], [weight]) => convolutionProducts(gradient as Value, weight as Value),
};

/** The gradient of the weight, from that of the outputs. */
export const convWeightGradient = (gradient: Value, x: Value, weight: Value, attributes: ConvAttributes): Value =>
  applyOne(ConvWeightGradient, [gradient, x], { ...attributes, shape: knownShape(weight) as Extents });

/** The most numbers (64 MiB) that x is unfolded to at once; beyond that, memory costs more than one large product saves. */
const UNFOLDED_AT_ONCE = 2 ** 24;

/**
 * With respect to the weight [out, C / groups, kh, kw]. The element of kernel position (i, j) is the product of the gradient
 * with the part of x that this position saw, summed over pixels and images: one matrix product for the whole kernel, or, if
 * that is too large, for each kernel row.
 */
function weightGradient(gradient: Value, x: Value, attributes: ConvGradientAttributes): Value {
  const { groups } = attributes;
  const [outputs, perGroup, height, width] = attributes.shape;
  const [batch, , rows, columns] = knownShape(gradient) as Extents;
  const { stride } = attributes;
  const isDepthwise = perGroup === 1 && outputs === groups;
  if (isDepthwise && stride[0] === stride[1]) {
    return depthwiseWeightGradient(gradient, x, attributes);
  }
  // Images side by side in one long row of pixels cost a copy of both; summing over images afterwards costs their products.
  const copied = elementCount(knownShape(x)) + elementCount(knownShape(gradient));
  const isFolded = groups === 1 && batch > 1 && copied < batch * elementCount(attributes.shape);
  const arranged = (value: Value): Value => (isFolded ? transpose(value, [1, 0, 2, 3]) : value);
  const images = isFolded ? 1 : batch;
  const pixels = (batch / images) * rows * columns;
  const seen = seenByKernel(gradient, arranged(x), attributes);
  const g = reshape(arranged(gradient), [images * groups, outputs / groups, pixels]);
  const unfolded = images * groups * perGroup * height * width * pixels;
  const products = (unfolded <= UNFOLDED_AT_ONCE ? [seen.flat()] : seen).map((parts) => {
    // Positions beside their channel, as the weight has them.
    const matrices = parts.map((part) => reshape(part, [images * groups, perGroup, 1, pixels]));
    const matrix = reshape(joined(matrices, 2), [images * groups, perGroup * parts.length, pixels]);
    const product = matMul(g, matrixTranspose(matrix));
    const perImage = reshape(product, [images, outputs, perGroup, parts.length]);
    return images === 1 ? perImage : reduceSum(perImage, 0);
  });
  return reshape(joined(products, 3), [outputs, perGroup, height, width]);
}

/** For each kernel row and column, the part of the padded x [N, C, H, W] that this position of the kernel saw. */
function seenByKernel(gradient: Value, x: Value, attributes: ConvGradientAttributes): Value[][] {
  const { stride, dilation, pads, shape } = attributes;
  const [, , height, width] = shape;
  const [, , rows, columns] = knownShape(gradient) as Extents;
  const phases = splitByStride(padPlane(x, pads), stride);
  const along = (position: number, axis: 0 | 1) => {
    const offset = position * dilation[axis];
    const start = Math.floor(offset / stride[axis]);
    return { phase: offset % stride[axis], start, end: start + (axis === 0 ? rows : columns), step: 1 };
  };
  return [...Array(height).keys()].map((i) =>
    [...Array(width).keys()].map((j) => {
      const [down, across] = [along(i, 0), along(j, 1)];
      const phase = phases(down.phase, across.phase);
      return sliceRanges(phase, [
        { axis: 2, ...down },
        { axis: 3, ...across },
      ]);
    }),
  );
}

/**
 * x taken apart into the pixels that are a stride apart: phase (a, b) holds rows a, a + stride, ... and columns b, ... , so
 * that what each kernel position saw is a connected part of a phase. Copying in steps is slow, and so done once a phase.
 */
function splitByStride(x: Value, [down, across]: Pair): (row: number, column: number) => Value {
  const [, , height, width] = knownShape(x) as Extents;
  const phases = new Map<number, Value>();
  return (row, column) => {
    const key = row * across + column;
    const phase =
      phases.get(key) ??
      sliceRanges(x, [
        { axis: 2, start: row, end: height, step: down },
        { axis: 3, start: column, end: width, step: across },
      ]);
    phases.set(key, phase);
    return phase;
  };
}

const joined = (values: readonly Value[], axis: number): Value =>
  values.length === 1 ? (values[0] as Value) : concat(values, axis);
