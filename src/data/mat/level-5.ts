/** Reads MAT files of level 5, which MATLAB saves with -v7 and -v6: numbers, text, cell arrays and structs. */
import { FormatError } from '../../errors.ts';
import { MAT_ARRAYS } from '../../limits.ts';
import { type MatArray, NUMBER_CLASSES } from './arrays.ts';
import { takeArrays } from './bounds.ts';
import { COMPRESSED, type MatElement, type MatFile, MATRIX, readElement, unpackElement, viewOf } from './elements.ts';
import { numbersOf, textOf } from './values.ts';

const HEADER = 128;

const CELL = 1;
const STRUCT = 2;
const CHAR = 4;

/** Classes of arrays that are not read, by their number. */
const OTHER_CLASSES: Readonly<Record<number, string>> = {
  3: 'object',
  5: 'sparse matrix',
  16: 'function handle',
  17: 'object',
  18: 'object',
};

/**
 * The variables of a file by name.
 * @throws FormatError naming the file if it is damaged, cut off, of another version or asks for too much memory.
 */
export function readLevel5(bytes: Uint8Array, name: string): ReadonlyMap<string, MatArray> {
  const order = bytes.length < HEADER ? '' : String.fromCharCode(...bytes.subarray(HEADER - 2, HEADER));
  if (order !== 'IM' && order !== 'MI') {
    throw new FormatError(
      `${name}: this is no MAT file of version 5 to 7: ${bytes.length < HEADER ? `it has ${bytes.length} bytes, and the header alone has ${HEADER}` : "the header does not say the bytes' order"}. Copy it anew.`,
    );
  }
  const file: MatFile = { name, isLittleEndian: order === 'IM', taken: { arrays: 0, bytes: 0 } };
  const variables = new Map<string, MatArray>();
  for (let at = HEADER; at < bytes.length; ) {
    const element = readElement(file, bytes, at);
    const matrix = element.type === COMPRESSED ? unpackElement(file, element.data) : element;
    if (matrix.type === MATRIX) {
      const { name: variable, array } = readMatrix(file, matrix.data, 0);
      variables.set(variable, array);
    }
    at = element.end;
  }
  return variables;
}

interface Named {
  readonly name: string;
  readonly array: MatArray;
}

function readMatrix(file: MatFile, data: Uint8Array, depth: number): Named {
  const damaged = (what: string) => new FormatError(`${file.name}: the MAT file is damaged: ${what}. Copy it anew.`);
  takeArrays(file, 1, depth);
  // An empty element stands for an empty matrix.
  if (data.length === 0) return { name: '', array: numbersOf(file, 'double', [0, 0], noData, damaged) };
  let at = 0;
  const next = (): MatElement => {
    const element = readElement(file, data, at);
    at = element.end;
    return element;
  };
  const flags = next().data;
  if (flags.length !== 8) throw damaged('an array does not say its class');
  const word = viewOf(flags).getUint32(0, file.isLittleEndian);
  const type = word & 255;
  const isLogical = (word & 0x200) !== 0;
  if (type in OTHER_CLASSES && type > 15) return { name: '', array: other(type, []) };
  const dimensions = dimensionsOf(file, next().data);
  const count = dimensions?.reduce((product, each) => product * each, 1) ?? Number.NaN;
  if (dimensions === undefined || !Number.isSafeInteger(count)) throw damaged('the dimensions of an array are none');
  const name = latin(next().data);
  if (type in OTHER_CLASSES) return { name, array: other(type, dimensions) };
  if (type === CHAR) return { name, array: { kind: 'text', dimensions, text: textOf(file, next(), count, damaged) } };
  if (type === CELL) {
    return { name, array: { kind: 'cells', dimensions, cells: arrays(count) } };
  }
  if (type === STRUCT) {
    const fields = fieldNames(file, next().data, next().data);
    if (fields === undefined || count > MAT_ARRAYS) throw damaged('the fields of a struct are none');
    const values = arrays(count * fields.length);
    const structs = Array.from(
      { length: count },
      (_, index) =>
        new Map(fields.map((field, place) => [field, values[index * fields.length + place] as MatArray] as const)),
    );
    return { name, array: { kind: 'structs', dimensions, structs } };
  }
  const className = NUMBER_CLASSES[type];
  if (className === undefined) throw damaged(`an array has the class ${type}, which there is not`);
  return { name, array: numbersOf(file, isLogical ? 'logical' : className, dimensions, next(), damaged) };

  function arrays(wanted: number): MatArray[] {
    // Each has a tag of 8 bytes.
    if (wanted > (data.length - at) / 8) throw damaged(`${wanted} arrays are said to be in ${data.length - at} bytes`);
    return Array.from({ length: wanted }, () => {
      const element = next();
      if (element.type !== MATRIX) throw damaged(`an element of type ${element.type} stands where an array should`);
      return readMatrix(file, element.data, depth + 1).array;
    });
  }
}

const noData: MatElement = { type: 9, data: new Uint8Array(0), end: 0 };

const other = (type: number, dimensions: readonly number[]): MatArray => ({
  kind: 'other',
  type: OTHER_CLASSES[type] as string,
  dimensions,
});

const MOST_DIMENSIONS = 32;

function dimensionsOf({ isLittleEndian }: MatFile, data: Uint8Array): number[] | undefined {
  const count = data.length / 4;
  if (!Number.isInteger(count) || count < 2 || count > MOST_DIMENSIONS) return undefined;
  const view = viewOf(data);
  const dimensions = Array.from({ length: count }, (_, index) => view.getInt32(4 * index, isLittleEndian));
  return dimensions.every((each) => each >= 0) ? dimensions : undefined;
}

function latin(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 256)].map((byte) => String.fromCharCode(byte)).join('');
}

/** The names of a struct's fields, each in as many bytes, with zeros behind it. */
function fieldNames({ isLittleEndian }: MatFile, lengths: Uint8Array, names: Uint8Array): string[] | undefined {
  if (lengths.length !== 4) return undefined;
  const length = viewOf(lengths).getInt32(0, isLittleEndian);
  const count = names.length / length;
  if (!(length > 0 && length <= 256 && Number.isInteger(count))) return undefined;
  const fields = Array.from({ length: count }, (_, index) =>
    latin(names.subarray(index * length, (index + 1) * length)).replace(/\0.*$/s, ''),
  );
  return new Set(fields).size === fields.length ? fields : undefined;
}
