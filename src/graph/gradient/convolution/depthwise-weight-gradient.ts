/**
 * The weight gradient of a depthwise convolution as matrix products.
 *
 * The element of kernel position (i, j) is the sum over output pixels (r, b) of x[s r + d i - p, s b + d j - p] g[r, b], with stride
 * s, dilation d and padding p. Taken as products x' g over rows, for each shift of g's rows against x's, this gives for a channel all pairs
 * of columns (a, b) at once; those with a = s b + d j - p belong to a kernel column and are summed by a second product. It
 * multiplies more than it must, but the engine does that ten times faster than it cuts, multiplies and sums for each position.
 */
import { numbersLike } from '../../ops/constants.ts';
import { matMul, matrixTranspose } from '../../ops/matmul.ts';
import { pad } from '../../ops/pad.ts';
import { reduceSum } from '../../ops/reduction.ts';
import { reshape } from '../../ops/shape.ts';
import { concat } from '../../ops/structure.ts';
import { knownShape, type Value } from '../../value.ts';
import type { ConvGradientAttributes, Extents } from './attributes.ts';

/** @param gradient [N, C, h, w] @param x [N, C, H, W] @returns [C, 1, kh, kw] */
export function depthwiseWeightGradient(gradient: Value, x: Value, attributes: ConvGradientAttributes): Value {
  const [stride] = attributes.stride;
  const [, , kernelHeight, kernelWidth] = attributes.shape;
  const [batch, channels, rows, columns] = knownShape(gradient) as Extents;
  const [, , height, width] = knownShape(x) as Extents;
  // Rows of x that are a stride apart lie below one another, those in between beside them.
  const bands = Math.ceil(height / stride);
  const even = pad(x, [{ axis: 2, start: 0, end: bands * stride - height }]);
  const banded = reshape(even, [batch, channels, bands, stride * width]);
  const places = rowPlaces(attributes);
  const shifts = [...new Set(places.map(({ shift }) => shift))];
  const shifted = shifts.map((shift) => pad(gradient, [{ axis: 2, start: shift, end: bands - rows - shift }]));
  const beside = shifted.length === 1 ? (shifted[0] as Value) : concat(shifted, 3);
  const pairs = matMul(matrixTranspose(banded), beside);
  const positions = kernelHeight * kernelWidth;
  const selection = selectionOf(attributes, { width, columns, places, shifts });
  const flat = reshape(pairs, [batch * channels, stride * width * shifts.length * columns]);
  const sums = matMul(flat, numbersLike(x, [selection.length / positions, positions], selection));
  return reshape(reduceSum(reshape(sums, [batch, channels, positions]), [0]), [channels, 1, kernelHeight, kernelWidth]);
}

/** For each kernel row, where in a band of x its row lies, and by how many bands it is shifted. */
interface RowPlace {
  readonly within: number;
  readonly shift: number;
}

function rowPlaces({
  stride: [stride],
  dilation: [dilation],
  pads: [top],
  shape: [, , kernelHeight],
}: ConvGradientAttributes): RowPlace[] {
  return Array.from({ length: kernelHeight }, (_, i) => {
    const row = dilation * i - top;
    const shift = Math.floor(row / stride);
    return { within: row - shift * stride, shift };
  });
}

interface Columns {
  readonly width: number;
  readonly columns: number;
  readonly places: readonly RowPlace[];
  readonly shifts: readonly number[];
}

/** Ones where a pair of columns belongs to a kernel position: [stride W · shifts w, positions]. */
function selectionOf(
  {
    stride: [, stride],
    dilation: [, dilation],
    pads: [, left],
    shape: [, , kernelHeight, kernelWidth],
  }: ConvGradientAttributes,
  { width, columns, places, shifts }: Columns,
): Float32Array {
  const bandWidth = places.reduce((most, { within }) => Math.max(most, within + 1), 1);
  const across = shifts.length * columns;
  const positions = kernelHeight * kernelWidth;
  const selection = new Float32Array(Math.max(bandWidth, stride) * width * across * positions);
  for (const [i, { within, shift }] of places.entries()) {
    const offset = shifts.indexOf(shift) * columns;
    for (let j = 0; j < kernelWidth; j++) {
      for (let b = 0; b < columns; b++) {
        const a = stride * b + dilation * j - left;
        if (a < 0 || a >= width) continue;
        selection[((within * width + a) * across + offset + b) * positions + i * kernelWidth + j] = 1;
      }
    }
  }
  return selection;
}
