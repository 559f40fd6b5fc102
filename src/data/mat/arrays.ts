/** What a variable of a MAT file is. Elements stand column after column, as MATLAB has them. */

/** The classes of numbers by their number in an array's flags. */
export const NUMBER_CLASSES: Readonly<Record<number, string>> = {
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
};

/** A numeric or logical array. */
export interface MatNumbers {
  readonly kind: 'numbers';
  /** The class in MATLAB's words, such as `uint16`; `logical` where it is marked so. */
  readonly type: string;
  readonly dimensions: readonly number[];
  /** Decoded when asked for: a file may have many large arrays of which few are wanted. */
  readonly values: () => ArrayLike<number>;
}

/** An array of characters. */
export interface MatText {
  readonly kind: 'text';
  readonly dimensions: readonly number[];
  readonly text: string;
}

/** A cell array, each of whose elements may be of another kind. */
export interface MatCells {
  readonly kind: 'cells';
  readonly dimensions: readonly number[];
  readonly cells: readonly MatArray[];
}

/** An array of structs, each a map from its fields' names. */
export interface MatStructs {
  readonly kind: 'structs';
  readonly dimensions: readonly number[];
  readonly structs: readonly ReadonlyMap<string, MatArray>[];
}

/** An array of a class that is not read, such as sparse ones and objects. */
export interface MatOther {
  readonly kind: 'other';
  readonly type: string;
  readonly dimensions: readonly number[];
}

/** A variable of a MAT file, or what a cell or a field of one holds. */
export type MatArray = MatNumbers | MatText | MatCells | MatStructs | MatOther;

/** `a 3x4 matrix of uint16`, `a 1x7 cell array`: what an array is, in messages. */
export function describeMat(array: MatArray): string {
  const size = array.dimensions.join('x');
  const kinds = {
    numbers: () => `a ${size} matrix of ${(array as MatNumbers).type}`,
    text: () => `a ${size} text`,
    cells: () => `a ${size} cell array`,
    structs: () => `a ${size} struct`,
    other: () => `a ${size} ${(array as MatOther).type}, which is not read`,
  };
  return kinds[array.kind]();
}
