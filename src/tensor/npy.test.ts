import { parse } from 'npyjs';
import { describe, expect, it } from 'vitest';
import { bytesOf, float32, int64, tensor } from './tensor.ts';
import { encodeNpy } from './npy.ts';

function written(parts: readonly Uint8Array[]): ArrayBuffer {
  return Uint8Array.from(Buffer.concat(parts)).buffer;
}

describe('encodeNpy', () => {
  it('writes shape, type and numbers that are read back', () => {
    const value = float32([2, 1, 3], [1.5, -2, 0, Number.NaN, 1e-20, 3]);
    const { shape, dtype, fortranOrder, data } = parse(written(encodeNpy(value)));
    expect([shape, dtype, fortranOrder]).toEqual([[2, 1, 3], 'f4', false]);
    expect(data).toEqual(value.data);
  });

  it('writes the header NumPy expects', () => {
    const bytes = Buffer.concat(encodeNpy(float32([3], [1, 2, 3])));
    const length = bytes.readUInt16LE(8);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\0');
    expect((10 + length) % 8).toBe(0);
    expect(bytes.subarray(10, 10 + length).toString('latin1')).toMatch(
      /^\{'descr':'<f4','fortran_order':False,'shape':\(3,\)\} *\n$/,
    );
    expect(bytes.length).toBe(10 + length + 12);
  });

  it('writes scalars, other types and half precision by their bits', () => {
    expect(parse(written(encodeNpy(tensor('uint16', [], Uint16Array.of(7)))))).toMatchObject({
      shape: [],
      dtype: 'u2',
    });
    expect(parse(written(encodeNpy(int64([2], [1, -1])))).data).toEqual(BigInt64Array.of(1n, -1n));
    const half = parse(written(encodeNpy(tensor('float16', [1], Uint16Array.of(0x3c00)))));
    expect([half.dtype, half.data]).toEqual(['f2', Float32Array.of(1)]);
  });

  it('does not copy the numbers', () => {
    const value = float32([2], [1, 2]);
    expect(encodeNpy(value)[1]?.buffer).toBe(bytesOf(value).buffer);
  });
});
