/**
 * The variables of a MAT file of version 7.3. MATLAB has numbers and text as datasets, a struct as a group of its fields, and cell
 * arrays and struct arrays as references; attributes say which is which. HDF5's last dimension is MATLAB's first, so that elements
 * stand in MATLAB's order.
 */
import { type MatArray, NUMBER_CLASSES } from '../../../data/mat/arrays.ts';
import { takeArrays } from '../../../data/mat/bounds.ts';
import { MAT_ARRAYS } from '../../../limits.ts';
import type { Hdf5File, Stored } from './hdf5-file.ts';

const NUMBERS: readonly string[] = [...Object.values(NUMBER_CLASSES), 'logical'];

/**
 * The variables by name. Numbers are read when they are asked for, before the file is closed.
 * @throws FormatError if the file is damaged or has more than may be; Hdf5Failure if the library cannot read it.
 */
export function variablesOf(file: Hdf5File): ReadonlyMap<string, MatArray> {
  // What others refer to, and objects, are under names that no variable has.
  const names = file.names('/').filter((name) => !name.startsWith('#'));
  return new Map(names.map((name) => [name, arrayAt(file, `/${name}`, 0)]));
}

function arrayAt(file: Hdf5File, path: string, depth: number): MatArray {
  takeArrays(file, 1, depth);
  const kind = file.kindOf(path);
  if (kind === 'other') throw file.damaged(`${path} leads to nothing`);
  return kind === 'group' ? groupAt(file, path, depth) : datasetAt(file, path, depth);
}

function groupAt(file: Hdf5File, path: string, depth: number): MatArray {
  const rows = file.attribute(path, 'MATLAB_sparse');
  if (rows !== undefined) return other('sparse matrix', sparseDimensions(file, path, Number(rows)));
  const className = classOf(file, path);
  if (className !== 'struct') return other(notRead(className, 'group'), []);
  const fields = file.names(path).map((name) => ({ name, path: `${path}/${name}` }));
  const columns = fields.map((field) => ({ ...field, stored: listOfElements(file, field.path) }));
  if (columns.some(({ stored }) => stored !== undefined)) return structArray(file, path, columns, depth);
  const struct = new Map(fields.map((field) => [field.name, arrayAt(file, field.path, depth + 1)]));
  return { kind: 'structs', dimensions: [1, 1], structs: [struct] };
}

/** What a field of a struct array has: a reference an element, without a class. Those of a cell array say that they are one. */
function listOfElements(file: Hdf5File, path: string): Stored | undefined {
  if (file.kindOf(path) !== 'dataset' || classOf(file, path) !== undefined) return undefined;
  const stored = file.stored(path);
  return stored.kind === 'references' ? stored : undefined;
}

function structArray(
  file: Hdf5File,
  path: string,
  fields: readonly { readonly name: string; readonly path: string; readonly stored: Stored | undefined }[],
  depth: number,
): MatArray {
  const columns = fields.map(({ name, path: place, stored }) => {
    if (!stored) throw file.damaged(`${place} is not of a struct array, as others are`);
    return { name, stored, elements: elementsOf(file, place, stored, depth) };
  });
  const [first] = columns as [(typeof columns)[number], ...typeof columns];
  const different = columns.find(({ stored }) => stored.shape.join() !== first.stored.shape.join());
  if (different) {
    throw file.damaged(
      `${path} has ${first.stored.count} elements in ${first.name} and ${different.stored.count} in ${different.name}`,
    );
  }
  const structs = first.elements.map(
    (_, index) => new Map(columns.map(({ name, elements }) => [name, elements[index] as MatArray])),
  );
  return { kind: 'structs', dimensions: dimensionsOf(first.stored), structs };
}

function datasetAt(file: Hdf5File, path: string, depth: number): MatArray {
  const className = classOf(file, path);
  const stored = file.stored(path);
  // Of an empty array, and of structs without fields, the dimensions are stored.
  if (file.attribute(path, 'MATLAB_empty')) return emptyArray(file, path, className, stored);
  const dimensions = dimensionsOf(stored);
  if (className === 'cell') {
    if (stored.kind !== 'references') throw file.damaged(`the cell array ${path} has no references`);
    return { kind: 'cells', dimensions, cells: elementsOf(file, path, stored, depth) };
  }
  if (className !== 'char' && !NUMBERS.includes(className ?? '')) {
    return other(notRead(className, 'dataset'), dimensions);
  }
  if (stored.kind !== 'numbers') return other(`${className} of more than numbers`, dimensions);
  if (className === 'char') return { kind: 'text', dimensions, text: textOf(file, path, stored) };
  return { kind: 'numbers', type: className as string, dimensions, values: () => file.numbers(path, stored) };
}

function emptyArray(file: Hdf5File, path: string, className: string | undefined, stored: Stored): MatArray {
  if (stored.kind !== 'numbers' || stored.count > MOST_DIMENSIONS) {
    throw file.damaged(`the dimensions of ${path} are none`);
  }
  const dimensions = [...file.numbers(path, stored)];
  const count = dimensions.reduce((product, each) => product * each, 1);
  const isSound = dimensions.every((each) => Number.isSafeInteger(each) && each >= 0) && count <= MAT_ARRAYS;
  if (!isSound || (count > 0 && className !== 'struct')) throw file.damaged(`the dimensions of ${path} are none`);
  switch (className) {
    case 'char':
      return { kind: 'text', dimensions, text: '' };
    case 'cell':
      return { kind: 'cells', dimensions, cells: [] };
    case 'struct':
      return { kind: 'structs', dimensions, structs: Array.from({ length: count }, () => new Map()) };
    default:
      return NUMBERS.includes(className ?? '')
        ? { kind: 'numbers', type: className as string, dimensions, values: () => new Uint8Array(0) }
        : other(notRead(className, 'dataset'), dimensions);
  }
}

const MOST_DIMENSIONS = 32;

/** The arrays that a dataset refers to. */
const elementsOf = (file: Hdf5File, path: string, stored: Stored, depth: number): readonly MatArray[] =>
  file.references(path, stored).map((target) => (target === undefined ? NOTHING : arrayAt(file, target, depth + 1)));

/** What stands where nothing was put. */
const NOTHING: MatArray = { kind: 'numbers', type: 'double', dimensions: [0, 0], values: () => new Uint8Array(0) };

function textOf(file: Hdf5File, path: string, stored: Stored): string {
  const codes = file.numbers(path, stored);
  if (!(codes instanceof Uint16Array || codes instanceof Uint8Array))
    throw file.damaged(`the text ${path} has no letters`);
  return new TextDecoder('utf-16le').decode(Uint16Array.from(codes));
}

function classOf(file: Hdf5File, path: string): string | undefined {
  const name = file.attribute(path, 'MATLAB_class');
  if (typeof name === 'number') throw file.damaged(`the class of ${path} is a number`);
  return name;
}

function dimensionsOf({ shape }: Stored): readonly number[] {
  const [height = 1, width = 1, ...others] = shape.toReversed();
  return [height, width, ...others];
}

/** Columns begin at places of which there is one more. */
function sparseDimensions(file: Hdf5File, path: string, rows: number): readonly number[] {
  const starts = `${path}/jc`;
  return file.names(path).includes('jc') && file.kindOf(starts) === 'dataset'
    ? [rows, file.stored(starts).count - 1]
    : [rows];
}

const notRead = (className: string | undefined, what: string): string =>
  className === undefined ? `${what} of HDF5 that does not say MATLAB's class` : `object of class ${className}`;

const other = (type: string, dimensions: readonly number[]): MatArray => ({ kind: 'other', type, dimensions });
