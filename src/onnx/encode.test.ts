import { fromBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { float32, tensor } from '../tensor/tensor.ts';
import { encodeModel } from './encode.ts';
import { ATTRIBUTE_TYPES, EXTERNAL, ONNX_DATA_TYPES } from './field-numbers.ts';
import { float, int, ints, type OnnxModel, string } from './model.ts';

const MODEL: OnnxModel = {
  metadata: { classes: '["sky"]', ü: '' },
  graph: {
    name: 'small',
    nodes: [
      {
        opType: 'Any',
        name: 'scope/Any',
        inputs: ['x', '', 'w'],
        outputs: ['y'],
        attributes: {
          axis: int(-1),
          zero: int(0),
          pads: ints([0, -2, 3]),
          none: ints([]),
          alpha: float(0.5),
          floats: { type: 'floats', value: [0, 1.5] },
          mode: string('linear ü'),
        },
      },
    ],
    inputs: [{ name: 'x', dtype: 'float16', shape: ['batch', 3, 0] }],
    outputs: [{ name: 'y', dtype: 'uint8', shape: [] }],
    initializers: [
      { name: 'w', tensor: float32([2, 1], [1, -2]) },
      { name: 'b', tensor: tensor('int64', [1], BigInt64Array.of(-7n)) },
      { name: 'far', dtype: 'float32', shape: [4], external: { location: 'far.bin', offset: 8, length: 16 } },
    ],
  },
};

describe('an encoded model', () => {
  const { graph, ...model } = fromBinary(ModelProtoSchema, encodeModel(MODEL));

  test('declares its version, operators and metadata', () => {
    expect([
      model.irVersion,
      model.producerName,
      model.opsetImport.map(({ domain, version }) => [domain, version]),
    ]).toEqual([8n, 'refinenet', [['', 17n]]]);
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['classes', '["sky"]'],
      ['ü', ''],
    ]);
  });

  test('has nodes with attributes of every type', () => {
    const [node] = graph?.node ?? [];
    expect([node?.opType, node?.name, node?.input, node?.output]).toEqual(['Any', 'scope/Any', ['x', '', 'w'], ['y']]);
    const values = node?.attribute.map(({ name, type, i, ints, f, floats, s }) => {
      const { INT, INTS, FLOAT, FLOATS } = AttributeProto_AttributeType;
      const value = { [INT]: i, [INTS]: ints, [FLOAT]: f, [FLOATS]: floats } as Record<number, unknown>;
      return [name, type in value ? value[type] : new TextDecoder().decode(s)];
    });
    expect(values).toEqual([
      ['axis', -1n],
      ['zero', 0n],
      ['pads', [0n, -2n, 3n]],
      ['none', []],
      ['alpha', 0.5],
      ['floats', [0, 1.5]],
      ['mode', 'linear ü'],
    ]);
  });

  test('has inputs and outputs with known and open extents', () => {
    const types = [...(graph?.input ?? []), ...(graph?.output ?? [])].map(({ name, type }) => {
      const value = type?.value.case === 'tensorType' ? type.value.value : undefined;
      return [name, value?.elemType, value?.shape?.dim.map((dim) => dim.value.value)];
    });
    expect(types).toEqual([
      ['x', TensorProto_DataType.FLOAT16, ['batch', 3n, 0n]],
      ['y', TensorProto_DataType.UINT8, []],
    ]);
  });

  test('has numbers inside, or says where they are', () => {
    const [w, b, far] = graph?.initializer ?? [];
    expect([w?.name, w?.dims, w?.dataType, w?.rawData]).toEqual([
      'w',
      [2n, 1n],
      TensorProto_DataType.FLOAT,
      new Uint8Array(Float32Array.of(1, -2).buffer),
    ]);
    expect(b?.rawData).toEqual(new Uint8Array(BigInt64Array.of(-7n).buffer));
    expect([far?.dims, far?.dataLocation, far?.rawData?.length ?? 0]).toEqual([
      [4n],
      TensorProto_DataLocation.EXTERNAL,
      0,
    ]);
    expect(far?.externalData.map(({ key, value }) => [key, value])).toEqual([
      ['location', 'far.bin'],
      ['offset', '8'],
      ['length', '16'],
    ]);
  });
});

test("the enumerations are ONNX's own", () => {
  const names = { float32: 'FLOAT', float64: 'DOUBLE' } as const;
  for (const [dtype, number] of Object.entries(ONNX_DATA_TYPES)) {
    const name = names[dtype as keyof typeof names] ?? dtype.toUpperCase();
    expect(TensorProto_DataType[number], dtype).toBe(name);
  }
  for (const [type, number] of Object.entries(ATTRIBUTE_TYPES)) {
    expect(AttributeProto_AttributeType[number]).toBe(type.toUpperCase());
  }
  expect(TensorProto_DataLocation[EXTERNAL]).toBe('EXTERNAL');
});
