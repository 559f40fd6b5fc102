/**
 * The gradient of max pooling in few launches: the elements of every window are laid out, the first that equals the maximum is
 * found by a falling ramp, and its gradient is put back.
 */
import { equal, where } from '../../ops/comparison.ts';
import { numbersLike, scalarLike } from '../../ops/constants.ts';
import type { Pair, Window } from '../../ops/conv.ts';
import { padPlane } from '../../ops/pad.ts';
import { MaxPool } from '../../ops/pool.ts';
import { reduceMax } from '../../ops/reduction.ts';
import { reshape } from '../../ops/shape.ts';
import { applyOne, knownShape, type Value } from '../../value.ts';
import type { Extents } from '../convolution/attributes.ts';
import { LOWEST } from '../pooling/lowest.ts';
import { byImages, fold, joinImages, LAID_OUT_AT_ONCE, unfold, unfoldedCount } from './windows.ts';

/**
 * The first maximum in row-major order lies in the first row that holds it, at the first such column. So where windows are too
 * many to be laid out at once, the rows' maxima are pooled first and the gradient goes back through the two, some images at a time.
 */
export function maxPoolGradientByWindows(
  gradient: Value,
  x: Value,
  maxima: Value,
  window: Window,
  atOnce = LAID_OUT_AT_ONCE,
): Value {
  const { kernel, stride, pads } = window;
  const isLine = kernel[0] === 1 || kernel[1] === 1;
  const pass = (values: Triple, along: Window): Value => {
    const parts = byImages(values, unfoldedCount(values[2], along), atOnce, ([own, seen, most]) =>
      back(own as Value, seen as Value, most as Value, along),
    );
    return joinImages(parts);
  };
  if (isLine || unfoldedCount(maxima, window) <= atOnce) return pass([gradient, x, maxima], window);
  const [top, left, bottom, right] = pads;
  const across: Window = { ...window, kernel: [1, kernel[1]], stride: [1, stride[1]], pads: [0, left, 0, right] };
  const down: Window = { ...window, kernel: [kernel[0], 1], stride: [stride[0], 1], pads: [top, 0, bottom, 0] };
  const rowMaxima = applyOne(MaxPool, [x], across);
  return pass([pass([gradient, rowMaxima, maxima], down), x, rowMaxima], across);
}

/** A gradient, what was pooled, and its maxima. */
type Triple = readonly [gradient: Value, x: Value, maxima: Value];

function back(gradient: Value, x: Value, maxima: Value, window: Window): Value {
  const { kernel, pads } = window;
  const [batch, channels, rows, columns] = knownShape(maxima) as Extents;
  const count = kernel[0] * kernel[1];
  const pixels = rows * columns;
  const within = (value: Value, positions: number): Value => reshape(value, [batch, channels, positions, pixels]);
  // Zeros beyond x could be a window's maximum.
  const padded = padPlane(x, pads, LOWEST);
  const elements = within(unfold(padded, { ...window, pads: [0, 0, 0, 0] }), count);
  const none = scalarLike(x, 0);
  const falling = numbersLike(x, [count, 1], rampOf([count, 1]));
  const rank = where(equal(elements, within(maxima, 1)), falling, none);
  const isFirst = equal(rank, reduceMax(rank, 2));
  const chosen = where(isFirst, within(gradient, 1), none);
  return fold(reshape(chosen, [batch, channels * count, rows, columns]), knownShape(x) as Extents, window);
}

/** From the first number down to the second. */
const rampOf = ([from, to]: Pair): Float32Array => Float32Array.from({ length: from - to + 1 }, (_, at) => from - at);
