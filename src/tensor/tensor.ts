/** A concrete n-dimensional array: element type, extents and row-major numbers. */
import { ShapeError } from '../errors.ts';
import { elementCount, formatShape } from './shape.ts';

/**
 * Element types and the typed arrays that hold them. float16 is held as its bit patterns, bool as 0 or 1.
 * The keys are onnxruntime's names.
 */
export interface TensorData {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}

/** The type of a tensor's elements; `TensorData` says which array holds them. */
export type DataType = keyof TensorData;

/** The typed array constructor of each element type. */
export const TYPED_ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DataType, unknown>;

/** The bytes one element of each type takes. */
export const BYTES_PER_ELEMENT: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
};

/** Numbers in n dimensions, with their type and extents; `tensor` makes one and checks that these fit. */
export interface Tensor<T extends DataType = DataType> {
  readonly dtype: T;
  /** The extents, outermost first; [] is a single number. */
  readonly shape: readonly number[];
  /** As many elements as the product of the extents, row by row: the last index changes fastest. */
  readonly data: TensorData[T];
}

/**
 * A tensor over existing numbers, which are not copied.
 * @throws ShapeError if the number of elements is not the product of the extents.
 */
export function tensor<T extends DataType>(dtype: T, shape: readonly number[], data: TensorData[T]): Tensor<T> {
  if (data.length !== elementCount(shape)) {
    throw new ShapeError(
      `A ${dtype} tensor of shape ${formatShape(shape)} holds ${elementCount(shape)} elements, but ${data.length} were given.`,
    );
  }
  return { dtype, shape, data };
}

/** A float32 tensor; `data` may be any list of numbers. */
export function float32(shape: readonly number[], data: ArrayLike<number>): Tensor<'float32'> {
  return tensor('float32', shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/** An int64 tensor from ordinary whole numbers. */
export function int64(shape: readonly number[], data: readonly number[]): Tensor<'int64'> {
  return tensor('int64', shape, BigInt64Array.from(data, BigInt));
}

/** The bytes of a tensor's numbers, in this machine's order (little-endian on every supported one); not a copy. */
export function bytesOf(value: Tensor): Uint8Array {
  return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
}

/**
 * A tensor over raw little-endian bytes. Shares memory where the bytes are aligned for their type, copies them otherwise.
 * @throws ShapeError if the number of bytes does not fit.
 */
export function tensorFromBytes<T extends DataType>(dtype: T, shape: readonly number[], bytes: Uint8Array): Tensor<T> {
  const size = BYTES_PER_ELEMENT[dtype];
  const count = elementCount(shape);
  if (bytes.byteLength !== count * size) {
    throw new ShapeError(
      `A ${dtype} tensor of shape ${formatShape(shape)} takes ${count * size} bytes, but ${bytes.byteLength} were given.`,
    );
  }
  // Not bytes.slice(): that of Node's Buffer is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const data = new TYPED_ARRAYS[dtype](aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
  return { dtype, shape, data: data as TensorData[T] };
}
