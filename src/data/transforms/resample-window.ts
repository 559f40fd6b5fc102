/**
 * A part of a resized picture, computed alone: what cropping the result of `resizeImage` with 'bilinear' (and of
 * `resizeLabelMap`) would give, to the last bit.
 */
import { type Image, image } from '../../image/image.ts';
import { type ByteLabels, byteLabels, type Window } from './view.ts';

/** Weights are fixed-point numbers, as in Pillow: 32 bits less 8 for the pixel and 2 to spare. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/** The input pixels of some output pixels along one axis, and their weights, `stride` places each. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

/** The window of the picture brought to `width` x `height` by Pillow's bilinear filter (antialiased where it shrinks). */
export function resampleImageWindow(source: Image, width: number, height: number, window: Window): Image {
  const columns = tapsFor(source.width, width, window.left, window.width);
  const rows = tapsFor(source.height, height, window.top, window.height);
  const top = rows.first[0] as number;
  const last = window.height - 1;
  const bottom = (rows.first[last] as number) + (rows.count[last] as number);
  const narrowed = acrossColumns(source, columns, window.width, top, bottom);
  return image(window.width, window.height, acrossRows(narrowed, rows, window.width * 3, window.height, top));
}

/** The window of the mask brought to `width` x `height` by the nearest pixel. */
export function resampleLabelsWindow(source: ByteLabels, width: number, height: number, window: Window): ByteLabels {
  const columns = nearestIndices(source.width, width, window.left, window.width);
  const rows = nearestIndices(source.height, height, window.top, window.height);
  const data = new Uint8Array(window.width * window.height);
  const { data: input, width: rowLength } = source;
  let previous = -1;
  for (let y = 0; y < window.height; y++) {
    const row = rows[y] as number;
    const target = y * window.width;
    if (row === previous) data.copyWithin(target, target - window.width, target);
    else {
      const start = row * rowLength;
      for (let x = 0; x < window.width; x++) data[target + x] = input[start + (columns[x] as number)] as number;
    }
    previous = row;
  }
  return byteLabels(window.width, window.height, data);
}

function tapsFor(from: number, to: number, start: number, length: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const stride = Math.min(Math.ceil(stretch) * 2 + 1, from);
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const exact = new Float64Array(stride);
  const perStretch = 1 / stretch;
  for (let i = 0; i < length; i++) {
    const center = (start + i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - stretch + 0.5));
    const end = Math.min(from, Math.trunc(center + stretch + 0.5));
    let sum = 0;
    for (let k = 0; k < end - begin; k++) {
      const weight = Math.max(0, 1 - Math.abs((k + begin - center + 0.5) * perStretch));
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < end - begin; k++) {
      weights[i * stride + k] = Math.trunc(((exact[k] as number) / sum) * (1 << FRACTION_BITS) + 0.5);
    }
    first[i] = begin;
    count[i] = end - begin;
  }
  return { first, count, weights, stride };
}

/** The rows `top` ... `bottom` - 1 of the picture, resized across. The filter never overshoots, so nothing is clamped. */
function acrossColumns(source: Image, taps: Taps, width: number, top: number, bottom: number): Uint8Array {
  const { first, count, weights, stride } = taps;
  const input = source.data;
  const rowBytes = source.width * 3;
  const result = new Uint8Array(width * 3 * (bottom - top));
  let target = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < width; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = y * rowBytes + (first[x] as number) * 3;
      const end = x * stride + (count[x] as number);
      for (let k = x * stride; k < end; k++) {
        const weight = weights[k] as number;
        red = (red + (input[from] as number) * weight) | 0;
        green = (green + (input[from + 1] as number) * weight) | 0;
        blue = (blue + (input[from + 2] as number) * weight) | 0;
        from += 3;
      }
      result[target] = red >> FRACTION_BITS;
      result[target + 1] = green >> FRACTION_BITS;
      result[target + 2] = blue >> FRACTION_BITS;
      target += 3;
    }
  }
  return result;
}

function acrossRows(input: Uint8Array, taps: Taps, rowBytes: number, height: number, top: number): Uint8Array {
  const { first, count, weights, stride } = taps;
  const result = new Uint8Array(rowBytes * height);
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const start = ((first[y] as number) - top) * rowBytes;
    const target = y * rowBytes;
    const taken = count[y] as number;
    if (taken <= 2) {
      // Enlarging takes two rows at most: one pass without sums in between.
      const upper = weights[y * stride] as number;
      const lower = taken === 2 ? (weights[y * stride + 1] as number) : 0;
      const next = taken === 2 ? start + rowBytes : start;
      for (let i = 0; i < rowBytes; i++) {
        const sum = (HALF + (input[start + i] as number) * upper + (input[next + i] as number) * lower) | 0;
        result[target + i] = sum >> FRACTION_BITS;
      }
      continue;
    }
    sums.fill(HALF);
    for (let k = 0; k < taken; k++) {
      const weight = weights[y * stride + k] as number;
      const from = start + k * rowBytes;
      for (let i = 0; i < rowBytes; i++) sums[i] = ((sums[i] as number) + (input[from + i] as number) * weight) | 0;
    }
    for (let i = 0; i < rowBytes; i++) result[target + i] = (sums[i] as number) >> FRACTION_BITS;
  }
  return result;
}

/** As Pillow finds them: by adding the step up from the first pixel on. */
function nearestIndices(from: number, to: number, start: number, length: number): Int32Array {
  const indices = new Int32Array(length);
  const step = from / to;
  let position = step * 0.5;
  for (let i = 0; i < start; i++) position += step;
  for (let i = 0; i < length; i++) {
    indices[i] = Math.min(Math.trunc(position), from - 1);
    position += step;
  }
  return indices;
}
