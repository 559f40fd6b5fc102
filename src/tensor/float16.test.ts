import { expect, test } from 'vitest';
import { float16ToFloat32, float32ToFloat16, widenWeights } from './float16.ts';
import { float32, int64, type Tensor, tensor } from './tensor.ts';
import type { StoredTensor } from './weights.ts';

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

test('every float16 number comes back from float32 as the pattern it was', () => {
  const patterns = Uint16Array.from({ length: 1 << 16 }, (_, pattern) => pattern);
  const back = float32ToFloat16(float16ToFloat32(patterns));
  for (const [pattern, got] of back.entries()) {
    const isNone = (pattern & 0x7c00) === 0x7c00 && (pattern & 0x3ff) !== 0;
    if (isNone ? (got & 0x7fff) <= 0x7c00 : got !== pattern) throw new Error(`pattern ${pattern} became ${got}`);
  }
});

test.each([
  ['half way to the next goes to the even one', 1 + 2 ** -11, 0x3c00],
  ['half way above an odd one goes up', 1 + 3 * 2 ** -11, 0x3c02],
  ['a little above half way goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ['half way into the next power of two', 2 - 2 ** -12, 0x4000],
  ['65519 is still the largest', 65519, 0x7bff],
  ['65520 is infinite', 65520, 0x7c00],
  ['half the smallest is 0', 2 ** -25, 0],
  ['a little more than half the smallest is the smallest', 2 ** -25 + 2 ** -40, 1],
  ['a quarter of the smallest, negative, is minus 0', -(2 ** -26), 0x8000],
  ['the largest float32', 3.4e38, 0x7c00],
  ['half way among subnormals goes to the even one', 2.5 * 2 ** -24, 2],
])('float32 to float16: %s', (_, value, pattern) => {
  expect(float32ToFloat16(Float32Array.of(value))[0]).toBe(pattern);
});

test('weights are widened to float32 without a loss, and what is float32 or no floating point stays itself', () => {
  const stored = { dtype: 'float16', shape: [1], stored: { file: 'w', offset: 0, length: 2 } } as const;
  const [single, whole] = [float32([1], [0.1]), int64([1], [3])];
  const widened = widenWeights(
    new Map<string, Tensor | StoredTensor>([
      ['half', tensor('float16', [2], Uint16Array.of(0x3c00, 0x8001))],
      ['double', tensor('float64', [1], Float64Array.of(0.1))],
      ['single', single],
      ['whole', whole],
      ['stored', stored],
    ]),
  );
  expect(widened.get('half')).toEqual(float32([2], [1, -(2 ** -24)]));
  expect(widened.get('double')).toEqual(float32([1], [0.1]));
  expect([widened.get('single'), widened.get('whole'), widened.get('stored')]).toEqual([single, whole, stored]);
  expect(widened.get('single')).toBe(single);
});
