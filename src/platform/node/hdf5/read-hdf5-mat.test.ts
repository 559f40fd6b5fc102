/** The thread runs built code, so this tests the build. The files were written by h5py as MATLAB lays them out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asHdf5, hdf5File, readHdf5Mat, sayClass } from '../../../../test/support/hdf5-mat-file.ts';
import { matFile, rows, type Value } from '../../../../test/support/mat-file.ts';
import type { MatArray } from '../../../data/mat/arrays.ts';
import { decodeLabelMat } from '../../../data/mat/label-mat.ts';
import { readMat } from '../../../data/mat/read-mat.ts';

const NAME = 'x.mat';
const IDS = [1, 2, 3, 4, 5, 6];

const made = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../../test/fixtures/mat/${file}.mat`, import.meta.url)));
const variablesOf = (bytes: Uint8Array) => readMat(bytes, NAME, readHdf5Mat);

/** Arrays with plain lists, in which fields may stand in any order and numbers in more or fewer bytes. */
function plain(array: MatArray): unknown {
  switch (array.kind) {
    case 'numbers':
      return { ...array, values: Array.from(array.values()) };
    case 'cells':
      return { ...array, cells: array.cells.map(plain) };
    case 'structs':
      return { ...array, structs: array.structs.map((fields) => plainMap(fields)) };
    default:
      return array;
  }
}
const plainMap = (arrays: ReadonlyMap<string, MatArray>): Record<string, unknown> =>
  Object.fromEntries([...arrays].map(([name, array]) => [name, plain(array)]));

describe('a MAT file of version 7.3', () => {
  test.each(['label-map', 'label-map-plain', 'gtcls', 'person-part', 'seglabel', 'allsplit'])(
    'of %s has the same in it as one of version 5',
    async (file) => {
      const [new73, old] = await Promise.all([`hdf5/${file}`, file].map(async (each) => variablesOf(made(each))));
      expect(plainMap(new73 as NonNullable<typeof new73>)).toEqual(plainMap(old as NonNullable<typeof old>));
    },
  );

  test('has numbers of every class, in either order of bytes', async () => {
    const { packed_big: packed, ...kinds } = plainMap(await variablesOf(made('hdf5/kinds')));
    const types = { f8: 'double', f4: 'single', i1: 'int8', u1: 'uint8', i2: 'int16', u2: 'uint16', i4: 'int32' };
    const long = { u4: 'uint32', i8: 'int64', u8: 'uint64' };
    for (const [kind, type] of Object.entries({ ...types, ...long })) {
      const same = { kind: 'numbers', type, dimensions: [2, 3], values: [1, 0, 2, 2, 2, 58] };
      expect([kinds[`${kind}_little`], kinds[`${kind}_big`]]).toEqual([same, same]);
    }
    expect(packed).toEqual({ kind: 'numbers', type: 'uint16', dimensions: [2, 3], values: [1, 0, 2, 2, 2, 458] });
  });

  test('has text, truths, what is empty, what is in others, and what is not read', async () => {
    const kinds = plainMap(await variablesOf(made('hdf5/kinds')));
    const text = (letters: string) => ({ kind: 'text', dimensions: [1, letters.length], text: letters });
    expect(kinds).toMatchObject({
      logical: { kind: 'numbers', type: 'logical', dimensions: [1, 3], values: [1, 0, 1] },
      text: text('wall ä'),
      no_text: { kind: 'text', dimensions: [0, 0], text: '' },
      no_cells: { kind: 'cells', dimensions: [0, 0], cells: [] },
      no_numbers: { kind: 'numbers', type: 'uint8', dimensions: [0, 3], values: [] },
      nested: {
        kind: 'cells',
        dimensions: [1, 2],
        cells: [
          { kind: 'cells', cells: [text('deep'), { kind: 'numbers', type: 'double', values: [7] }] },
          { kind: 'structs', structs: [{ a: text('one'), b: { kind: 'cells', cells: [] } }] },
        ],
      },
      list: {
        kind: 'structs',
        dimensions: [1, 2],
        structs: [{ x: text('first') }, { x: { kind: 'structs', structs: [{ y: { values: [1, 2] } }] } }],
      },
      sparse: { kind: 'other', type: 'sparse matrix', dimensions: [5, 3] },
      handle: { kind: 'other', type: 'object of class function_handle' },
      object: { kind: 'other', type: 'object of class string' },
      complex: { kind: 'other', type: 'double of more than numbers' },
      plain: { kind: 'other', type: "dataset of HDF5 that does not say MATLAB's class", dimensions: [3, 2] },
    });
    // Down the columns of the first page, then of the next ones.
    expect(kinds.cube).toMatchObject({ dimensions: [2, 3, 4], values: expect.any(Array) });
    expect((kinds.cube as { values: number[] }).values.slice(0, 8)).toEqual([0, 12, 4, 16, 8, 20, 1, 13]);
  });

  test.each<[string, Record<string, Value>]>([
    [
      'structs in structs',
      { anno: { structs: [{ a: { structs: [{ b: 'x' }, { b: rows(2, IDS) }] }, c: { cells: [] } }] } },
    ],
    ['cells in cells', { names: { cells: ['wall', { cells: ['a', rows(1, [7], 'int64')] }, { structs: [] }] } }],
    ['wide numbers', { a: rows(3, [1, 2, 3, 400, 5, 65_535], 'uint16'), b: rows(3, IDS, 'single') }],
  ])('with %s reads as version 5 does, packed or not', async (_, variables) => {
    const old = matFile(variables);
    for (const isCompressed of [false, true]) {
      const both = await Promise.all([variablesOf(await asHdf5(old, isCompressed)), variablesOf(old)]);
      expect(plainMap(both[0])).toEqual(plainMap(both[1]));
    }
  });

  test('is read while others are, each with its own answer', async () => {
    const files = await Promise.all(
      [1, 2, 3, 4].map((id) => asHdf5(matFile({ LabelMap: rows(2, new Array(4).fill(id)) }), true)),
    );
    const labels = await Promise.all(files.map((bytes) => decodeLabelMat(bytes, NAME, readHdf5Mat)));
    expect(labels.map(({ data }) => data[0])).toEqual([1, 2, 3, 4]);
  });
});

/** A label map of so many values, of which four are stored. */
const emptyChunks = (...shape: readonly [number, number]) =>
  hdf5File((file) => {
    const options = { maxshape: [60_000, 60_000], chunks: [2, 2] };
    const numbers = file.create_dataset({ name: 'LabelMap', data: new Uint8Array(4), shape: [2, 2], ...options });
    sayClass(numbers, 'uint8');
    numbers.resize([...shape]);
  });

describe('a MAT file of version 7.3 is refused by name', () => {
  test.each<[string, () => Promise<Uint8Array>, string | RegExp]>([
    [
      'that MATLAB did not write',
      () => hdf5File((file) => file.create_dataset({ name: 'LabelMap', data: Uint8Array.from(IDS), shape: [3, 2] })),
      "x.mat: LabelMap is a 2x3 dataset of HDF5 that does not say MATLAB's class, which is not read, but a matrix of ids is needed, a number a pixel.",
    ],
    [
      'with more values than its bytes can unpack to',
      () => emptyChunks(60_000, 1000),
      /^x\.mat: the MAT file is damaged: \d+ compressed bytes cannot unpack to the 60000000 that they say\. Copy it anew\.$/,
    ],
    [
      'with more values than may be',
      () => emptyChunks(60_000, 60_000),
      'x.mat: the MAT file would unpack to 3600000000 bytes, but 268435456 are the most. Save the labels of one image a file.',
    ],
    [
      'packed as MATLAB does not',
      () =>
        hdf5File((file) => {
          const packing = { chunks: [2, 2], compression: 6, compression_opts: [2, 0] };
          const data = Int32Array.of(1, 2, 3, 4);
          sayClass(file.create_dataset({ name: 'LabelMap', data, shape: [2, 2], ...packing }), 'int32');
        }),
      'x.mat: /LabelMap is packed by filter 6 of HDF5, which MATLAB does not use. Save the file in MATLAB.',
    ],
    [
      'whose references lead nowhere',
      () =>
        hdf5File((file) => {
          const elsewhere = file.create_dataset({ name: 'a', data: Uint8Array.of(1) });
          file.create_dataset({ name: 'names', data: [elsewhere.create_reference()], shape: [1, 1] });
          for (const name of ['a', 'names']) sayClass(file.get(name) as typeof file, name === 'a' ? 'uint8' : 'cell');
        }),
      'x.mat: the MAT file is damaged: /names refers to what is not there. Copy it anew.',
    ],
    [
      'whose arrays are in themselves',
      () =>
        hdf5File((file) => {
          const references = file.create_group('#refs#');
          sayClass(file.create_group('anno'), 'struct');
          file.create_hard_link('/anno', '#refs#/a');
          const itself = (references.get('a') as typeof file).create_reference();
          const cells = (file.get('anno') as typeof file).create_dataset({ name: 'b', data: [itself], shape: [1, 1] });
          sayClass(cells, 'cell');
        }),
      'x.mat: the MAT file has more than 16 arrays in one another, which are the most. Save the labels of one image a file.',
    ],
    [
      'with a struct array of different lengths',
      () =>
        hdf5File((file) => {
          const references = file.create_group('#refs#');
          const letter = references.create_dataset({ name: 'a', data: Uint16Array.of(65), shape: [1, 1] });
          sayClass(letter, 'char');
          const anno = file.create_group('anno');
          sayClass(anno, 'struct');
          const reference = letter.create_reference();
          anno.create_dataset({ name: 'one', data: [reference], shape: [1, 1] });
          anno.create_dataset({ name: 'two', data: [reference, reference], shape: [2, 1] });
        }),
      'x.mat: the MAT file is damaged: /anno has 1 elements in one and 2 in two. Copy it anew.',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(decodeLabelMat(await bytes(), NAME, readHdf5Mat)).rejects.toThrow(message);
  });
});
