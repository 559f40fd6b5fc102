/** What the Resize operator computes along one axis, as a matrix. */
import { type CoordinateTransformation, CUBIC_COEFFICIENT, type ResizeAttributes } from './resize.ts';

/**
 * The matrix [to, from], row-major, that takes `from` samples to `to` interpolated ones. Positions are computed in float32,
 * as the engine does, so that rounding falls on the same side.
 */
export function interpolationMatrix(
  from: number,
  to: number,
  mode: ResizeAttributes['mode'],
  coordinates: CoordinateTransformation,
): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    for (const [column, weight] of KERNELS[mode](POSITIONS[coordinates](row, from, to), from)) {
      // Samples beyond the border repeat the one at the border.
      const at = row * from + Math.min(Math.max(column, 0), from - 1);
      matrix[at] = (matrix[at] as number) + weight;
    }
  }
  return matrix;
}

const { fround } = Math;

/** Where an output sample lies among the input samples. */
const POSITIONS: Readonly<Record<CoordinateTransformation, (index: number, from: number, to: number) => number>> = {
  align_corners: (index, from, to) => (to === 1 ? 0 : fround(fround(index * (from - 1)) / (to - 1))),
  half_pixel: (index, from, to) => fround(fround((index + 0.5) / fround(to / from)) - 0.5),
};

type Kernel = (position: number, from: number) => readonly (readonly [column: number, weight: number])[];

/** The samples around a position, and their weights. */
const KERNELS: Readonly<Record<ResizeAttributes['mode'], Kernel>> = {
  linear(position, from) {
    const inside = Math.min(Math.max(position, 0), from - 1);
    const left = Math.floor(inside);
    const right = fround(inside - left);
    return [
      [left, 1 - right],
      [left + 1, right],
    ];
  },
  cubic(position) {
    const left = Math.floor(position);
    return [-1, 0, 1, 2].map((offset) => [left + offset, cubic(Math.abs(position - left - offset))] as const);
  },
};

/** Keys's cubic convolution kernel at a distance of up to 2 samples. */
function cubic(distance: number): number {
  const a = CUBIC_COEFFICIENT;
  return distance <= 1
    ? ((a + 2) * distance - (a + 3)) * distance ** 2 + 1
    : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}
