import { expect, test } from 'vitest';
import { bfloat16ToFloat32 } from './bfloat16.ts';

test('bfloat16 is the upper half of a float32, also for signs, infinities and the smallest number', () => {
  const bytes = Uint8Array.of(0x80, 0x3f, 0x20, 0xc0, 0x80, 0x7f, 0x80, 0xff, 0x01, 0x00, 0x00, 0x80, 0xc0, 0x7f);
  expect([...bfloat16ToFloat32(bytes)]).toEqual([1, -2.5, Infinity, -Infinity, 2 ** -133, -0, NaN]);
});

test('bfloat16 may begin at an odd byte', () => {
  expect([...bfloat16ToFloat32(Uint8Array.of(9, 0x80, 0x3f).subarray(1))]).toEqual([1]);
});
