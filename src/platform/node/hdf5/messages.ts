/** What passes between threads where a file of HDF5 is read: arrays as they are, numbers as bytes that change hands. */
import type { MatArray, MatNumbers } from '../../../data/mat/arrays.ts';

export interface Hdf5Request {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the file is called in messages. */
  readonly name: string;
}

export type Hdf5Answer =
  | { readonly kind: 'variables'; readonly variables: ReadonlyMap<string, SentArray> }
  /** What our own checks found; nothing is wrong with the library. */
  | { readonly kind: 'refusal'; readonly message: string }
  /** What the library stumbled on; what it holds in memory is not to be relied on. */
  | { readonly kind: 'failure'; readonly message: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string | undefined };

export type Numbers =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** As an array of a MAT file, with numbers that were read already. */
export type SentArray =
  | Exclude<MatArray, { readonly kind: 'numbers' | 'cells' | 'structs' }>
  | (Omit<MatNumbers, 'values'> & { readonly numbers: Numbers })
  | { readonly kind: 'cells'; readonly dimensions: readonly number[]; readonly cells: readonly SentArray[] }
  | {
      readonly kind: 'structs';
      readonly dimensions: readonly number[];
      readonly structs: readonly ReadonlyMap<string, SentArray>[];
    };

/** @param memories gets the memory of all numbers, which is handed over rather than copied. */
export function sentArray(array: MatArray, memories: ArrayBuffer[]): SentArray {
  switch (array.kind) {
    case 'numbers': {
      const numbers = array.values() as Numbers;
      memories.push(numbers.buffer);
      const { kind, type, dimensions } = array;
      return { kind, type, dimensions, numbers };
    }
    case 'cells':
      return { ...array, cells: array.cells.map((cell) => sentArray(cell, memories)) };
    case 'structs':
      return {
        ...array,
        structs: array.structs.map((fields) => mapped(fields, (field) => sentArray(field, memories))),
      };
    default:
      return array;
  }
}

export function receivedArray(array: SentArray): MatArray {
  switch (array.kind) {
    case 'numbers': {
      const { kind, type, dimensions, numbers } = array;
      return { kind, type, dimensions, values: () => numbers };
    }
    case 'cells':
      return { ...array, cells: array.cells.map(receivedArray) };
    case 'structs':
      return { ...array, structs: array.structs.map((fields) => mapped(fields, receivedArray)) };
    default:
      return array;
  }
}

/** The same names with other values. */
export const mapped = <A, B>(values: ReadonlyMap<string, A>, change: (value: A) => B): Map<string, B> =>
  new Map([...values].map(([name, value]) => [name, change(value)]));
