/**
 * The gradient of max pooling without indices, as the CPU engine does it fastest.
 *
 * The choice of the first of equal maxima is separable: the first row that holds the window's maximum, and in it the first column. So pooling is taken
 * as rows first (each pixel's maximum along its row's window), then columns of those, and the gradient goes back through
 * the two in reverse.
 *
 * Along one axis, a window of 5 is the larger of two windows, those are the larger of two, and so on:
 *
 *     W2[p] = max(W1[p], W1[p + 1])    W4[p] = max(W2[p], W2[p + 2])    W5[p] = max(W4[p], W4[p + 1])
 *
 * Each step sends the gradient to its left side unless the right is larger. By induction that is the first maximum, also
 * where the two overlap. So a window of k costs ceil(log2 k) steps, not k.
 *
 * A step is two convolutions of single planes with kernels of two numbers, which take a difference and move what is to be moved,
 * and a product between them. The CPU engine keeps convolutions, poolings and products in an arrangement of its own, computes a
 * steep ramp with the first convolution and a sum with the second: three passes where elementwise operators took six.
 */
import { greater } from '../../ops/comparison.ts';
import { numbersLike, scalarLike } from '../../ops/constants.ts';
import { type ConvAttributes, conv, type Pair, type Window } from '../../ops/conv.ts';
import { add, masked } from '../../ops/elementwise.ts';
import { pad, padPlane } from '../../ops/pad.ts';
import { MaxPool } from '../../ops/pool.ts';
import { reshape } from '../../ops/shape.ts';
import { concat, slice } from '../../ops/structure.ts';
import { applyOne, knownShape, type Value } from '../../value.ts';
import { spread } from '../spread.ts';
import { LOWEST } from './lowest.ts';

type Extents = readonly [number, number, number, number];

const CHANNEL_AXIS = 1;
const ROW_AXIS = 2;
const COLUMN_AXIS = 3;

type PlaneAxis = typeof ROW_AXIS | typeof COLUMN_AXIS;

/** @param gradient of the maxima [N, C, h, w]. @param x [N, C, H, W] that they were taken of. @returns the gradient of x. */
export function byHalving(gradient: Value, x: Value, window: Window): Value {
  const [planes, g] = [singleImage(x), singleImage(gradient)];
  const parts = portions(knownShape(planes)).map((portion) => ofPortion(planes, g, portion, window));
  return reshape(parts.length === 1 ? (parts[0] as Value) : concat(parts, CHANNEL_AXIS), knownShape(x));
}

/** [N, C, H, W] as [1, N C, H, W]: all planes are pooled alike. */
function singleImage(x: Value): Value {
  const [batch, channels, height, width] = knownShape(x) as Extents;
  return reshape(x, [1, batch * channels, height, width]);
}

/**
 * Numbers that are worked on at once (1 MiB, or a block of larger planes): what these many small steps pass on stays in the cache of
 * its core.
 */
const AT_ONCE = 2 ** 18;

/** The CPU engine arranges its maps in blocks of so many planes. */
const BLOCK = 16;

/** A run of planes. */
interface Portion {
  readonly start: number;
  readonly end: number;
}

/** Divides planes [1, N C, H, W] into portions. */
function portions([, count, height, width]: readonly number[]): Portion[] {
  const planes = count as number;
  const blocks = Math.floor(AT_ONCE / ((height as number) * (width as number) * BLOCK));
  const portion = BLOCK * Math.max(1, blocks);
  return Array.from({ length: Math.ceil(planes / portion) }, (_, index) => ({
    start: index * portion,
    end: Math.min(planes, (index + 1) * portion),
  }));
}

/** The gradient of some planes: theirs of x are padded as far as windows reach, with what never wins. */
function ofPortion(x: Value, g: Value, { start, end }: Portion, { kernel, stride, pads }: Window): Value {
  const [top, left] = pads;
  const [, count, rows, columns] = knownShape(x) as Extents;
  const [, , down, across] = knownShape(g) as Extents;
  const bottom = Math.max(0, (down - 1) * stride[0] + kernel[0] - top - rows);
  const right = Math.max(0, (across - 1) * stride[1] + kernel[1] - left - columns);
  // In one pass with taking them out.
  const sides = [
    { axis: CHANNEL_AXIS, start: 0 - start, end: end - count },
    { axis: ROW_AXIS, start: top, end: bottom },
    { axis: COLUMN_AXIS, start: left, end: right },
  ];
  const padded = pad(x, sides, LOWEST);
  const isRow = kernel[1] === 1 && stride[1] === 1;
  const rowMaxima = isRow ? padded : largest(padded, [1, kernel[1]], [1, stride[1]]);
  const ofWindows = slice(g, CHANNEL_AXIS, start, end);
  const ofRowMaxima = backAlong(rowMaxima, ROW_AXIS, kernel[0], placed(ofWindows, ROW_AXIS, stride[0], rowMaxima));
  const ofPadded = backAlong(padded, COLUMN_AXIS, kernel[1], placed(ofRowMaxima, COLUMN_AXIS, stride[1], padded));
  return padPlane(ofPadded, [0 - top, 0 - left, 0 - bottom, 0 - right]);
}

/** Gradients of windows put to the positions where their windows begin, zeros elsewhere, as far as another value extends. */
function placed(gradient: Value, axis: PlaneAxis, stride: number, like: Value): Value {
  const spaced = spread(gradient, axis, stride);
  const after = (knownShape(like)[axis] as number) - (knownShape(spaced)[axis] as number);
  // A convolution that only pads: from here on all is in the CPU engine's own arrangement.
  return alongPlanes(spaced, axis, [1], { pads: padsAlong(axis, 0, after) });
}

/** Sums the gradients of windows of `width` that begin at each position to the gradient of x; all have x's shape. */
function backAlong(x: Value, axis: PlaneAxis, width: number, gradient: Value): Value {
  const widths = [1];
  for (let last = 1; last < width; last = widths.at(-1) as number) widths.push(Math.min(2 * last, width));
  let g = gradient;
  for (let step = widths.length - 1; step > 0; step--) {
    const each = widths[step - 1] as number;
    const shift = (widths[step] as number) - each;
    const maxima = windowMaxima(x, axis, each);
    const toRight = masked(g, greater(rightMinusLeft(maxima, axis, shift), scalarLike(x, 0)));
    g = add(g, leftToRight(toRight, axis, shift));
  }
  return g;
}

/** x[p + shift] - x[p]; 0 stands for what is beyond the end: no window begins so close to it, so that there is nothing to send. */
const rightMinusLeft = (x: Value, axis: PlaneAxis, shift: number): Value =>
  alongPlanes(x, axis, [-1, 1], { dilation: along(axis, shift, 1), pads: padsAlong(axis, 0, shift) });

/**
 * What moves x by `shift` when it is added: x[p - shift] - x[p]. Where a position passes its own gradient g on and gets another one,
 * that is rounded as g is, by 6e-8 of it.
 */
const leftToRight = (x: Value, axis: PlaneAxis, shift: number): Value =>
  alongPlanes(x, axis, [1, -1], { dilation: along(axis, shift, 1), pads: padsAlong(axis, shift, 0) });

/** Each plane of x [1, P, H, W] convolved with a few numbers along an axis. */
function alongPlanes(
  x: Value,
  axis: PlaneAxis,
  numbers: readonly number[],
  attributes: Partial<ConvAttributes>,
): Value {
  const planes = knownShape(x)[CHANNEL_AXIS] as number;
  const kernel = [planes, 1, ...along(axis, numbers.length, 1)];
  const repeated = Float32Array.from(
    { length: planes * numbers.length },
    (_, at) => numbers[at % numbers.length] as number,
  );
  return conv(x, numbersLike(x, kernel, repeated), null, { ...attributes, groups: planes });
}

/** One number for an axis, another for the other one. */
const along = (axis: PlaneAxis, own: number, other: number): Pair => (axis === ROW_AXIS ? [own, other] : [other, own]);

const padsAlong = (axis: PlaneAxis, start: number, end: number): Extents =>
  axis === ROW_AXIS ? [start, 0, end, 0] : [0, start, 0, end];

/** The maximum of the window of `width` that begins at each position and ends with x at the latest. */
const windowMaxima = (x: Value, axis: PlaneAxis, width: number): Value =>
  width === 1 ? x : largest(x, along(axis, width, 1), [1, 1], padsAlong(axis, 0, width - 1));

function largest(x: Value, kernel: Pair, stride: Pair, pads: Extents = [0, 0, 0, 0]): Value {
  return applyOne(MaxPool, [x], { kernel, stride, dilation: [1, 1], pads });
}
