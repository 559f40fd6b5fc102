/**
 * A part of a resized image, computed alone: what cropping the result of `resizeImage` with 'bilinear' (and of
 * `resizeLabelMap`) would give, to the last bit.
 */
import { type AxisWeights, axisWeights, FRACTION_BITS, HALF, nearestIndices } from '../../image/axis-weights.ts';
import { type Image, image } from '../../image/image.ts';
import { type ByteLabels, byteLabels, type Window } from './view.ts';

/** The window of the image brought to `width` x `height` by Pillow's bilinear filter (antialiased where it shrinks). */
export function resampleImageWindow(source: Image, width: number, height: number, window: Window): Image {
  const columns = axisWeights(source.width, width, 'bilinear', window.left, window.width);
  const rows = axisWeights(source.height, height, 'bilinear', window.top, window.height);
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

/** The rows `top` ... `bottom` - 1 of the image, resized across. The filter never overshoots, so nothing is clamped. */
function acrossColumns(source: Image, axis: AxisWeights, width: number, top: number, bottom: number): Uint8Array {
  const { first, count, weights, stride } = axis;
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

function acrossRows(input: Uint8Array, axis: AxisWeights, rowBytes: number, height: number, top: number): Uint8Array {
  const { first, count, weights, stride } = axis;
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
