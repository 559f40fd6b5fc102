/**
 * The elements that MAT files of level 5 are made of: a tag with type and bytes, then the data. Source: "MAT-File Format",
 * MathWorks, chapter 1.
 */
import { Unzlib } from 'fflate';
import { FormatError, messageOf } from '../../errors.ts';
import { type CountedFile, takeBytes } from './bounds.ts';

export const COMPRESSED = 15;
export const MATRIX = 14;

export interface MatElement {
  readonly type: number;
  readonly data: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/** What all parts of a file share. */
export interface MatFile extends CountedFile {
  readonly isLittleEndian: boolean;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @throws FormatError if the bytes end before the element does. */
export function readElement({ name, isLittleEndian }: MatFile, bytes: Uint8Array, at: number): MatElement {
  if (at + 8 > bytes.length) {
    throw new FormatError(`${name}: the MAT file is cut off where an element should begin. Copy it anew.`);
  }
  const view = viewOf(bytes);
  const first = view.getUint32(at, isLittleEndian);
  // Up to four bytes stand in the tag itself.
  const small = first >>> 16;
  if (small > 0) {
    if (small > 4) {
      throw new FormatError(
        `${name}: the MAT file is damaged: a short element says ${small} bytes, but 4 are the most.`,
      );
    }
    return { type: first & 0xffff, data: bytes.subarray(at + 4, at + 4 + small), end: at + 8 };
  }
  const length = view.getUint32(at + 4, isLittleEndian);
  const start = at + 8;
  if (start + length > bytes.length) {
    throw new FormatError(
      `${name}: the MAT file is cut off: an element says ${length} bytes, and ${bytes.length - start} are left. Copy it anew.`,
    );
  }
  const padded = first === COMPRESSED ? length : Math.ceil(length / 8) * 8;
  return { type: first, data: bytes.subarray(start, start + length), end: Math.min(start + padded, bytes.length) };
}

const PORTION = 16 * 1024;

/**
 * The element in a compressed one. What comes after it is not unpacked.
 * @throws FormatError if the data is damaged, ends before its own tag says, or has more bytes than may be.
 */
export function unpackElement(file: MatFile, packed: Uint8Array): MatElement {
  const { name, isLittleEndian } = file;
  let unpacked = new Uint8Array(8);
  let filled = 0;
  let isTagRead = false;
  const take = (portion: Uint8Array) => {
    const part = portion.subarray(0, unpacked.length - filled);
    unpacked.set(part, filled);
    filled += part.length;
    if (filled < unpacked.length || isTagRead) return;
    isTagRead = true;
    const tag = unpacked;
    const length = viewOf(tag).getUint32(4, isLittleEndian);
    takeBytes(file, length, packed.length);
    unpacked = new Uint8Array(8 + length);
    unpacked.set(tag);
    take(portion.subarray(part.length));
  };
  try {
    const unzlib = new Unzlib(take);
    for (let from = 0; from < packed.length && filled < unpacked.length; from += PORTION) {
      unzlib.push(packed.subarray(from, from + PORTION), from + PORTION >= packed.length);
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`${name}: the MAT file's compressed data is damaged: ${messageOf(error)}. Copy it anew.`, {
      cause: error,
    });
  }
  if (filled < unpacked.length) {
    throw new FormatError(
      `${name}: the MAT file's compressed data ends after ${filled} of ${unpacked.length} bytes. Copy it anew.`,
    );
  }
  return readElement(file, unpacked, 0);
}
