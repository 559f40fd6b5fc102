import { readFileSync } from 'node:fs';
import { zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { element, matFile, matOf, type NumberType, rows, type Value } from '../../../test/support/mat-file.ts';
import { decodeLabelMat } from './label-mat.ts';
import { type ReadHdf5Mat, readMat } from './read-mat.ts';

const NAME = 'x.mat';
const IDS = [1, 2, 3, 4, 5, 6];
const labelsOf = (variables: Readonly<Record<string, Value>>) => decodeLabelMat(matFile(variables), NAME);
/** Written by scipy.io.savemat. */
const made = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../test/fixtures/mat/${file}.mat`, import.meta.url)));

describe('a label map in a MAT file', () => {
  test.each<NumberType>([
    'double',
    'single',
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'logical',
  ])('of %s is read row after row, whatever the order of bytes and whether it is compressed', async (type) => {
    for (const isCompressed of [false, true]) {
      for (const isBigEndian of [false, true]) {
        const file = matFile({ LabelMap: rows(3, IDS, type) }, { isCompressed, isBigEndian });
        const { width, height, data } = await decodeLabelMat(file, NAME);
        expect([width, height, ...data]).toEqual([3, 2, ...IDS]);
      }
    }
  });

  test.each([
    ['label-map', 3, [1, 2, 2, 0, 2, 458]],
    ['label-map-plain', 3, [1, 2, 2, 0, 2, 458]],
    ['gtcls', 2, [0, 15, 255, 1]],
    // Head, then a hand that lies on it; a dog is no person.
    ['person-part', 3, [1, 4, 0, 0, 0, 0]],
    // Wall, floor mat, and what none of the 37 classes is.
    ['seglabel', 3, [1, 20, 0, 0, 1, 1]],
  ])('%s, written by another program, is read', async (file, side, ids) => {
    const { width, data } = await decodeLabelMat(made(file), file);
    expect([width, ...data]).toEqual([side, ...ids]);
  });

  test('may have any name where it is the only matrix', async () => {
    const { data } = await labelsOf({ note: 'by hand', count: rows(1, [7]), mask: rows(3, IDS) });
    expect([...data]).toEqual(IDS);
    await expect(labelsOf({ a: rows(3, IDS), b: rows(3, IDS), c: 'text' })).rejects.toThrow(
      'x.mat: it is not clear which variable has the labels: there is a, a 2x3 matrix of uint8; b, a 2x3 matrix of uint8; c, a 1x4 text. Looked for LabelMap, anno, seglabel, GTcls, or a single matrix.',
    );
  });
});

test.each([
  ['as MATLAB writes it', new TextEncoder().encode('MATLAB 7.3 MAT-file'.padEnd(600))],
  ['without its header', Uint8Array.from([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10])],
])('a file of version 7.3 %s goes to what is given to read it', async (_, bytes) => {
  const asked: unknown[] = [];
  const readHdf5Mat: ReadHdf5Mat = async (...given) => {
    asked.push(...given);
    return readMat(matFile({ LabelMap: rows(3, IDS) }), NAME);
  };
  const { data } = await decodeLabelMat(bytes, NAME, readHdf5Mat);
  expect([asked, [...data]]).toEqual([[bytes, NAME], IDS]);
});

describe("PASCAL-Part's objects", () => {
  const part = (part_name: string, mask: Value): Record<string, Value> => ({ part_name, mask });
  const person = (...parts: Record<string, Value>[]): Value => ({
    structs: [{ objects: { structs: [{ class: 'person', mask: rows(3, IDS), parts: { structs: parts } }] } }],
  });

  test('give every part the class that it is merged to', async () => {
    const names = ['hair', 'neck', 'ruarm', 'lhand', 'luleg', 'rfoot'];
    const parts = names.map((name, index) =>
      part(
        name,
        rows(
          3,
          IDS.map((_, at) => Number(at === index)),
          'logical',
        ),
      ),
    );
    expect([...(await labelsOf({ anno: person(...parts) })).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('are refused with every part that is none of a person', async () => {
    const anno = person(part('tail', rows(3, IDS)), part('head', rows(2, IDS)), part('wing', rows(3, IDS)));
    await expect(labelsOf({ anno })).rejects.toThrow(
      'x.mat: part 1 of object 1 is "tail", which people do not have; part 2 of object 1 is 2x3, but object 1 is 3x2; part 3 of object 1 is "wing", which people do not have. Correct the file, or copy it anew.',
    );
    await expect(labelsOf({ anno: 'none' })).rejects.toThrow(
      'x.mat: anno is a 1x4 text, but not one of PASCAL-Part: its objects with class, mask and parts are missing.',
    );
  });
});

const whole = matFile({ LabelMap: rows(3, IDS, 'uint16') });
const packed = matFile({ LabelMap: rows(40, new Array(1600).fill(7), 'double') }, { isCompressed: true });
const changed = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};
/** Where parts of the plain file stand: header, tag, flags, dimensions, name, data. */
const [FLAGS, DIMENSIONS, DATA] = [128 + 8 + 8, 128 + 8 + 16 + 8, 128 + 8 + 16 + 16 + 16];
const bytes32 = (value: number) => [...new Uint8Array(new Uint32Array([value]).buffer)];
const nest = (depth: number): Value => (depth === 0 ? 'end' : { cells: [nest(depth - 1)] });

describe('a MAT file is refused by name', () => {
  test.each<[string, Uint8Array, string]>([
    ['where it is empty', new Uint8Array(0), 'x.mat: this is no MAT file of version 5 to 7: it has 0 bytes'],
    [
      'of another kind',
      new Uint8Array(200),
      "x.mat: this is no MAT file of version 5 to 7: the header does not say the bytes' order",
    ],
    [
      'of version 7.3, where nothing is given that reads it',
      new TextEncoder().encode('MATLAB 7.3 MAT-file'.padEnd(600)),
      "x.mat: this is a MAT file of version 7.3, which is read only in folders of a computer, not in a page. Open it in MATLAB and save its labels, an image a file, with save(..., '-v7').",
    ],
    ['that is cut off', whole.subarray(0, whole.length - 9), 'x.mat: the MAT file is cut off: an element says'],
    [
      'that is cut off in a tag',
      whole.subarray(0, 132),
      'x.mat: the MAT file is cut off where an element should begin',
    ],
    [
      'that is cut off while compressed',
      matOf([element(15, zlibSync(new Uint8Array(500)).subarray(0, 3))]),
      "x.mat: the MAT file's compressed data",
    ],
    [
      'whose compressed data is damaged',
      changed(packed, 136, 1, 2, 3, 4),
      "x.mat: the MAT file's compressed data is damaged",
    ],
    [
      'that says another size than it has',
      changed(whole, DIMENSIONS, ...bytes32(70_000)),
      'x.mat: the MAT file is damaged: a matrix of 70000x3 takes 420000 bytes, but 12 are there. Copy it anew.',
    ],
    ['with a size below 0', changed(whole, DIMENSIONS, ...bytes32(-1)), 'the dimensions of an array are none'],
    ['with a class that there is not', changed(whole, FLAGS, 99), 'an array has the class 99, which there is not'],
    [
      'with a sparse matrix',
      changed(whole, FLAGS, 5),
      'x.mat: LabelMap is a 2x3 sparse matrix, which is not read, but a matrix of ids is needed',
    ],
    ['with numbers of no type', changed(whole, DATA, 77), 'numbers are stored as type 77, which there is not'],
    [
      'that unpacks to more than may be',
      matOf([element(15, zlibSync(Uint8Array.from([14, 0, 0, 0, ...bytes32(0x7fffffff), 0, 0])))]),
      'x.mat: the MAT file would unpack to 2147483647 bytes, but 268435456 are the most. Save the labels of one image a file.',
    ],
    [
      'that says more than its bytes can unpack to',
      matOf([element(15, zlibSync(Uint8Array.from([14, 0, 0, 0, ...bytes32(200_000_000), 0, 0])))]),
      'compressed bytes cannot unpack to the 200000000 that they say. Copy it anew.',
    ],
    [
      'with fractions',
      matFile({ LabelMap: rows(2, [1, 2.5, 3, 4], 'double') }),
      'x.mat: LabelMap has 2.5 in row 1 and column 2, which is no id',
    ],
    [
      'with ids below 0',
      matFile({ LabelMap: rows(2, [1, 2, -3, 4], 'int16') }),
      'x.mat: LabelMap has -3 in row 2 and column 1',
    ],
    [
      'with three dimensions',
      matFile({ LabelMap: { numbers: IDS, dimensions: [1, 2, 3], type: 'uint8' } }),
      'x.mat: LabelMap is a 1x2x3 matrix of uint8, but a matrix of ids is needed, a number a pixel.',
    ],
    ['with arrays in arrays without end', matFile({ LabelMap: nest(20) }), 'more than 16 arrays in one another'],
    [
      'with a number that has no name',
      matFile({ seglabel: rows(2, [1, 2, 3, 0]), names: { cells: ['wall', 'bed'] } }),
      'x.mat: seglabel has the number 3, but there are 2 names. Copy the file anew.',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(decodeLabelMat(bytes, NAME)).rejects.toThrow(message);
  });

  test('with more arrays than may be', async () => {
    const empty = element(14, new Uint8Array(0));
    const many = new Uint8Array(empty.length * 100_001);
    for (let at = 0; at < many.length; at += empty.length) many.set(empty, at);
    const bytes = new Uint8Array(128 + many.length);
    bytes.set(matOf([]));
    bytes.set(many, 128);
    await expect(readMat(bytes, NAME)).rejects.toThrow(
      'x.mat: the MAT file has more than 100000 arrays, which are the most.',
    );
  });
});
