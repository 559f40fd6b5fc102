import { expect, test } from 'vitest';
import { float16ToFloat32 } from './float16.ts';

const one = (pattern: number): number => float16ToFloat32(Uint16Array.of(pattern))[0] as number;

test.each([
  ['one', 0x3c00, 1],
  ['minus two', 0xc000, -2],
  ['the nearest number to a third', 0x3555, 0.333251953125],
  ['the largest finite number', 0x7bff, 65504],
  ['the smallest normal number', 0x0400, 2 ** -14],
  ['the largest subnormal number', 0x03ff, 1023 * 2 ** -24],
  ['the smallest subnormal number', 0x0001, 2 ** -24],
  ['a negative subnormal number', 0x8002, -(2 ** -23)],
  ['zero', 0x0000, 0],
  ['minus zero', 0x8000, -0],
  ['infinity', 0x7c00, Number.POSITIVE_INFINITY],
  ['minus infinity', 0xfc00, Number.NEGATIVE_INFINITY],
  ['a quiet NaN', 0x7e00, Number.NaN],
  ['a negative NaN with a payload', 0xfc01, Number.NaN],
])('float16 holds %s as the pattern %i', (_, pattern, value) => {
  expect(one(pattern)).toBe(value);
});

test('positive float16 patterns are in the order of their values', () => {
  const values = float16ToFloat32(Uint16Array.from({ length: 0x7c01 }, (_, pattern) => pattern));
  for (let index = 1; index < values.length; index++) {
    if (!((values[index] as number) > (values[index - 1] as number))) throw new Error(`pattern ${index}`);
  }
  expect(values.at(-1)).toBe(Number.POSITIVE_INFINITY);
});
