/** The variables of MATLAB's files, of whichever version. */
import { FormatError } from '../../errors.ts';
import type { MatArray } from './arrays.ts';
import { readLevel5 } from './level-5.ts';

/**
 * Reads MAT files of version 7.3, which are HDF5; a platform that can brings it along.
 * @param name what the file is called in messages.
 * @throws FormatError naming the file if it is damaged, cut off or asks for too much memory; RuntimeError if what reads HDF5 is not
 * installed.
 */
export type ReadHdf5Mat = (bytes: Uint8Array, name: string) => Promise<ReadonlyMap<string, MatArray>>;

const startOf = (bytes: Uint8Array, length: number): string => String.fromCharCode(...bytes.subarray(0, length));

/** Whether a file says of itself that it is one of MATLAB, of whichever version. */
export const isMat = (bytes: Uint8Array): boolean => startOf(bytes, 7) === 'MATLAB ' || isHdf5(bytes);

/** MATLAB's own have a header before HDF5's. */
const isHdf5 = (bytes: Uint8Array): boolean =>
  startOf(bytes, 9) === 'MATLAB 7.' || startOf(bytes.subarray(1), 3) === 'HDF';

/**
 * The variables of a file by name.
 * @throws FormatError naming the file if it is damaged, cut off, asks for too much memory or is HDF5 that nothing here reads.
 */
export async function readMat(
  bytes: Uint8Array,
  name: string,
  readHdf5Mat?: ReadHdf5Mat,
): Promise<ReadonlyMap<string, MatArray>> {
  if (!isHdf5(bytes)) return readLevel5(bytes, name);
  if (readHdf5Mat) return readHdf5Mat(bytes, name);
  throw new FormatError(
    `${name}: this is a MAT file of version 7.3, which is read only in folders of a computer, not in a page. Open it in MATLAB and save its labels, an image a file, with save(..., '-v7').`,
  );
}
