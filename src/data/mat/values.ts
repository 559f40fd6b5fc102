/** Numbers and text of MAT files, which may be stored in fewer bytes than their class has. */
import type { FormatError } from '../../errors.ts';
import type { MatNumbers } from './arrays.ts';
import { type MatElement, type MatFile, viewOf } from './elements.ts';

type Damaged = (what: string) => FormatError;

interface Storage {
  readonly bytes: number;
  readonly get: (view: DataView, at: number, isLittleEndian: boolean) => number;
}

/** How numbers are stored, by the type of their element. */
const STORAGES: Readonly<Record<number, Storage>> = {
  1: { bytes: 1, get: (view, at) => view.getInt8(at) },
  2: { bytes: 1, get: (view, at) => view.getUint8(at) },
  3: { bytes: 2, get: (view, at, little) => view.getInt16(at, little) },
  4: { bytes: 2, get: (view, at, little) => view.getUint16(at, little) },
  5: { bytes: 4, get: (view, at, little) => view.getInt32(at, little) },
  6: { bytes: 4, get: (view, at, little) => view.getUint32(at, little) },
  7: { bytes: 4, get: (view, at, little) => view.getFloat32(at, little) },
  9: { bytes: 8, get: (view, at, little) => view.getFloat64(at, little) },
  12: { bytes: 8, get: (view, at, little) => Number(view.getBigInt64(at, little)) },
  13: { bytes: 8, get: (view, at, little) => Number(view.getBigUint64(at, little)) },
};
const BYTES_OF_TEXT = [1, 2];
const UTF8 = 16;
const UTF16 = 17;

/** @throws FormatError if there are not as many numbers as the dimensions say. */
export function numbersOf(
  { isLittleEndian }: MatFile,
  type: string,
  dimensions: readonly number[],
  { type: stored, data }: MatElement,
  damaged: Damaged,
): MatNumbers {
  const count = dimensions.reduce((product, each) => product * each, 1);
  const storage = STORAGES[stored];
  if (!storage) throw damaged(`numbers are stored as type ${stored}, which there is not`);
  if (data.length !== count * storage.bytes) {
    throw damaged(
      `a matrix of ${dimensions.join('x')} takes ${count * storage.bytes} bytes, but ${data.length} are there`,
    );
  }
  const values = () => {
    if (storage.bytes === 1 && stored === 2) return data;
    const view = viewOf(data);
    return Float64Array.from({ length: count }, (_, index) => storage.get(view, index * storage.bytes, isLittleEndian));
  };
  return { kind: 'numbers', type, dimensions, values };
}

/** Rows of text after one another. @throws FormatError if it has another length than the dimensions say. */
export function textOf(
  { isLittleEndian }: MatFile,
  { type, data }: MatElement,
  count: number,
  damaged: Damaged,
): string {
  if (type === UTF8) return new TextDecoder().decode(data);
  const storage = type === UTF16 ? STORAGES[4] : STORAGES[type];
  if (!storage || data.length !== count * storage.bytes || (storage.bytes > 2 && count > 0)) {
    throw damaged(`a text of ${count} letters has ${data.length} bytes of type ${type}`);
  }
  if (BYTES_OF_TEXT.includes(type)) return new TextDecoder('latin1').decode(data);
  const view = viewOf(data);
  let text = '';
  for (let at = 0; at < data.length; at += storage.bytes)
    text += String.fromCharCode(storage.get(view, at, isLittleEndian));
  return text;
}
