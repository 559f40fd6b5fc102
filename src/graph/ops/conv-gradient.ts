/** The two gradients of a convolution, written as convolutions and matrix products. */
import { elementCount } from '../../tensor/shape.ts';
import { applyOne, knownShape, type Op, required, type Value, type VjpContext } from '../value.ts';
import { numbersLike } from './constants.ts';
import { type ConvAttributes, conv, type Pair } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { depthwiseWeightGradient } from './depthwise-gradient.ts';
import { matMul, matrixTranspose } from './matmul.ts';
import { padPlane } from './pad.ts';
import { reduceSum } from './reduction.ts';
import { reshape, transpose } from './shape.ts';
import { concat, sliceRanges } from './structure.ts';

type Extents = readonly [number, number, number, number];

/** A gradient of a convolution: the convolution's attributes, and the shape of what the gradient is taken with respect to. */
export interface ConvGradientAttributes extends ConvAttributes {
  readonly shape: Extents;
}

/** Inputs: the gradient of the outputs [N, out, ...] and the weight. Output: the gradient of x. */
export const ConvInputGradient: Op<ConvGradientAttributes> = {
  name: 'ConvInputGradient',
  infer: (inputs, { shape }) => [{ dtype: required(inputs, 0).dtype, shape }],
  vjp: 'forbidden',
  decompose: ([gradient, weight], attributes) => inputGradient(gradient as Value, weight as Value, attributes),
  multiplyAdds: ([gradient, weight]) => products(gradient as Value, weight as Value),
};

/** Inputs: the gradient of the outputs [N, out, ...] and x. Output: the gradient of the weight. */
export const ConvWeightGradient: Op<ConvGradientAttributes> = {
  name: 'ConvWeightGradient',
  infer: (inputs, { shape }) => [{ dtype: required(inputs, 0).dtype, shape }],
  vjp: 'forbidden',
  decompose: ([gradient, x], attributes) => weightGradient(gradient as Value, x as Value, attributes),
  multiplyAdds: ([gradient], [weight]) => products(gradient as Value, weight as Value),
};

const products = (gradient: Value, weight: Value): number =>
  elementCount(knownShape(gradient)) * elementCount(knownShape(weight).slice(1));

/** The gradients of a convolution with respect to x and the weight, where they are wanted. */
export function convGradients(context: VjpContext<ConvAttributes>): readonly [Value | null, Value | null] {
  const { gradient, input, attributes, wants } = context;
  const [x, weight] = [input(0), input(1)];
  const like = (value: Value): ConvGradientAttributes => ({ ...attributes, shape: knownShape(value) as Extents });
  return [
    wants(0) ? applyOne(ConvInputGradient, [gradient, weight], like(x)) : null,
    wants(1) ? applyOne(ConvWeightGradient, [gradient, x], like(weight)) : null,
  ];
}

/** With respect to x [N, C, H, W]: a transposed convolution, or the same as a convolution with the kernel turned around. */
function inputGradient(gradient: Value, weight: Value, attributes: ConvGradientAttributes): Value {
  const { stride, dilation, pads, groups } = attributes;
  const [, , ...kernel] = knownShape(weight) as Extents;
  const [, , ...size] = attributes.shape;
  const reach = [0, 1].map((axis) => (dilation[axis] as number) * ((kernel[axis] as number) - 1)) as unknown as Pair;
  // A weight of more numbers than the gradient takes longer to turn around than a transposed convolution loses.
  if (stride[0] > 1 || stride[1] > 1 || elementCount(knownShape(weight)) > elementCount(knownShape(gradient))) {
    // What the stride left over at the end: rows and columns that no window began at.
    const rest = ([0, 1] as const).map(
      (axis) => (size[axis] + (pads[axis] as number) + (pads[axis + 2] as number) - reach[axis] - 1) % stride[axis],
    ) as unknown as Pair;
    return convTranspose(gradient, weight, { stride, dilation, pads, groups, outputPadding: rest });
  }
  const opposite = pads.map((amount, side) => (reach[side % 2] as number) - amount) as unknown as Extents;
  // Padding beyond the kernel's reach saw nothing of x: its gradient is cut off.
  const inside = padPlane(gradient, opposite.map((amount) => Math.min(amount, 0)) as unknown as Extents);
  return conv(inside, turned(weight, groups), null, {
    dilation,
    groups,
    pads: opposite.map((amount) => Math.max(amount, 0)) as unknown as Extents,
  });
}

/** The kernel turned by 180 degrees, its channel axes exchanged: [out, C / groups, ...] becomes [C, out / groups, ...]. */
function turned(weight: Value, groups: number): Value {
  const [outputs, perGroup, height, width] = knownShape(weight) as Extents;
  const positions = height * width;
  // Reversing single numbers by Slice is slow on the CPU; multiplying by the matrix that reverses takes a sixth of its time.
  const reversal = Float32Array.from({ length: positions ** 2 }, (_, at) =>
    (at % positions) + Math.floor(at / positions) === positions - 1 ? 1 : 0,
  );
  const flat = reshape(weight, [outputs * perGroup, positions]);
  const reversed = positions === 1 ? flat : matMul(flat, numbersLike(weight, [positions, positions], reversal));
  const shape = [groups * perGroup, outputs / groups, height, width];
  if (perGroup === 1 && outputs === groups) return reshape(reversed, shape);
  // Axes of extent 1 lead the engine to a way of transposing that takes five times as long.
  const [axes, order] =
    groups === 1 && positions === 1
      ? [
          [outputs, perGroup],
          [1, 0],
        ]
      : [
          [groups, outputs / groups, perGroup, positions],
          [0, 2, 1, 3],
        ];
  return reshape(transpose(reshape(reversed, axes), order), shape);
}

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
  const { stride, dilation } = attributes;
  const isDepthwise = perGroup === 1 && outputs === groups;
  if (isDepthwise && stride[0] === stride[1] && dilation.every((one) => one === 1)) {
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
