/** Plain ONNX objects to the bytes of a ModelProto. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import { bytesOf, type DataType } from '../tensor/tensor.ts';
import {
  type Attribute,
  IR_VERSION,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxValueInfo,
  OPSET,
} from './model.ts';

/** ONNX's number for each element type. */
export const ONNX_DATA_TYPES: Readonly<Record<DataType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
  int16: TensorProto_DataType.INT16,
  uint16: TensorProto_DataType.UINT16,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

/** The bytes of an ONNX file. Tensors' numbers are copied once, into the result. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const { graph } = model;
  const message = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    producerName: 'refinenet',
    opsetImport: [{ domain: '', version: BigInt(OPSET) }],
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: graph.nodes.map((node) => ({
        opType: node.opType,
        name: node.name,
        input: [...node.inputs],
        output: [...node.outputs],
        attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
      })),
      input: graph.inputs.map(encodeValueInfo),
      output: graph.outputs.map(encodeValueInfo),
      initializer: graph.initializers.map(encodeInitializer),
    },
  });
  return toBinary(ModelProtoSchema, message);
}

function encodeAttribute(name: string, attribute: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  switch (attribute.type) {
    case 'int':
      return { name, type: AttributeProto_AttributeType.INT, i: BigInt(attribute.value) };
    case 'ints':
      return { name, type: AttributeProto_AttributeType.INTS, ints: attribute.value.map(BigInt) };
    case 'float':
      return { name, type: AttributeProto_AttributeType.FLOAT, f: attribute.value };
    case 'floats':
      return { name, type: AttributeProto_AttributeType.FLOATS, floats: [...attribute.value] };
    case 'string':
      return { name, type: AttributeProto_AttributeType.STRING, s: new TextEncoder().encode(attribute.value) };
  }
}

function encodeValueInfo({ name, dtype, shape }: OnnxValueInfo): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((extent) =>
    typeof extent === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(extent) } }
      : { value: { case: 'dimParam' as const, value: extent } },
  );
  return { name, type: { value: { case: 'tensorType', value: { elemType: ONNX_DATA_TYPES[dtype], shape: { dim } } } } };
}

function encodeInitializer(initializer: OnnxInitializer): MessageInitShape<typeof TensorProtoSchema> {
  const { name } = initializer;
  if ('external' in initializer) {
    const { location, offset, length } = initializer.external;
    return {
      name,
      dims: initializer.shape.map(BigInt),
      dataType: ONNX_DATA_TYPES[initializer.dtype],
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [
        { key: 'location', value: location },
        { key: 'offset', value: String(offset) },
        { key: 'length', value: String(length) },
      ],
    };
  }
  const { tensor } = initializer;
  return {
    name,
    dims: tensor.shape.map(BigInt),
    dataType: ONNX_DATA_TYPES[tensor.dtype],
    rawData: bytesOf(tensor) as Uint8Array<ArrayBuffer>,
  };
}
