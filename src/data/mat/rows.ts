/** Matrices of MAT files as label maps. */
import { FormatError } from '../../errors.ts';
import type { LabelMap } from '../../image/label-map.ts';
import { PIXELS } from '../../limits.ts';
import { describeMat, type MatArray } from './arrays.ts';

const HIGHEST_ID = 65_535;

/**
 * A matrix row after row, where MATLAB has columns.
 * @param what the matrix in messages, with its file.
 * @throws FormatError if it is none with two sides, or has a number that is no id from 0 to 65535.
 */
export function rowsOf(array: MatArray, what: string): LabelMap {
  const [height = 0, width = 0, ...others] = array.dimensions;
  if (array.kind !== 'numbers' || others.length > 0 || width * height === 0 || width * height > PIXELS) {
    throw new FormatError(`${what} is ${describeMat(array)}, but a matrix of ids is needed, a number a pixel.`);
  }
  const values = array.values();
  const data = values instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const value = values[x * height + y] as number;
      if (!(Number.isInteger(value) && value >= 0 && value <= HIGHEST_ID)) {
        throw new FormatError(
          `${what} has ${value} in row ${y + 1} and column ${x + 1}, which is no id: they are whole numbers from 0 to ${HIGHEST_ID}.`,
        );
      }
      data[y * width + x] = value;
    }
  }
  return { width, height, data };
}
