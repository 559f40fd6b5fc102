import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../errors.ts';
import { rowMajorStrides } from '../../tensor/shape.ts';
import { tensorRebuilder } from './rebuild-tensor.ts';
import { type StorageType, StoredTensor } from './stored-tensor.ts';

const numbers = Float32Array.from({ length: 6 }, (_, index) => index);
const storages = new Map([['0', new Uint8Array(numbers.buffer)]]);

function stored(offset: unknown, size: unknown, stride: unknown, dtype: StorageType = 'float32'): StoredTensor {
  return new StoredTensor({ key: '0', dtype: 'float32', count: 6 }, dtype, offset, size, stride);
}

test('a row-major window shares the memory of its storage', () => {
  const { data } = tensorRebuilder(storages)('w', stored(2, [2, 1, 2], [2, 99, 1]));
  expect([...data]).toEqual([2, 3, 4, 5]);
  expect(data.buffer).toBe(numbers.buffer);
});

test('any permutation of axes is made row-major', () => {
  const cases = fc
    .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
    .chain((shape) =>
      fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
    );
  fc.assert(
    fc.property(cases, ([shape, axes]) => {
      const count = shape.reduce((product, extent) => product * extent, 1);
      const source = Float64Array.from({ length: count }, (_, index) => index);
      const strides = rowMajorStrides(shape);
      const size = axes.map((axis) => shape[axis] as number);
      const stride = axes.map((axis) => strides[axis] as number);
      const reference = { key: '0', dtype: 'float64', count } as const;
      const rebuild = tensorRebuilder(new Map([['0', new Uint8Array(source.buffer)]]));
      const { data } = rebuild('w', new StoredTensor(reference, 'float64', 0, size, stride));
      const outputStrides = rowMajorStrides(size);
      for (let position = 0; position < count; position++) {
        const at = size.map((extent, axis) => Math.floor(position / (outputStrides[axis] as number)) % extent);
        expect(data[position]).toBe(at.reduce((sum, index, axis) => sum + index * (stride[axis] as number), 0));
      }
    }),
  );
});

describe('refused windows', () => {
  test.each<[string, StoredTensor, string]>([
    [
      'one element too many',
      stored(1, [2, 3], [3, 1]),
      '"w": shape [2, 3] with strides [3, 1] at offset 1 reaches element 7 of a storage of 6',
    ],
    ['far out', stored(0, [2], [2 ** 52]), 'reaches element 4503599627370497 of a storage of 6'],
    ['an empty one far out', stored(7, [0], [1]), 'reaches element 7 of a storage of 6'],
    ['a wider type than the storage', stored(0, [6], [1], 'float64'), 'reaches element 6 of a storage of 3'],
    ['an expanded one', stored(0, [1_000_000, 1_000_000], [0, 0]), 'repeats elements of a storage of 6'],
    [
      'a negative offset',
      stored(-1, [1], [1]),
      '"w": its offset, size or strides are not whole numbers >= 0 for each axis',
    ],
    ['a negative stride', stored(5, [6], [-1]), 'are not whole numbers >= 0'],
    ['a fraction', stored(0, [1.5], [1]), 'are not whole numbers >= 0'],
    ['too few strides', stored(0, [1, 1], [1]), 'for each axis'],
    ['an overflowing size', stored(0, [2 ** 30, 2 ** 30], [1, 1]), 'are not whole numbers >= 0'],
    ['a text as size', stored(0, 'abc', [1]), 'are not whole numbers >= 0'],
    ['65 axes', stored(0, new Array(65).fill(1), new Array(65).fill(1)), 'are not whole numbers >= 0'],
  ])('%s', (_, window, message) => {
    expect(() => tensorRebuilder(storages)('w', window)).toThrow(FormatError);
    expect(() => tensorRebuilder(storages)('w', window)).toThrow(message);
  });

  test('copies that add up to more than four times the file', () => {
    const rebuild = tensorRebuilder(storages);
    // The window of 4 elements is copied for every pair of strides: 24 elements are 4 times the storage.
    const windows = [
      [1, 2],
      [2, 3],
      [1, 3],
      [3, 2],
      [1, 4],
      [4, 1],
      [3, 1],
    ].map((stride) => stored(0, [2, 2], stride));
    for (const window of windows.slice(0, 6)) rebuild('w', window);
    expect(() => rebuild('w7', windows[6] as StoredTensor)).toThrow(`"w7": the file's tensors overlap so much that`);
    expect(rebuild('again', windows[0] as StoredTensor).shape).toEqual([2, 2]);
  });

  test('a window onto a storage the file lacks', () => {
    expect(() => tensorRebuilder(new Map())('w', stored(0, [1], [1]))).toThrow(
      '"w": its storage "0" is not in the file',
    );
  });
});
