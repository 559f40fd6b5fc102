/** Which input pixels make output pixels along one axis, and how much of each: for whole images and for parts of them. */

/** A filter that makes pixels between pixels. */
export type InterpolatingFilter = 'bilinear' | 'bicubic';

/** A filter that is zero from `radius` on, in input pixels. */
interface Kernel {
  readonly radius: number;
  readonly at: (distance: number) => number;
}

const KERNELS: Readonly<Record<InterpolatingFilter, Kernel>> = {
  bilinear: { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { radius: 2, at: (x) => cubic(Math.abs(x), -0.5) },
};

/** Keys' cubic convolution kernel at a distance of at least 0, with its slope `a` at 1. */
function cubic(x: number, a: number): number {
  if (x >= 2) return 0;
  return x < 1 ? 1 + x * x * ((a + 2) * x - (a + 3)) : a * (x - 1) * (x - 2) * (x - 2);
}

/** 32 bits less 8 for the pixel and 2 for the sign and the overshoot of the cubic. */
export const FRACTION_BITS = 22;
export const HALF = 1 << (FRACTION_BITS - 1);

/** The input pixels of some output pixels, and their fixed-point weights, `stride` places each. */
export interface AxisWeights {
  readonly length: number;
  readonly stride: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
}

/** The weights of the `length` output pixels from `start` on, where `from` input pixels become `to`. Default: of all. */
export function axisWeights(
  from: number,
  to: number,
  filter: InterpolatingFilter,
  start = 0,
  length = to,
): AxisWeights {
  const kernel = KERNELS[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const radius = kernel.radius * stretch;
  const perStretch = 1 / stretch;
  const stride = Math.min(Math.ceil(radius) * 2 + 1, from);
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < length; i++) {
    const center = (start + i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - radius + 0.5));
    const end = Math.min(from, Math.trunc(center + radius + 0.5));
    let sum = 0;
    for (let k = 0; k < end - begin; k++) {
      const weight = kernel.at((k + begin - center + 0.5) * perStretch);
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < end - begin; k++) {
      const share = (exact[k] as number) / sum;
      weights[i * stride + k] = Math.trunc(share * (1 << FRACTION_BITS) + (share < 0 ? -0.5 : 0.5));
    }
    first[i] = begin;
    count[i] = end - begin;
  }
  return { length, stride, first, count, weights };
}

/**
 * The input pixel under the center of each of the `length` output pixels from `start` on. Default: of all. Pillow adds the step
 * up from the first pixel on instead of multiplying; so the same sum here.
 */
export function nearestIndices(from: number, to: number, start = 0, length = to): Int32Array {
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
