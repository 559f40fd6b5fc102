import { describe, expect, test } from 'vitest';
import { ShapeError } from '../errors.ts';
import {
  BYTES_PER_ELEMENT,
  bytesOf,
  type DataType,
  float32,
  int64,
  TYPED_ARRAYS,
  tensor,
  tensorFromBytes,
} from './tensor.ts';

describe('a tensor', () => {
  test('holds as many elements as its extents say', () => {
    expect(() => float32([2, 3], [1, 2, 3])).toThrow(
      new ShapeError('A float32 tensor of shape [2, 3] holds 6 elements, but 3 were given.'),
    );
  });

  test('of rank 0 holds one element', () => {
    expect([...int64([], [7]).data]).toEqual([7n]);
  });

  test.each(Object.keys(TYPED_ARRAYS) as DataType[])(
    'of %s is made of bytes at any offset, in a plain array or a Buffer',
    (dtype) => {
      const size = BYTES_PER_ELEMENT[dtype];
      const numbers = Uint8Array.from({ length: 3 * size }, (_, index) => index * 7 + 1);
      for (const offset of [0, 1, 2, 4]) {
        const memory = new Uint8Array(offset + numbers.length);
        memory.set(numbers, offset);
        for (const bytes of [memory.subarray(offset), Buffer.from(memory.buffer, offset)]) {
          expect([...bytesOf(tensorFromBytes(dtype, [3], bytes))]).toEqual([...numbers]);
        }
      }
    },
  );

  test('over aligned bytes shares their memory', () => {
    const bytes = new Uint8Array(8);
    expect(tensorFromBytes('float32', [2], bytes).data.buffer).toBe(bytes.buffer);
  });

  test('made of too few bytes is refused', () => {
    expect(() => tensorFromBytes('int64', [2], new Uint8Array(15))).toThrow(
      'A int64 tensor of shape [2] takes 16 bytes, but 15 were given.',
    );
  });

  test('shares the numbers it is given', () => {
    const data = new Uint8Array(4);
    expect(tensor('uint8', [4], data).data).toBe(data);
  });
});
