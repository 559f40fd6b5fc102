/**
 * Resizing of 8-bit images, equal to the last bit to Pillow's `Image.resize`, on which the networks were trained.
 *
 * Each output pixel is a weighted mean of the input pixels under a filter centered on it. When shrinking, the filter is
 * stretched by the factor, so that every input pixel counts (antialiasing). Weights are fixed-point numbers with 22
 * fractional bits. Rows are resized first, rounded to 8 bits, then columns.
 */
import {
  type AxisWeights,
  axisWeights,
  FRACTION_BITS,
  HALF,
  type InterpolatingFilter,
  nearestIndices,
} from './axis-weights.ts';
import { checkSides, type Image, image } from './image.ts';
import { type LabelMap, labelMap } from './label-map.ts';

/** How pixels between pixels are made: a triangle, a cubic (a = -0.5), or the nearest one. */
export type ResampleFilter = InterpolatingFilter | 'nearest';

/**
 * The image at another size. The input is returned as it is if it has that size already.
 * @throws ShapeError if the sides are not whole numbers above 0.
 */
export function resizeImage(source: Image, width: number, height: number, filter: ResampleFilter): Image {
  checkSides('Resizing', width, height);
  if (source.width === width && source.height === height) return source;
  if (filter === 'nearest') return nearestImage(source, width, height);
  const narrowed = source.width === width ? source : resizeRows(source, axisWeights(source.width, width, filter));
  return source.height === height ? narrowed : resizeColumns(narrowed, axisWeights(source.height, height, filter));
}

/**
 * The label map at another size, by the nearest pixel, as `Image.resize` with NEAREST does.
 * @throws ShapeError if the sides are not whole numbers above 0.
 */
export function resizeLabelMap(source: LabelMap, width: number, height: number): LabelMap {
  checkSides('Resizing', width, height);
  if (source.width === width && source.height === height) return source;
  const columns = nearestIndices(source.width, width);
  const rows = nearestIndices(source.height, height);
  const data = source.data instanceof Uint16Array ? new Uint16Array(width * height) : new Uint8Array(width * height);
  let target = 0;
  for (const row of rows) {
    const start = row * source.width;
    for (const column of columns) data[target++] = source.data[start + column] as number;
  }
  return labelMap(width, height, data);
}

function nearestImage(source: Image, width: number, height: number): Image {
  const columns = nearestIndices(source.width, width);
  const rows = nearestIndices(source.height, height);
  const data = new Uint8Array(width * height * 3);
  let target = 0;
  for (const row of rows) {
    for (const column of columns) {
      const start = (row * source.width + column) * 3;
      data[target++] = source.data[start] as number;
      data[target++] = source.data[start + 1] as number;
      data[target++] = source.data[start + 2] as number;
    }
  }
  return image(width, height, data);
}

/** A fixed-point sum as a byte; the cubic overshoots on both sides. */
function toByte(sum: number): number {
  return Math.max(0, Math.min(sum >> FRACTION_BITS, 255));
}

function resizeRows(source: Image, axis: AxisWeights): Image {
  const { first, count, weights, stride, length } = axis;
  const input = source.data;
  const data = new Uint8Array(length * source.height * 3);
  let target = 0;
  for (let y = 0; y < source.height; y++) {
    const row = y * source.width * 3;
    for (let x = 0; x < length; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = row + (first[x] as number) * 3;
      const weightEnd = x * stride + (count[x] as number);
      for (let k = x * stride; k < weightEnd; k++) {
        const weight = weights[k] as number;
        red = (red + (input[from] as number) * weight) | 0;
        green = (green + (input[from + 1] as number) * weight) | 0;
        blue = (blue + (input[from + 2] as number) * weight) | 0;
        from += 3;
      }
      data[target] = toByte(red);
      data[target + 1] = toByte(green);
      data[target + 2] = toByte(blue);
      target += 3;
    }
  }
  return image(length, source.height, data);
}

function resizeColumns(source: Image, axis: AxisWeights): Image {
  const { first, count, weights, stride, length } = axis;
  const input = source.data;
  const bytes = source.width * 3;
  const data = new Uint8Array(bytes * length);
  // Whole rows at a time: memory is read in order, whatever the number of weights.
  const sums = new Int32Array(bytes);
  for (let y = 0; y < length; y++) {
    sums.fill(HALF);
    for (let k = 0; k < (count[y] as number); k++) {
      const weight = weights[y * stride + k] as number;
      const from = ((first[y] as number) + k) * bytes;
      for (let i = 0; i < bytes; i++) {
        sums[i] = ((sums[i] as number) + (input[from + i] as number) * weight) | 0;
      }
    }
    const target = y * bytes;
    for (let i = 0; i < bytes; i++) data[target + i] = toByte(sums[i] as number);
  }
  return image(source.width, length, data);
}
