import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError, RefineNetError, UsageError } from '../errors.ts';
import { elementCount } from '../tensor/shape.ts';
import { BYTES_PER_ELEMENT, type DataType, float32, int64, type Tensor, tensorFromBytes } from '../tensor/tensor.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** A file of this header text and so many bytes of data, 0, 1, 2, ... */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  for (let index = 0; index < dataBytes; index++) bytes[8 + text.length + index] = index;
  return bytes;
}

function entry(dtype: unknown, shape: unknown, ...offsets: unknown[]): object {
  return { dtype, shape, data_offsets: offsets };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

const arbitraryTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(BYTES_PER_ELEMENT) as DataType[])),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    fc.integer({ min: 0, max: 255 }),
  )
  .map(([dtype, shape, seed]) => {
    const bytes = new Uint8Array(elementCount(shape) * BYTES_PER_ELEMENT[dtype]);
    return tensorFromBytes(
      dtype,
      shape,
      bytes.map((_, index) => (dtype === 'bool' ? index % 2 : index * 7 + seed)),
    );
  });

const arbitraryName = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', '0', 'a"b', 'ß\n'));

describe('writing and reading', () => {
  test('any weights and metadata come back the same, in the same order', () => {
    const weightsOf = fc.array(fc.tuple(arbitraryName, arbitraryTensor)).map((pairs) => new Map(pairs));
    const metadataOf = fc.array(fc.tuple(arbitraryName, fc.string())).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(weightsOf, metadataOf, (weights, metadata) => {
        const back = readSafetensors(join(writeSafetensors(weights, metadata)));
        expect(new Map(back.weights)).toEqual(weights);
        expect(new Map(back.metadata)).toEqual(metadata);
        // Names that are whole numbers are put first by every JavaScript object, hence by JSON.parse.
        const words = (names: Iterable<string>) => [...names].filter((name) => !/^\d+$/.test(name));
        expect(words(back.weights.keys())).toEqual(words(weights.keys()));
      }),
    );
  });

  test('the bytes are those of the format: length, header padded with spaces to 8, numbers by falling element size', () => {
    const weights = new Map<string, Tensor>([
      ['b', float32([2], [1, 2])],
      ['n', int64([], [3])],
      ['a', float32([1, 1], [4])],
    ]);
    const [header, ...data] = writeSafetensors(weights, new Map([['format', 'pt']]));
    expect(new TextDecoder().decode(header?.subarray(8))).toBe(
      '{"__metadata__":{"format":"pt"},' +
        '"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},' +
        '"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},' +
        '"a":{"dtype":"F32","shape":[1,1],"data_offsets":[16,20]}}     ',
    );
    expect(header?.length).toBe(208);
    expect([...(header?.subarray(0, 8) ?? [])]).toEqual([200, 0, 0, 0, 0, 0, 0, 0]);
    expect(data.map((chunk) => chunk.length)).toEqual([8, 8, 4]);
  });

  test('neither direction copies the numbers', () => {
    const value = float32([2], [1, 2]);
    const chunks = writeSafetensors(new Map([['a', value]]));
    expect(chunks[1]?.buffer).toBe(value.data.buffer);
    const bytes = join(chunks);
    expect(readSafetensors(bytes).weights.get('a')?.data.buffer).toBe(bytes.buffer);
  });

  test('a tensor cannot take the name of the metadata', () => {
    const write = () => writeSafetensors(new Map([['__metadata__', float32([], [0])]]));
    expect(write).toThrow(new UsageError('safetensors: no tensor can be named "__metadata__". Rename it.'));
  });

  test('BF16 is widened to float32', () => {
    const bytes = file({ w: entry('BF16', [2], 0, 4) }, 4);
    bytes.set([0x80, 0x3f, 0x20, 0xc0], bytes.length - 4);
    expect(readSafetensors(bytes).weights.get('w')).toEqual(float32([2], [1, -2.5]));
  });

  test('numbers that a foreign writer did not align are read all the same', () => {
    const bytes = file('{"w":{"dtype":"U16","shape":[2],"data_offsets":[0,4]} }', 4);
    expect(bytes.length % 2).toBe(1);
    expect(readSafetensors(bytes).weights.get('w')?.data).toEqual(Uint16Array.of(0x0100, 0x0302));
  });

  test('a tensor named __proto__ is one like any other', () => {
    const { weights } = readSafetensors(file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1));
    expect([...weights.keys()]).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });
});

describe('refused files', () => {
  const tooLong = new Uint8Array(16);
  new DataView(tooLong.buffer).setBigUint64(0, 100_000_001n, true);
  const huge = new Uint8Array(16).fill(255);
  const longerThanFile = new Uint8Array(16);
  longerThanFile[0] = 9;

  test.each<[string, Uint8Array, string]>([
    ['no length', new Uint8Array(7), 'the file ends within its first 8 bytes (it has 7)'],
    ['a header over 100 MB', tooLong, 'the header claims 100000001 bytes, more than the 100000000 the format allows'],
    ['a header of 2^64 - 1 bytes', huge, 'the header claims 18446744073709551615 bytes'],
    ['a header longer than the file', longerThanFile, 'the header claims 9 bytes, but 8 follow. The file is cut short'],
    ['no JSON', file('{"a":'), 'the header is no JSON object'],
    ['a list as header', file('[]'), 'the header is no JSON object (it does not begin with {)'],
    ['an empty header', file(''), 'the header is no JSON object (it does not begin with {)'],
    ['space before the header', file(' {}'), 'it does not begin with {'],
    ['bad UTF-8', file('{"a\xff":1}').map((byte) => (byte === 0xc3 ? 0xff : byte)), 'the header is no JSON object'],
    ['a key twice', file('{"a":{},"a":{}}'), 'the header has the key "a" twice'],
    ['metadata that is no object', file({ __metadata__: [1] }), '"__metadata__": is no object of texts'],
    ['metadata that is no text', file({ __metadata__: { a: 1, b: 'x' } }), '"__metadata__": "a" should be texts'],
    ['an entry that is no object', file({ w: 5 }), '"w": is no object with dtype, shape and data_offsets'],
    ['an unknown dtype', file({ w: entry('F8_E4M3', [1], 0, 1) }, 1), '"w": the dtype "F8_E4M3" is not supported'],
    ['a dtype that objects inherit', file({ w: entry('toString', [1], 0, 1) }, 1), 'the dtype "toString" is not'],
    ['a negative extent', file({ w: entry('U8', [-1, -1], 0, 1) }, 1), '"w": the shape [-1,-1] is not a list of whole'],
    ['a fraction', file({ w: entry('U8', [1.5], 0, 1) }, 1), '"w": the shape [1.5] is not a list of whole'],
    ['an overflowing shape', file({ w: entry('U8', [2 ** 40, 2 ** 40], 0, 1) }, 1), 'of countable product'],
    ['no shape', file({ w: { dtype: 'U8', data_offsets: [0, 1] } }, 1), '"w": the shape undefined is not'],
    ['falling offsets', file({ w: entry('U8', [1], 1, 0) }, 1), 'the data_offsets [1,0] are not two rising whole'],
    ['three offsets', file({ w: entry('U8', [1], 0, 1, 2) }, 1), 'the data_offsets [0,1,2] are not two rising whole'],
    ['negative offsets', file({ w: entry('U8', [1], -1, 0) }, 1), 'the data_offsets [-1,0] are not two rising whole'],
    ['a span past the end', file({ w: entry('U8', [9], 0, 9) }, 8), '[0, 9] reach past the 8 bytes of data'],
    [
      'a span of another size',
      file({ w: entry('F32', [2], 0, 4) }, 4),
      'F32 of shape [2] takes 8 bytes, but its data_offsets [0, 4] span 4',
    ],
    [
      'an overlap',
      file({ a: entry('U8', [2], 0, 2), b: entry('U8', [2], 1, 3) }, 3),
      '"b": overlaps another tensor (bytes 1 to 2)',
    ],
    [
      'a hole',
      file({ a: entry('U8', [1], 0, 1), b: entry('U8', [1], 2, 3) }, 3),
      '"b": no tensor covers bytes 1 to 2 before it',
    ],
    ['a hole at the start', file({ a: entry('U8', [1], 1, 2) }, 2), '"a": no tensor covers bytes 0 to 1 before it'],
    ['trailing bytes', file({ a: entry('U8', [1], 0, 1) }, 3), 'no tensor covers the last 2 bytes of the file'],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('all faulty tensors are named at once, the first eight of many', () => {
    const entries = Array.from({ length: 10 }, (_, index) => [`w${index}`, entry('F9', [1], 0, 1)]);
    expect(() => readSafetensors(file(Object.fromEntries(entries), 1))).toThrow(
      /"w0": .*\n {2}"w1": (?:.|\n)*"w7": .*\n {2}... and 2 more$/,
    );
  });

  test('no damage makes anything but an expected error', () => {
    const good = file({ __metadata__: { a: 'b' }, w: entry('F32', [2], 0, 8), v: entry('U8', [1], 8, 9) }, 9);
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, length) => {
        const bytes = good.slice(0, length % 3 === 0 ? length : good.length);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          readSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RefineNetError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
