/**
 * The gradient of max pooling without indices. Of equal maxima of a window the first in row-major order gets the gradient,
 * as in PyTorch.
 *
 * That choice is separable: the first row that holds the window's maximum, and in it the first column. So pooling is taken
 * as rows first (each pixel's maximum along its row's window), then columns of those, and the gradient goes back through
 * the two in reverse.
 *
 * Along one axis, a window of 5 is the larger of two windows, those are the larger of two, and so on:
 *
 *     W2[p] = max(W1[p], W1[p + 1])    W4[p] = max(W2[p], W2[p + 2])    W5[p] = max(W4[p], W4[p + 1])
 *
 * Each step sends the gradient to its left side unless the right is larger. By induction that is the first maximum, also
 * where the two overlap. So a window of k costs ceil(log2 k) steps of cheap elementwise operators, not k.
 */
import { UsageError } from '../../errors.ts';
import { elementCount } from '../../tensor/shape.ts';
import { applyOne, knownShape, type Value, type VjpContext } from '../value.ts';
import { greater } from './comparison.ts';
import type { Pair, Window } from './conv.ts';
import { add, masked, sub } from './elementwise.ts';
import { pad, padPlane } from './pad.ts';
import { MaxPool } from './pool.ts';
import { reshape } from './shape.ts';
import { concat, slice, spread } from './structure.ts';

type Extents = readonly [number, number, number, number];

/** The smallest float32 number: it never wins. WebGPU does not promise to calculate with infinities. */
const LOWEST = -3.4028234663852886e38;

const ROW_AXIS = 2;
const COLUMN_AXIS = 3;

type PlaneAxis = typeof ROW_AXIS | typeof COLUMN_AXIS;

/** With respect to x [N, C, H, W]. */
export function poolGradient({ gradient, input, attributes }: VjpContext<Window>): Value {
  const { dilation } = attributes;
  if (dilation[0] > 1 || dilation[1] > 1) throw new UsageError('dilated max pooling has no gradient.');
  const planes = [singleChannel(input(0)), singleChannel(gradient)] as const;
  const parts = portions(knownShape(planes[0])).map(({ start, end }) => {
    const [x, g] = planes.map((value) => slice(value, 0, start, end)) as [Value, Value];
    return ofPlanes(x, g, attributes);
  });
  return reshape(parts.length === 1 ? (parts[0] as Value) : concat(parts, 0), knownShape(input(0)));
}

/** Numbers that are worked on at once (1 MiB): what these many small steps pass on stays in the cache of its core. */
const AT_ONCE = 2 ** 18;

/** Runs of planes [N C, 1, H, W] of about equal size. */
function portions([count, , height, width]: readonly number[]): { readonly start: number; readonly end: number }[] {
  const planes = count as number;
  const portion = Math.max(1, Math.floor(AT_ONCE / ((height as number) * (width as number))));
  return Array.from({ length: Math.ceil(planes / portion) }, (_, index) => ({
    start: index * portion,
    end: Math.min(planes, (index + 1) * portion),
  }));
}

/** What lies beyond the last row and column never wins, and no window begins there: only the other sides are padded. */
function ofPlanes(planes: Value, g: Value, { kernel, stride, pads }: Window): Value {
  const [top, left, , right] = pads;
  const x = padPlane(planes, [top, left, 0, 0], LOWEST);
  const [, , height, width] = knownShape(x) as Extents;
  const isRow = kernel[1] === 1 && stride[1] === 1;
  const rowMaxima = isRow ? x : largest(x, [1, kernel[1]], [1, stride[1]], [0, right]);
  const ofRowMaxima = backAlong(rowMaxima, ROW_AXIS, kernel[0], placed(g, ROW_AXIS, stride[0], height));
  const ofPadded = backAlong(x, COLUMN_AXIS, kernel[1], placed(ofRowMaxima, COLUMN_AXIS, stride[1], width));
  return padPlane(ofPadded, [0 - top, 0 - left, 0, 0]);
}

/**
 * [N, C, H, W] as [N C, 1, H, W]. With many channels the CPU engine would rearrange them for its pooling and back, which
 * takes longer than these small windows.
 */
function singleChannel(x: Value): Value {
  const [batch, channels, height, width] = knownShape(x) as Extents;
  return reshape(x, [batch * channels, 1, height, width]);
}

/** Gradients of windows put to the positions where their windows begin, zeros elsewhere. */
function placed(gradient: Value, axis: PlaneAxis, stride: number, extent: number): Value {
  const spaced = spread(gradient, axis, stride);
  return pad(spaced, [{ axis, start: 0, end: extent - (knownShape(spaced)[axis] as number) }]);
}

/** From the gradients of windows of `width` that begin at each position to the gradient of x; all of x's shape. */
function backAlong(x: Value, axis: PlaneAxis, width: number, gradient: Value): Value {
  const widths = [1];
  for (let last = 1; last < width; last = widths.at(-1) as number) widths.push(Math.min(2 * last, width));
  const maxima = widths.map((each) => windowMaxima(x, axis, each));
  let g = gradient;
  for (let step = widths.length - 1; step > 0; step--) {
    const shift = (widths[step] as number) - (widths[step - 1] as number);
    const toRight = masked(g, greater(maxima[step] as Value, maxima[step - 1] as Value));
    g = add(sub(g, toRight), shifted(toRight, axis, shift));
  }
  return g;
}

/**
 * x moved along an axis. Nothing is moved beyond its end, as a window's right side never wins where it lies beyond, so that
 * moving all numbers in a row moves each line of them: one copy instead of one a line.
 */
function shifted(x: Value, axis: PlaneAxis, shift: number): Value {
  const shape = knownShape(x);
  const distance = axis === ROW_AXIS ? shift * (shape[COLUMN_AXIS] as number) : shift;
  const row = reshape(x, [elementCount(shape)]);
  return reshape(pad(row, [{ axis: 0, start: distance, end: -distance }]), shape);
}

/** The maximum of the window of `width` that begins at each position and ends with x at the latest. */
function windowMaxima(x: Value, axis: PlaneAxis, width: number): Value {
  if (width === 1) return x;
  return axis === ROW_AXIS
    ? largest(x, [width, 1], [1, 1], [width - 1, 0])
    : largest(x, [1, width], [1, 1], [0, width - 1]);
}

/** Max pooling padded at the bottom and at the right. */
function largest(x: Value, kernel: Pair, stride: Pair, [bottom, right]: Pair): Value {
  return applyOne(MaxPool, [x], { kernel, stride, dilation: [1, 1], pads: [0, 0, bottom, right] });
}
