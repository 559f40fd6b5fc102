/** Tensors as NumPy's .npy files. */
import { type DType, dump, type TypedArray } from 'npyjs';
import { bytesOf, type DataType, type Tensor, TYPED_ARRAYS } from './tensor.ts';

const NPY_TYPES: Readonly<Record<DataType, DType>> = {
  float32: 'f4',
  float64: 'f8',
  float16: 'f2',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  int64: 'i8',
  bool: 'b1',
};

/** The parts of a .npy file, to be written one after the other: its header, and the tensor's own bytes, not copied. */
export function encodeNpy(tensor: Tensor): readonly Uint8Array[] {
  // Of no elements the library writes the header alone: a large tensor needs no second copy in memory.
  const nothing: TypedArray = new TYPED_ARRAYS[tensor.dtype](0);
  const header = dump(nothing, [...tensor.shape], { dtype: NPY_TYPES[tensor.dtype] });
  return [new Uint8Array(header), bytesOf(tensor)];
}
