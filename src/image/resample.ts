/**
 * Resizing of 8-bit pictures, equal to the last bit to Pillow's `Image.resize`, on which the networks were trained.
 *
 * Each output pixel is a weighted mean of the input pixels under a filter centred on it. When shrinking, the filter is
 * stretched by the factor, so that every input pixel counts (antialiasing). Weights are fixed-point numbers with 22
 * fractional bits. Rows are resized first, rounded to 8 bits, then columns.
 */
import { checkSides, type Image, image } from './image.ts';
import { type LabelMap, labelMap } from './label-map.ts';

/** How pixels between pixels are made: a triangle, a cubic (a = -0.5), or the nearest one. */
export type ResampleFilter = 'bilinear' | 'bicubic' | 'nearest';

/** A filter that is zero from `radius` on, in input pixels. */
interface Kernel {
  readonly radius: number;
  readonly at: (distance: number) => number;
}

const KERNELS: Readonly<Record<Exclude<ResampleFilter, 'nearest'>, Kernel>> = {
  bilinear: { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { radius: 2, at: (x) => cubic(Math.abs(x), -0.5) },
};

/** Keys' cubic convolution kernel at a distance of at least 0, with its slope `a` at 1. */
function cubic(x: number, a: number): number {
  if (x >= 2) return 0;
  return x < 1 ? 1 + x * x * ((a + 2) * x - (a + 3)) : a * (x - 1) * (x - 2) * (x - 2);
}

/** 32 bits less 8 for the pixel and 2 for the sign and the overshoot of the cubic. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/**
 * The picture at another size. The input is returned as it is if it has that size already.
 * @throws ShapeError if the sides are not whole numbers above 0.
 */
export function resizeImage(source: Image, width: number, height: number, filter: ResampleFilter): Image {
  checkSides('Resizing', width, height);
  if (source.width === width && source.height === height) return source;
  if (filter === 'nearest') return nearestImage(source, width, height);
  const kernel = KERNELS[filter];
  const narrowed = source.width === width ? source : resizeRows(source, weightsFor(source.width, width, kernel));
  return source.height === height ? narrowed : resizeColumns(narrowed, weightsFor(source.height, height, kernel));
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

/** The input pixel under each output pixel's centre. Pillow adds the step up instead of multiplying; so the same sum here. */
function nearestIndices(from: number, to: number): Int32Array {
  const indices = new Int32Array(to);
  const step = from / to;
  let position = step * 0.5;
  for (let i = 0; i < to; i++) {
    indices[i] = Math.min(Math.trunc(position), from - 1);
    position += step;
  }
  return indices;
}

/** Which input pixels make each output pixel along one axis, and their fixed-point weights, `stride` places each. */
interface AxisWeights {
  readonly length: number;
  readonly stride: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
}

function weightsFor(from: number, to: number, kernel: Kernel): AxisWeights {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const radius = kernel.radius * stretch;
  const perStretch = 1 / stretch;
  const stride = Math.min(Math.ceil(radius) * 2 + 1, from);
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - radius + 0.5));
    const end = Math.min(from, Math.trunc(center + radius + 0.5));
    let sum = 0;
    for (let k = 0; k < end - start; k++) {
      const weight = kernel.at((k + start - center + 0.5) * perStretch);
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < end - start; k++) {
      const share = (exact[k] as number) / sum;
      weights[i * stride + k] = Math.trunc(share * (1 << FRACTION_BITS) + (share < 0 ? -0.5 : 0.5));
    }
    first[i] = start;
    count[i] = end - start;
  }
  return { length: to, stride, first, count, weights };
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
