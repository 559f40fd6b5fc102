/** Softening, as if out of focus. */
import * as z from 'zod';
import { type Image, image } from '../../image/image.ts';
import { probability } from './flip.ts';
import { between, transformKind } from './transform.ts';
import { wholeOf, withImage } from './view.ts';

const sigma = z.number().positive().max(20);

/** Blurs the image by a Gaussian whose deviation, in pixels, is drawn evenly from a range; the mask stays. */
export const blur = transformKind({
  name: 'blur',
  options: z.strictObject({
    sigma: z.tuple([sigma, sigma]).refine(([low, high]) => low <= high, { error: 'has its larger number first' }),
    probability: probability.default(0.5),
  }),
  create: (options) => (view, random) => {
    if (random.uniform() >= options.probability) return view;
    return withImage(view, gaussian(view.image(wholeOf(view)), between(random, options.sigma)));
  },
});

/** The kernel ends where it has less than about a hundredth of its height. */
const RADIUS_PER_SIGMA = 3;

/** Weights are fixed-point numbers that add up to one: a flat image stays as it is. */
const FRACTION_BITS = 16;
const HALF = 1 << (FRACTION_BITS - 1);

function gaussian(source: Image, deviation: number): Image {
  const radius = Math.max(1, Math.round(RADIUS_PER_SIGMA * deviation));
  const weights = weightsOf(radius, deviation);
  const { width, height, data } = source;
  const bytes = width * 3;
  const across = new Uint8Array(data.length);
  const line = new Uint8Array((width + 2 * radius) * 3);
  const sums = new Int32Array(bytes);
  for (let y = 0; y < height; y++) {
    fillLine(line, data.subarray(y * bytes, (y + 1) * bytes), radius);
    sums.fill(HALF);
    for (let k = 0; k < weights.length; k++) addWeighted(sums, line, k * 3, weights[k] as number);
    for (let i = 0; i < bytes; i++) across[y * bytes + i] = (sums[i] as number) >> FRACTION_BITS;
  }
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < weights.length; k++) {
      const row = Math.min(Math.max(y + k - radius, 0), height - 1);
      addWeighted(sums, across, row * bytes, weights[k] as number);
    }
    for (let i = 0; i < bytes; i++) result[y * bytes + i] = (sums[i] as number) >> FRACTION_BITS;
  }
  return image(width, height, result);
}

function weightsOf(radius: number, deviation: number): Int32Array {
  const exact = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)));
  const sum = exact.reduce((total, weight) => total + weight, 0);
  const weights = Int32Array.from(exact, (weight) => Math.round((weight / sum) * (1 << FRACTION_BITS)));
  const rest = (1 << FRACTION_BITS) - weights.reduce((total, weight) => total + weight, 0);
  weights[radius] = (weights[radius] as number) + rest;
  return weights;
}

/** Adds as many bytes as there are sums, from `start` on, times the weight. */
function addWeighted(sums: Int32Array, bytes: Uint8Array, start: number, weight: number): void {
  for (let i = 0; i < sums.length; i++) {
    sums[i] = ((sums[i] as number) + Math.imul(bytes[start + i] as number, weight)) | 0;
  }
}

/** A row of pixels with its first and last one repeated `radius` times. */
function fillLine(line: Uint8Array, row: Uint8Array, radius: number): void {
  line.set(row, radius * 3);
  for (let i = 0; i < radius; i++) {
    line.set(row.subarray(0, 3), i * 3);
    line.set(row.subarray(row.length - 3), radius * 3 + row.length + i * 3);
  }
}
