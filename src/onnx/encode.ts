/**
 * Plain ONNX objects to the bytes of a ModelProto, field by field: the whole schema, which onnx-buf has for reading, would be a
 * fifth of what a page loads to segment.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { bytesOf } from '../tensor/tensor.ts';
import { ATTRIBUTE_TYPES, EXTERNAL, FIELDS, ONNX_DATA_TYPES } from './field-numbers.ts';
import {
  type Attribute,
  IR_VERSION,
  type OnnxGraph,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
  OPSET,
} from './model.ts';

/** Writes a message's fields. */
type Write = (writer: BinaryWriter) => void;

/** The bytes of an ONNX file. */
export function encodeModel({ graph, metadata = {} }: OnnxModel): Uint8Array {
  const { irVersion, producerName, graph: graphField, opsetImport, metadataProps } = FIELDS.model;
  const writer = new BinaryWriter();
  int(writer, irVersion, IR_VERSION);
  text(writer, producerName, 'refinenet');
  message(writer, graphField, (inner) => writeGraph(inner, graph));
  message(writer, opsetImport, (inner) => {
    text(inner, FIELDS.opset.domain, '');
    int(inner, FIELDS.opset.version, OPSET);
  });
  for (const entry of Object.entries(metadata)) writeEntry(writer, metadataProps, entry);
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, { name, nodes, inputs, outputs, initializers }: OnnxGraph): void {
  const fields = FIELDS.graph;
  for (const node of nodes) message(writer, fields.node, (inner) => writeNode(inner, node));
  text(writer, fields.name, name);
  for (const each of initializers) message(writer, fields.initializer, (inner) => writeInitializer(inner, each));
  for (const each of inputs) message(writer, fields.input, (inner) => writeValueInfo(inner, each));
  for (const each of outputs) message(writer, fields.output, (inner) => writeValueInfo(inner, each));
}

function writeNode(writer: BinaryWriter, { inputs, outputs, name, opType, attributes }: OnnxNode): void {
  const fields = FIELDS.node;
  for (const each of inputs) text(writer, fields.input, each);
  for (const each of outputs) text(writer, fields.output, each);
  text(writer, fields.name, name);
  text(writer, fields.opType, opType);
  for (const [key, attribute] of Object.entries(attributes)) {
    message(writer, fields.attribute, (inner) => writeAttribute(inner, key, attribute));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  const fields = FIELDS.attribute;
  text(writer, fields.name, name);
  switch (attribute.type) {
    case 'int':
      int(writer, fields.int, attribute.value);
      break;
    case 'ints':
      for (const value of attribute.value) int(writer, fields.ints, value);
      break;
    case 'float':
      writer.tag(fields.float, WireType.Bit32).float(attribute.value);
      break;
    case 'floats':
      for (const value of attribute.value) writer.tag(fields.floats, WireType.Bit32).float(value);
      break;
    case 'string':
      text(writer, fields.string, attribute.value);
      break;
  }
  enumeration(writer, fields.type, ATTRIBUTE_TYPES[attribute.type]);
}

function writeValueInfo(writer: BinaryWriter, { name, dtype, shape }: OnnxValueInfo): void {
  text(writer, FIELDS.valueInfo.name, name);
  message(writer, FIELDS.valueInfo.type, (type) =>
    message(type, FIELDS.type.tensor, (tensor) => {
      enumeration(tensor, FIELDS.tensorType.elementType, ONNX_DATA_TYPES[dtype]);
      message(tensor, FIELDS.tensorType.shape, (inner) => {
        for (const extent of shape)
          message(inner, FIELDS.shape.dimension, (dimension) => writeExtent(dimension, extent));
      });
    }),
  );
}

function writeExtent(writer: BinaryWriter, extent: number | string): void {
  if (typeof extent === 'number') int(writer, FIELDS.dimension.value, extent);
  else text(writer, FIELDS.dimension.parameter, extent);
}

function writeInitializer(writer: BinaryWriter, initializer: OnnxInitializer): void {
  const fields = FIELDS.tensor;
  const { dtype, shape } = 'external' in initializer ? initializer : initializer.tensor;
  for (const extent of shape) int(writer, fields.dimensions, extent);
  enumeration(writer, fields.dataType, ONNX_DATA_TYPES[dtype]);
  text(writer, fields.name, initializer.name);
  if (!('external' in initializer)) {
    writer.tag(fields.rawData, WireType.LengthDelimited).bytes(bytesOf(initializer.tensor));
    return;
  }
  const { location, offset, length } = initializer.external;
  const entries = { location, offset: String(offset), length: String(length) };
  for (const entry of Object.entries(entries)) writeEntry(writer, fields.externalData, entry);
  enumeration(writer, fields.dataLocation, EXTERNAL);
}

function writeEntry(writer: BinaryWriter, field: number, [key, value]: readonly [string, string]): void {
  message(writer, field, (inner) => {
    text(inner, FIELDS.entry.key, key);
    text(inner, FIELDS.entry.value, value);
  });
}

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function enumeration(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int32(value);
}
