/** A file of HDF5 in memory, of which nothing is read before it is known how much that is. */
import type { Attribute, Dataset, File, Metadata, ready, Reference } from 'h5wasm';
import { type CountedFile, takeArrays, takeBytes } from '../../../data/mat/bounds.ts';
import { FormatError, messageOf } from '../../../errors.ts';
import type { Numbers } from './messages.ts';

/** The parts of the library that are used. */
export interface Hdf5Library {
  readonly File: typeof File;
  readonly Dataset: typeof Dataset;
  readonly Attribute: typeof Attribute;
  readonly module: Awaited<typeof ready>;
}

/** What the library says of a file that it cannot read. */
export class Hdf5Failure extends Error {}

/** What of a dataset is known before its values are. */
export interface Stored {
  readonly kind: 'numbers' | 'references' | 'other';
  /** In HDF5's order, which is the other way round than MATLAB's. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly dataset: Dataset;
}

/** Within the library's own file system, where there is nothing else. */
const PATH = '/file.mat';
/** Where MATLAB has the elements of cell arrays, and of fields of struct arrays. */
const REFERENCED = '/#refs#';
/** Of a name; MATLAB's have 63. */
const MOST_LETTERS = 256;

/** Filters by number, each of which may be there once: they are what MATLAB writes. */
const FILTERS: readonly number[] = [
  // Deflate, shuffle, Fletcher's checksum.
  1, 2, 3,
];
/** Numbers of the classes that HDF5 has. */
const CLASSES = { integer: 0, float: 1, string: 3, reference: 7 } as const;
const SIZES: Readonly<Record<number, readonly number[]>> = {
  [CLASSES.integer]: [1, 2, 4, 8],
  [CLASSES.float]: [4, 8],
};

/** Opens a file for as long as something is done with it; nothing is left of it then. */
export function withHdf5File<T>(library: Hdf5Library, bytes: Uint8Array, name: string, work: (file: Hdf5File) => T): T {
  const { FS } = library.module;
  asked(() => FS.writeFile(PATH, bytes));
  try {
    const file = asked(() => new library.File(PATH, 'r'));
    try {
      return work(new Hdf5File(library, file.file_id, bytes.length, name));
    } finally {
      asked(() => file.close());
    }
  } finally {
    FS.unlink(PATH);
  }
}

export class Hdf5File implements CountedFile {
  readonly name: string;
  readonly taken = { arrays: 0, bytes: 0 };
  readonly #library: Hdf5Library;
  readonly #id: bigint;
  readonly #bytes: number;
  #referenced: ReadonlyMap<string, string> | undefined;
  /** Names of attributes, of what was asked for last. */
  #attributes: { readonly path: string; readonly names: readonly string[] } | undefined;

  constructor(library: Hdf5Library, id: bigint, bytes: number, name: string) {
    this.#library = library;
    this.#id = id;
    this.#bytes = bytes;
    this.name = name;
  }

  damaged(what: string): FormatError {
    return new FormatError(`${this.name}: the MAT file is damaged: ${what}. Copy it anew.`);
  }

  /** The names in a group. */
  names(group: string): readonly string[] {
    return asked(() => this.#library.module.get_names(this.#id, group, false));
  }

  kindOf(path: string): 'group' | 'dataset' | 'other' {
    const { module } = this.#library;
    const type = asked(() => module.get_type(this.#id, path));
    return type === module.H5G_GROUP ? 'group' : type === module.H5G_DATASET ? 'dataset' : 'other';
  }

  /** A text or a number that is said of a group or dataset; undefined if it is not there. */
  attribute(path: string, name: string): string | number | undefined {
    if (this.#attributes?.path !== path) {
      this.#attributes = { path, names: asked(() => this.#library.module.get_attribute_names(this.#id, path)) };
    }
    if (!this.#attributes.names.includes(name)) return undefined;
    const attribute = asked(() => new this.#library.Attribute(this.#id, path, name));
    const { type, size, vlen, total_size: count } = attribute.metadata;
    const isText = type === CLASSES.string && (vlen || size <= MOST_LETTERS);
    if (count !== 1 || !(isText || (type === CLASSES.integer && isSize(type, size)))) {
      throw this.damaged(`${name} of ${path} is neither a name nor a number`);
    }
    const values: unknown = asked(() => attribute.value);
    const value: unknown = Array.isArray(values) || ArrayBuffer.isView(values) ? (values as unknown[])[0] : values;
    return typeof value === 'string' ? value : Number(value);
  }

  /**
   * What a dataset holds; its bytes are counted.
   * @throws FormatError if they are more than may be, or stored in a way that MATLAB does not.
   */
  stored(path: string): Stored {
    const dataset = asked(() => new this.#library.Dataset(this.#id, path));
    const metadata = asked(() => dataset.metadata);
    const { size, chunks, virtual_sources: others } = metadata;
    // An empty dataspace has no shape.
    const shape = metadata.shape ?? [0];
    const count = product(shape);
    const isRead = Number.isSafeInteger(count * size) && shape.every((extent) => extent >= 0);
    if (!isRead) throw this.damaged(`${path} says a size of ${shape.join('x')}`);
    if (others !== undefined) throw this.damaged(`${path} is in other files`);
    // Only chunks are filtered.
    const ids = chunks ? asked(() => dataset.filters).map(({ id }) => id) : [];
    const foreign = ids.find((id, index) => !FILTERS.includes(id) || ids.indexOf(id) < index);
    if (foreign !== undefined) {
      throw new FormatError(
        `${this.name}: ${path} is packed by filter ${foreign} of HDF5, which MATLAB does not use. Save the file in MATLAB.`,
      );
    }
    takeBytes(this, count * size, this.#bytes);
    // Chunks are unpacked one by one, whole.
    if (chunks) takeBytes({ name: this.name, taken: { arrays: 0, bytes: 0 } }, product(chunks) * size, this.#bytes);
    return { kind: kindOf(metadata), shape, count, dataset };
  }

  /** The numbers of a dataset, in the order they are stored. */
  numbers(path: string, { count, dataset }: Stored): Numbers {
    const value: unknown = count === 0 ? new Uint8Array(0) : asked(() => dataset.value);
    const values = ArrayBuffer.isView(value) ? value : Float64Array.of(Number(value));
    const isLong = values instanceof BigInt64Array || values instanceof BigUint64Array;
    const numbers = isLong ? Float64Array.from(values, Number) : (values as Numbers);
    if (numbers.length !== count) throw this.damaged(`${path} has ${numbers.length} numbers and not ${count}`);
    return numbers;
  }

  /**
   * The paths that a dataset of references leads to; undefined for one that leads nowhere.
   * @throws FormatError if there are more than arrays may be.
   */
  references(path: string, { count, dataset }: Stored): readonly (string | undefined)[] {
    // They are counted as the arrays that they lead to.
    takeArrays({ name: this.name, taken: { ...this.taken } }, count, 0);
    if (count === 0) return [];
    this.#referenced ??= this.#readReferenced();
    const referenced = this.#referenced;
    const value = asked(() => dataset.value) as unknown as Reference | readonly Reference[];
    return (Array.isArray(value) ? (value as readonly Reference[]) : [value as Reference]).map(({ ref_data: data }) => {
      if (data.every((byte) => byte === 0)) return undefined;
      const target = referenced.get(data.join());
      if (target === undefined) throw this.damaged(`${path} refers to what is not there`);
      return target;
    });
  }

  /** Paths by the reference that leads to them: to look one up would search the whole file each time. */
  #readReferenced(): ReadonlyMap<string, string> {
    const { module } = this.#library;
    const names = this.names('/').includes(REFERENCED.slice(1)) ? this.names(REFERENCED) : [];
    takeArrays({ name: this.name, taken: { arrays: 0, bytes: 0 } }, names.length, 0);
    return new Map(
      names.map((name) => {
        const path = `${REFERENCED}/${name}`;
        return [Array.from(asked(() => module.create_object_reference(this.#id, path))).join(), path];
      }),
    );
  }
}

const product = (extents: readonly number[]): number => extents.reduce((all, each) => all * each, 1);

const isSize = (type: number, size: number): boolean => SIZES[type]?.includes(size) ?? false;

function kindOf({ type, size, ref_type: reference }: Metadata): Stored['kind'] {
  if (isSize(type, size)) return 'numbers';
  return type === CLASSES.reference && reference === 'object' ? 'references' : 'other';
}

/** @throws Hdf5Failure with the library's own reason. */
function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new Hdf5Failure(reasonOf(messageOf(error)), { cause: error });
  }
}

/** Of the library's list of functions that failed, each in the one above it, the words of the innermost. */
function reasonOf(message: string): string {
  const reasons = [...message.matchAll(/ line \d+ in \w+\(\): (.*)$/gm)].map(([, reason]) => reason);
  return reasons.at(-1) ?? message.split('\n')[0] ?? message;
}
