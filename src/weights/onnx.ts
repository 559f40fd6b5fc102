/** The initializers of an ONNX model as weights. */
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type TensorProto, TensorProto_DataLocation, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { FormatError, messageOf } from '../errors.ts';
import { ONNX_INT64_BYTES, ONNX_TENSOR_FIELDS } from '../limits.ts';
import { formatShape } from '../tensor/shape.ts';
import {
  BYTES_PER_ELEMENT,
  type DataType,
  type Tensor,
  TYPED_ARRAYS,
  tensor,
  tensorFromBytes,
} from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { bfloat16ToFloat32 } from './bfloat16.ts';
import { checkedElementCount } from './extents.ts';
import { listNames } from './problems.ts';

/** Field numbers of onnx.proto. Only the way to the initializers is decoded, so that a graph's nodes cost nothing. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const GRAPH_SPARSE_INITIALIZER = 15;
const TENSOR_INT64_DATA = 7;

/** The lists a tensor's numbers can be in when they are not in rawData. */
type TypedField = 'floatData' | 'doubleData' | 'int32Data' | 'int64Data';

const TYPES: ReadonlyMap<number, { readonly dtype: DataType | 'bfloat16'; readonly field: TypedField }> = new Map([
  [TensorProto_DataType.FLOAT, { dtype: 'float32', field: 'floatData' }],
  [TensorProto_DataType.DOUBLE, { dtype: 'float64', field: 'doubleData' }],
  [TensorProto_DataType.INT64, { dtype: 'int64', field: 'int64Data' }],
  [TensorProto_DataType.INT32, { dtype: 'int32', field: 'int32Data' }],
  [TensorProto_DataType.INT16, { dtype: 'int16', field: 'int32Data' }],
  [TensorProto_DataType.INT8, { dtype: 'int8', field: 'int32Data' }],
  [TensorProto_DataType.UINT16, { dtype: 'uint16', field: 'int32Data' }],
  [TensorProto_DataType.UINT8, { dtype: 'uint8', field: 'int32Data' }],
  [TensorProto_DataType.BOOL, { dtype: 'bool', field: 'int32Data' }],
  [TensorProto_DataType.FLOAT16, { dtype: 'float16', field: 'int32Data' }],
  [TensorProto_DataType.BFLOAT16, { dtype: 'bfloat16', field: 'int32Data' }],
]);

/**
 * Reads the initializers of an ONNX model, in the model's order. Those of raw data share the memory of `bytes` where they
 * are aligned; float16 stays float16, bfloat16 is widened to float32 without loss.
 * @throws FormatError if this is no ONNX model, or one with external data, sparse initializers, element types that no
 * weights have, names missing or given twice, or numbers that don't fill their shapes.
 */
export function readOnnxInitializers(bytes: Uint8Array): Weights {
  const weights = new Map<string, Tensor>();
  let graphs = 0;
  try {
    for (const graph of messages(bytes, MODEL_GRAPH)) {
      graphs++;
      if (!messages(graph, GRAPH_SPARSE_INITIALIZER).next().done) {
        throw new FormatError(
          'ONNX: the model has sparse initializers, which are not supported. Export it with dense weights.',
        );
      }
      for (const message of messages(graph, GRAPH_INITIALIZER)) {
        const [name, value] = readTensor(message);
        if (weights.has(name)) {
          throw new FormatError(`ONNX: the initializer ${listNames([name])} is there twice. Export the model again.`);
        }
        weights.set(name, value);
      }
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`ONNX: the bytes are not a well-formed model (${messageOf(error)}). Fetch the file again.`);
  }
  if (graphs === 0)
    throw new FormatError('ONNX: the bytes hold no graph, so this is no ONNX model. Give a model exported to ONNX.');
  return weights;
}

/** The bodies of one submessage field. */
function* messages(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === wanted && wireType === WireType.LengthDelimited) yield reader.bytes();
    else reader.skip(wireType, field);
  }
}

function readTensor(message: Uint8Array): [name: string, value: Tensor] {
  checkFields(message);
  const proto = fromBinary(TensorProtoSchema, message, { readUnknownFields: false });
  const { name } = proto;
  if (name === '') throw new FormatError('ONNX: an initializer has no name. Export the model again.');
  const where = `ONNX: ${listNames([name])}`;
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL || proto.externalData.length > 0) {
    throw new FormatError(
      `${where} keeps its numbers in another file (external data), which is not read. Save the model in one file: onnx.save(model, path, save_as_external_data=False).`,
    );
  }
  const type = TYPES.get(proto.dataType);
  if (type === undefined || proto.segment !== undefined) {
    const label = TensorProto_DataType[proto.dataType] ?? String(proto.dataType);
    throw new FormatError(
      type === undefined
        ? `${where} has the element type ${label}, which weights are not read from. Export with float32 or float16.`
        : `${where} is split into segments, which no current exporter does. Export the model again.`,
    );
  }
  const shape = proto.dims.map(Number);
  const count = checkedElementCount(shape);
  if (count === undefined)
    throw new FormatError(`${where} has the impossible shape ${formatShape(shape)}. Export the model again.`);
  return [name, fill(where, proto, type.dtype, type.field, shape, count)];
}

function fill(
  where: string,
  proto: TensorProto,
  dtype: DataType | 'bfloat16',
  field: TypedField,
  shape: readonly number[],
  count: number,
): Tensor {
  const numbers = proto[field];
  if (proto.rawData.length > 0 && numbers.length > 0) {
    throw new FormatError(`${where} has its numbers twice, raw and as ${field}. Export the model again.`);
  }
  const elementBytes = dtype === 'bfloat16' ? 2 : BYTES_PER_ELEMENT[dtype];
  const held = numbers.length > 0 ? numbers.length : proto.rawData.length / elementBytes;
  if (held !== count) {
    throw new FormatError(
      `${where} has the shape ${formatShape(shape)}, so ${count} elements, but holds ${held}. The file is damaged; fetch it again.`,
    );
  }
  const raw = numbers.length > 0 ? fromNumbers(dtype, numbers) : proto.rawData;
  return dtype === 'bfloat16' ? tensor('float32', shape, bfloat16ToFloat32(raw)) : tensorFromBytes(dtype, shape, raw);
}

/** The bytes of numbers listed one by one; 16-bit floats are listed as their bit patterns. */
function fromNumbers(dtype: DataType | 'bfloat16', numbers: readonly number[] | readonly bigint[]): Uint8Array {
  const data =
    dtype === 'int64'
      ? BigInt64Array.from(numbers as readonly bigint[])
      : TYPED_ARRAYS_OF_NUMBERS[dtype].from(numbers as readonly number[]);
  return new Uint8Array(data.buffer);
}

const TYPED_ARRAYS_OF_NUMBERS = { ...TYPED_ARRAYS, int64: undefined, bfloat16: Uint16Array } as const;

/** Refuses messages whose decoded form would be far larger than their bytes. */
function checkFields(message: Uint8Array): void {
  const reader = new BinaryReader(message);
  let int64Bytes = 0;
  for (let count = 1; reader.pos < reader.len; count++) {
    const [field, wireType] = reader.tag();
    const length = reader.skip(wireType, field).length;
    if (field === TENSOR_INT64_DATA) int64Bytes += length;
    if (count > ONNX_TENSOR_FIELDS || int64Bytes > ONNX_INT64_BYTES) {
      throw new FormatError(
        'ONNX: an initializer is encoded in a way no exporter writes and that would take far more memory than the file. It is damaged or forged.',
      );
    }
  }
}
