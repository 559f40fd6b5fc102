/** The numbers of the fields and enumerations of onnx.proto that this library writes. */
import type { DataType } from '../tensor/tensor.ts';
import type { Attribute } from './model.ts';

export const FIELDS = {
  model: { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, metadataProps: 14 },
  opset: { domain: 1, version: 2 },
  entry: { key: 1, value: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, opType: 4, attribute: 5 },
  attribute: { name: 1, float: 2, int: 3, string: 4, floats: 7, ints: 8, type: 20 },
  valueInfo: { name: 1, type: 2 },
  type: { tensor: 1 },
  tensorType: { elementType: 1, shape: 2 },
  shape: { dimension: 1 },
  dimension: { value: 1, parameter: 2 },
  tensor: { dimensions: 1, dataType: 2, name: 8, rawData: 9, externalData: 13, dataLocation: 14 },
} as const;

/** `TensorProto.DataType`. */
export const ONNX_DATA_TYPES: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPES: Readonly<Record<Attribute['type'], number>> = {
  float: 1,
  int: 2,
  string: 3,
  floats: 6,
  ints: 7,
};

/** `TensorProto.DataLocation.EXTERNAL`. */
export const EXTERNAL = 1;
