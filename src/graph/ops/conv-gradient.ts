/** The two gradients of a convolution, written as convolutions and matrix products. */
import { knownShape, type Value, type VjpContext } from '../value.ts';
import { numbersLike } from './constants.ts';
import { type ConvAttributes, conv, type Pair } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { mul } from './elementwise.ts';
import { matMul, matrixTranspose } from './matmul.ts';
import { padPlane } from './pad.ts';
import { reduceSum } from './reduction.ts';
import { reshape, transpose } from './shape.ts';
import { concat, sliceRanges } from './structure.ts';

type Context = VjpContext<ConvAttributes>;
type Extents = readonly [number, number, number, number];

/** With respect to x [N, C, H, W]: a convolution of the gradient with the kernel turned around. */
export function inputGradient({ gradient, input, attributes }: Context): Value {
  const { stride, dilation, pads, groups } = attributes;
  const weight = input(1);
  const [, , ...kernel] = knownShape(weight) as Extents;
  const [, , ...size] = knownShape(input(0)) as Extents;
  const reach = [0, 1].map((axis) => (dilation[axis] as number) * ((kernel[axis] as number) - 1)) as unknown as Pair;
  if (stride[0] > 1 || stride[1] > 1) {
    // What the stride left over at the end: rows and columns that no window began at.
    const rest = ([0, 1] as const).map(
      (axis) => (size[axis] + (pads[axis] as number) + (pads[axis + 2] as number) - reach[axis] - 1) % stride[axis],
    ) as unknown as Pair;
    return convTranspose(gradient, weight, { ...attributes, outputPadding: rest });
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
  const grouped = reshape(reversed, [groups, outputs / groups, perGroup, positions]);
  const depthwise = perGroup === 1 && outputs === groups;
  const exchanged = depthwise ? grouped : transpose(grouped, [0, 2, 1, 3]);
  return reshape(exchanged, [groups * perGroup, outputs / groups, height, width]);
}

/** The most numbers (64 MiB) that x is unfolded to at once; beyond that, memory costs more than one large product saves. */
const UNFOLDED_AT_ONCE = 2 ** 24;

/**
 * With respect to the weight [out, C / groups, kh, kw]. The element of kernel position (i, j) is the product of the gradient
 * with the part of x that this position saw, summed over pixels and images: one matrix product for the whole kernel, or, if
 * that is too large, for each kernel row.
 */
export function weightGradient(context: Context): Value {
  const { gradient, input, attributes } = context;
  const { groups } = attributes;
  const [outputs, perGroup, height, width] = knownShape(input(1)) as Extents;
  const [batch, , rows, columns] = knownShape(gradient) as Extents;
  const seen = seenByKernel(context);
  if (perGroup === 1 && outputs === groups) {
    const sums = seen.flat().map((part) => reduceSum(mul(part, gradient), [0, 2, 3], undefined, false));
    const columnsOfSums = sums.map((sum) => reshape(sum, [outputs, 1]));
    return reshape(joined(columnsOfSums, 1), [outputs, 1, height, width]);
  }
  const pixels = rows * columns;
  const g = reshape(gradient, [batch * groups, outputs / groups, pixels]);
  const unfolded = batch * groups * perGroup * height * width * pixels;
  const products = (unfolded <= UNFOLDED_AT_ONCE ? [seen.flat()] : seen).map((parts) => {
    // Positions beside their channel, as the weight has them.
    const matrices = parts.map((part) => reshape(part, [batch * groups, perGroup, 1, pixels]));
    const matrix = reshape(joined(matrices, 2), [batch * groups, perGroup * parts.length, pixels]);
    const product = matMul(g, matrixTranspose(matrix));
    const perImage = reshape(product, [batch, outputs, perGroup, parts.length]);
    return batch === 1 ? perImage : reduceSum(perImage, 0);
  });
  return reshape(joined(products, 3), [outputs, perGroup, height, width]);
}

/** For each kernel row and column, the part of the padded x [N, C, H, W] that this position of the kernel saw. */
function seenByKernel({ gradient, input, attributes: { stride, dilation, pads } }: Context): Value[][] {
  const [, , height, width] = knownShape(input(1)) as Extents;
  const [, , rows, columns] = knownShape(gradient) as Extents;
  const phases = splitByStride(padPlane(input(0), pads), stride);
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
