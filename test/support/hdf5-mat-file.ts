/** Writes MAT files of version 7.3 by h5wasm, as MATLAB lays them out, for tests. */
import { File, type Group, ready, type Reference } from 'h5wasm';
import type { MatArray, MatNumbers } from '../../src/data/mat/arrays.ts';
import { readMat } from '../../src/data/mat/read-mat.ts';
import { hdf5MatReader } from '../../src/platform/node/hdf5/read-hdf5-mat.ts';

/** The script of the reader's thread, which runs from the build. */
export const HDF5_WORKER = new URL('../../dist/platform/node/hdf5/hdf5-worker.js', import.meta.url);

/** What Node reads such files by. */
export const readHdf5Mat = hdf5MatReader({ worker: HDF5_WORKER });

/** What MATLAB writes before HDF5's own bytes. */
const HEADER = 512;

export function withHeader(hdf5: Uint8Array): Uint8Array {
  const file = new Uint8Array(HEADER + hdf5.length);
  file.set(new TextEncoder().encode('MATLAB 7.3 MAT-file, drawn for a test'.padEnd(116)));
  file.set([0, 2, 0x49, 0x4d], 124);
  file.set(hdf5, HEADER);
  return file;
}

/** A file with what is put into it. */
export async function hdf5File(put: (file: File) => void): Promise<Uint8Array> {
  const { FS } = await ready;
  const file = new File('/written.mat', 'w');
  put(file);
  file.close();
  const bytes = FS.readFile('/written.mat').slice();
  FS.unlink('/written.mat');
  return withHeader(bytes);
}

/** The same variables as in a file of level 5. */
export async function asHdf5(level5: Uint8Array, isCompressed = false): Promise<Uint8Array> {
  const variables = await readMat(level5, 'drawn');
  return hdf5File((file) => {
    const writer = new Writer(file, isCompressed);
    for (const [name, array] of variables) writer.put(file, name, array);
  });
}

const STORED: Readonly<Record<string, (values: ArrayLike<number>) => object>> = {
  double: (values) => Float64Array.from(values),
  single: (values) => Float32Array.from(values),
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  logical: (values) => Uint8Array.from(values),
  int16: (values) => Int16Array.from(values),
  uint16: (values) => Uint16Array.from(values),
  int32: (values) => Int32Array.from(values),
  uint32: (values) => Uint32Array.from(values),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
  uint64: (values) => BigUint64Array.from(Array.from(values, BigInt)),
};

class Writer {
  readonly #file: File;
  readonly #isCompressed: boolean;
  #references = 0;

  constructor(file: File, isCompressed: boolean) {
    this.#file = file;
    this.#isCompressed = isCompressed;
    file.create_group('#refs#');
  }

  put(group: Group, name: string, array: MatArray): void {
    const count = array.dimensions.reduce((product, each) => product * each, 1);
    if (array.kind === 'other') throw new Error(`The test has a ${array.type}, which is not written.`);
    const className = { text: 'char', cells: 'cell', structs: 'struct', numbers: (array as MatNumbers).type }[
      array.kind
    ];
    const [struct] = array.kind === 'structs' ? array.structs : [];
    if (count === 0) {
      const dimensions = BigUint64Array.from(array.dimensions, BigInt);
      const dataset = group.create_dataset({ name, data: dimensions });
      dataset.create_attribute('MATLAB_empty', Uint8Array.of(1), [], '<B');
      sayClass(dataset, className);
    } else if (array.kind === 'structs' && struct && count === 1) {
      const inner = group.create_group(name);
      sayClass(inner, className);
      for (const [field, value] of struct) this.put(inner, field, value);
    } else if (array.kind === 'structs' && struct) {
      const inner = group.create_group(name);
      sayClass(inner, className);
      for (const field of struct.keys()) {
        this.#putReferences(
          inner,
          field,
          array.structs.map((each) => each.get(field) as MatArray),
          array.dimensions,
        );
      }
    } else if (array.kind === 'cells') {
      this.#putReferences(group, name, array.cells, array.dimensions);
      sayClass(group.get(name) as Group, className);
    } else {
      const values =
        array.kind === 'text' ? [...array.text].map((letter) => letter.charCodeAt(0)) : (array as MatNumbers).values();
      const data = STORED[array.kind === 'text' ? 'uint16' : className]?.(values) as Uint8Array;
      const shape = array.dimensions.toReversed();
      const packing = this.#isCompressed ? { chunks: shape, compression: 'gzip' as const } : {};
      sayClass(group.create_dataset({ name, data, shape, ...packing }), className);
    }
  }

  #putReferences(group: Group, name: string, values: readonly MatArray[], dimensions: readonly number[]): void {
    const references: Reference[] = values.map((value) => {
      const at = `r${this.#references++}`;
      this.put(this.#file.get('#refs#') as Group, at, value);
      return (this.#file.get(`#refs#/${at}`) as Group).create_reference();
    });
    group.create_dataset({ name, data: references, shape: dimensions.toReversed() });
  }
}

/** As MATLAB does: a text of fixed length. */
export const sayClass = (object: Pick<Group, 'create_attribute'>, className: string): void =>
  object.create_attribute('MATLAB_class', className, [], `A${className.length}`);
