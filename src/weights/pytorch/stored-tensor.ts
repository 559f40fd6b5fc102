/** Tensors as a pickle describes them: a window onto a storage whose bytes lie elsewhere in the file. */
import { BYTES_PER_ELEMENT, type DataType } from '../../tensor/tensor.ts';

/** The element types storages have: those of tensors, and bfloat16, which is widened to float32 when rebuilt. */
export type StorageType = DataType | 'bfloat16';

/** What a storage's class name in the pickle stands for; `untyped` ones count bytes and get their type from the tensor. */
export class StorageClass {
  readonly dtype: StorageType | 'untyped';

  constructor(dtype: StorageType | 'untyped') {
    this.dtype = dtype;
    Object.freeze(this);
  }
}

/** A torch.dtype that the pickle names. */
export class TorchType {
  readonly dtype: StorageType;

  constructor(dtype: StorageType) {
    this.dtype = dtype;
    Object.freeze(this);
  }
}

/** A reference to a storage; `count` is in elements, in bytes for an untyped one. */
export interface StorageReference {
  readonly key: string;
  readonly dtype: StorageType | 'untyped';
  readonly count: number;
}

/** A tensor still to be rebuilt; nothing but `storage` has been checked. Offset and strides are in elements. */
export class StoredTensor {
  readonly storage: StorageReference;
  readonly dtype: StorageType;
  readonly offset: unknown;
  readonly size: unknown;
  readonly stride: unknown;

  constructor(storage: StorageReference, dtype: StorageType, offset: unknown, size: unknown, stride: unknown) {
    this.storage = storage;
    this.dtype = dtype;
    this.offset = offset;
    this.size = size;
    this.stride = stride;
    Object.freeze(this);
  }
}

/** A value that checkpoints carry beside the weights and that nothing here looks into. */
export class Inert {
  readonly global: string;

  constructor(global: string) {
    this.global = global;
    Object.freeze(this);
  }
}

/** The bytes of one element. */
export const STORAGE_ELEMENT_BYTES: Readonly<Record<StorageType | 'untyped', number>> = {
  ...BYTES_PER_ELEMENT,
  bfloat16: 2,
  untyped: 1,
};
