import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Matrix, TILES, type Tile, transposed, winogradMatrices } from './matrices.ts';

/** The smallest number whose product with all kernel matrices' elements is whole. */
const DENOMINATORS: Readonly<Record<Tile, number>> = { 2: 2 ** 2, 4: 24 ** 2, 6: 90 ** 2 };

const product = ({ rows, columns, numbers }: Matrix, vector: readonly number[]): number[] =>
  Array.from({ length: rows }, (_, row) =>
    vector.reduce((sum, value, column) => sum + (numbers[row * columns + column] as number) * value, 0),
  );

/** y[i, j] = sum of w[a, b] x[i + a, j + b]. */
function correlation(x: readonly number[], w: readonly number[], tile: Tile): number[] {
  const side = tile + 2;
  return Array.from({ length: tile ** 2 }, (_, at) => {
    const [row, column] = [Math.floor(at / tile), at % tile];
    return w.reduce(
      (sum, tap, index) => sum + tap * (x[(row + Math.floor(index / 3)) * side + column + (index % 3)] as number),
      0,
    );
  });
}

const whole = (length: number) => fc.array(fc.integer({ min: -99, max: 99 }), { minLength: length, maxLength: length });

describe.each(TILES)('the matrices of F(%i x %i, 3 x 3)', (tile) => {
  const { input, kernel, output } = winogradMatrices(tile);
  const side = tile + 2;
  const denominator = DENOMINATORS[tile];
  const enlarged: Matrix = { ...kernel, numbers: kernel.numbers.map((number) => Math.round(number * denominator)) };

  test('have the extents of the tile, the kernel and the outputs', () => {
    const extents = [input, kernel, output].map(({ rows, columns, numbers }) => [rows, columns, numbers.length]);
    expect(extents).toEqual([
      [side ** 2, side ** 2, side ** 4],
      [side ** 2, 9, 9 * side ** 2],
      [tile ** 2, side ** 2, tile ** 2 * side ** 2],
    ]);
  });

  test('give the correlation of a tile with a kernel, exactly', () => {
    // Whole numbers (and quarters of quarters in the input matrix) are exact in float64: nothing is rounded on the way.
    fc.assert(
      fc.property(whole(side ** 2), whole(9), (x, w) => {
        const [tiles, kernels] = [product(input, x), product(enlarged, w)];
        const y = product(
          output,
          tiles.map((value, position) => value * (kernels[position] as number)),
        );
        expect(y.map((value) => value / denominator + 0)).toEqual(correlation(x, w, tile).map((value) => value + 0));
      }),
    );
  });

  test('have kernel elements that are fractions of a common denominator, to the last digits of float64', () => {
    const errors = kernel.numbers.map((number, at) =>
      Math.abs(number * denominator - (enlarged.numbers[at] as number)),
    );
    expect(Math.max(...errors)).toBeLessThan(1e-12);
    expect(enlarged.numbers.some((number) => number % 2 !== 0)).toBe(true);
  });

  test('have input and output elements that float32 holds exactly', () => {
    for (const { numbers } of [input, output]) expect([...Float32Array.from(numbers)]).toEqual([...numbers]);
  });

  test('are made once', () => {
    expect(winogradMatrices(tile)).toBe(winogradMatrices(tile));
  });
});

test('a transposed matrix has rows and columns exchanged, and transposed again is as it was', () => {
  const matrix: Matrix = { rows: 2, columns: 3, numbers: Float64Array.of(1, 2, 3, 4, 5, 6) };
  expect(transposed(matrix)).toEqual({ rows: 3, columns: 2, numbers: Float64Array.of(1, 4, 2, 5, 3, 6) });
  expect(transposed(transposed(matrix))).toEqual(matrix);
});
