import { readFileSync } from 'node:fs';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ModelProtoSchema, TensorProto_DataLocation, TensorProto_DataType, type TensorProtoSchema } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { FormatError, RefineNetError } from '../errors.ts';
import { float32, int64 } from '../tensor/tensor.ts';
import { readOnnxInitializers } from './onnx.ts';

type TensorFields = MessageInitShape<typeof TensorProtoSchema>;

function model(...initializer: TensorFields[]): Uint8Array {
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, graph: { name: 'g', initializer } }));
}

const { FLOAT, INT64, INT32, FLOAT16, BFLOAT16, BOOL, STRING, UINT8 } = TensorProto_DataType;
const twoFloats = new Uint8Array(Float32Array.of(1, -2.5).buffer);

test('the weights of a network exported by PyTorch are read by name', () => {
  const bytes = new Uint8Array(readFileSync(new URL('../../test/fixtures/onnx/network.onnx', import.meta.url)));
  const weights = readOnnxInitializers(bytes);
  // The exporter folds the batch norm of a network in evaluation mode into the convolution: w / sqrt(1 + 1e-5).
  const [weight, bias] = [...weights.values()];
  expect([...weights.values()].map(({ shape }) => shape)).toEqual([[3, 2, 1, 1], [3]]);
  const scale = 1 / Math.sqrt(1 + 1e-5);
  [0, 0.5, 1, 1.5, 2, 2.5].forEach((value, index) => {
    expect(Number(weight?.data[index])).toBeCloseTo(value * scale, 6);
  });
  [-1, -0.5, 0].forEach((value, index) => {
    expect(Number(bias?.data[index])).toBeCloseTo(value * scale, 6);
  });
});

describe('encodings', () => {
  test('raw data', () => {
    const weights = readOnnxInitializers(model({ name: 'w', dims: [2n, 1n], dataType: FLOAT, rawData: twoFloats }));
    expect([...weights]).toEqual([['w', float32([2, 1], [1, -2.5])]]);
  });

  test('lists of numbers', () => {
    const weights = readOnnxInitializers(
      model(
        { name: 'f', dims: [2n], dataType: FLOAT, floatData: [1, -2.5] },
        { name: 'n', dims: [], dataType: INT64, int64Data: [-3n] },
        { name: 'i', dims: [2n], dataType: INT32, int32Data: [-3, 4] },
        { name: 'u', dims: [1n], dataType: UINT8, int32Data: [255] },
        { name: 'b', dims: [2n], dataType: BOOL, int32Data: [1, 0] },
      ),
    );
    expect([...weights.keys()]).toEqual(['f', 'n', 'i', 'u', 'b']);
    expect(weights.get('f')).toEqual(float32([2], [1, -2.5]));
    expect(weights.get('n')).toEqual(int64([], [-3]));
    expect(weights.get('i')).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(-3, 4) });
    expect(weights.get('u')).toEqual({ dtype: 'uint8', shape: [1], data: Uint8Array.of(255) });
    expect(weights.get('b')).toEqual({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
  });

  test.each<[string, TensorFields]>([
    ['raw', { rawData: Uint8Array.of(0x00, 0x3c) }],
    ['listed', { int32Data: [0x3c00] }],
  ])('float16 stays as it is, %s', (_, data) => {
    const weights = readOnnxInitializers(model({ name: 'h', dims: [1n], dataType: FLOAT16, ...data }));
    expect(weights.get('h')).toEqual({ dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) });
  });

  test.each<[string, TensorFields]>([
    ['raw', { rawData: Uint8Array.of(0x20, 0xc0) }],
    ['listed', { int32Data: [0xc020] }],
  ])('bfloat16 is widened to float32, %s', (_, data) => {
    const weights = readOnnxInitializers(model({ name: 'b', dims: [1n], dataType: BFLOAT16, ...data }));
    expect(weights.get('b')).toEqual(float32([1], [-2.5]));
  });

  test('an empty tensor has no numbers in either form', () => {
    expect(readOnnxInitializers(model({ name: 'e', dims: [0n], dataType: FLOAT })).get('e')).toEqual(float32([0], []));
  });
});

describe('refused models', () => {
  const external = { name: 'w', dims: [2n], dataType: FLOAT, dataLocation: TensorProto_DataLocation.EXTERNAL };
  const sparse = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { graph: { sparseInitializer: [{ dims: [1n] }] } }),
  );
  const bomb = Array.from({ length: 2000 }, () => ({}));

  test.each<[string, Uint8Array, string]>([
    [
      'external data',
      model(external),
      'ONNX: "w" keeps its numbers in another file (external data), which is not read. Save the model in one file',
    ],
    [
      'external entries',
      model({ name: 'w', dims: [2n], dataType: FLOAT, externalData: [{ key: 'location', value: '../x' }] }),
      'external data',
    ],
    ['sparse initializers', sparse, 'the model has sparse initializers, which are not supported'],
    ['texts', model({ name: 's', dims: [1n], dataType: STRING }), 'ONNX: "s" has the element type STRING'],
    ['an unknown type', model({ name: 's', dims: [1n], dataType: 99 }), 'ONNX: "s" has the element type 99'],
    [
      'too few raw bytes',
      model({ name: 'w', dims: [3n], dataType: FLOAT, rawData: twoFloats }),
      'ONNX: "w" has the shape [3], so 3 elements, but holds 2',
    ],
    [
      'a broken raw element',
      model({ name: 'w', dims: [2n], dataType: FLOAT, rawData: twoFloats.subarray(1) }),
      'holds 1.75',
    ],
    [
      'too many listed',
      model({ name: 'w', dims: [1n], dataType: FLOAT, floatData: [1, 2] }),
      'so 1 elements, but holds 2',
    ],
    [
      'numbers twice',
      model({ name: 'w', dims: [2n], dataType: FLOAT, floatData: [1, 2], rawData: twoFloats }),
      'has its numbers twice, raw and as floatData',
    ],
    [
      'a negative extent',
      model({ name: 'w', dims: [-2n], dataType: FLOAT }),
      'ONNX: "w" has the impossible shape [-2]',
    ],
    ['an overflowing shape', model({ name: 'w', dims: [2n ** 62n, 2n ** 62n], dataType: FLOAT }), 'impossible shape'],
    ['no name', model({ dims: [0n], dataType: FLOAT }), 'ONNX: an initializer has no name'],
    [
      'a name twice',
      model({ name: 'w', dims: [0n], dataType: FLOAT }, { name: 'w', dims: [0n], dataType: FLOAT }),
      'the initializer "w" is there twice',
    ],
    [
      'segments',
      model({ name: 'w', dims: [0n], dataType: FLOAT, segment: { begin: 0n, end: 1n } }),
      'is split into segments',
    ],
    [
      'thousands of notes',
      model({ name: 'w', dims: [0n], dataType: FLOAT, metadataProps: bomb }),
      'encoded in a way no exporter writes',
    ],
    [
      'int64 lists of over 16 MB',
      model({ name: 'w', dims: [1n << 24n], dataType: INT64, int64Data: new Array(17_000_000).fill(0n) }),
      'encoded in a way no exporter writes',
    ],
    ['no graph', new Uint8Array(0), 'the bytes hold no graph, so this is no ONNX model'],
    ['other bytes', new TextEncoder().encode('hello world'), 'the bytes are not a well-formed model'],
  ])('%s', (_, bytes, message) => {
    expect(() => readOnnxInitializers(bytes)).toThrow(FormatError);
    expect(() => readOnnxInitializers(bytes)).toThrow(message);
  });

  test('no damage makes anything but an expected error', () => {
    const good = model(
      { name: 'w', dims: [2n], dataType: FLOAT, rawData: twoFloats },
      { name: 'n', dims: [2n], dataType: INT64, int64Data: [1n, 300n] },
    );
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, length) => {
        const bytes = good.slice(0, length % 2 === 0 ? length : good.length);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          readOnnxInitializers(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RefineNetError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
