/** How much a MAT file of labels may ask for, whichever version it has. */
import { FormatError } from '../../errors.ts';
import { MAT_ARRAYS, MAT_BYTES } from '../../limits.ts';

/** What is counted while a file is read. */
export interface CountedFile {
  /** In messages. */
  readonly name: string;
  /** Arrays that were made, and bytes of their values. */
  readonly taken: { arrays: number; bytes: number };
}

const MOST_NESTED = 16;

/** Deflate makes at most 1032 bytes of one. */
const MOST_DEFLATED = 1032;

/**
 * Counts arrays before they are read.
 * @param depth how many arrays these are in.
 * @throws FormatError if there are more, or deeper ones, than may be.
 */
export function takeArrays({ name, taken }: CountedFile, count: number, depth: number): void {
  taken.arrays += count;
  if (taken.arrays <= MAT_ARRAYS && depth <= MOST_NESTED) return;
  throw new FormatError(
    `${name}: the MAT file has more than ${depth > MOST_NESTED ? `${MOST_NESTED} arrays in one another` : `${MAT_ARRAYS} arrays`}, which are the most. Save the labels of one image a file.`,
  );
}

/**
 * Counts bytes before they are unpacked.
 * @param packed the bytes that they are unpacked from.
 * @throws FormatError if they are more than may be, or than can be.
 */
export function takeBytes({ name, taken }: CountedFile, length: number, packed: number): void {
  taken.bytes += length;
  if (taken.bytes > MAT_BYTES) {
    throw new FormatError(
      `${name}: the MAT file would unpack to ${taken.bytes} bytes, but ${MAT_BYTES} are the most. Save the labels of one image a file.`,
    );
  }
  if (length > packed * MOST_DEFLATED) {
    throw new FormatError(
      `${name}: the MAT file is damaged: ${packed} compressed bytes cannot unpack to the ${length} that they say. Copy it anew.`,
    );
  }
}
