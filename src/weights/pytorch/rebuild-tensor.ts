/** Turns windows onto storages into row-major tensors. */
import { FormatError } from '../../errors.ts';
import { TENSOR_AXES, TENSOR_COPIES } from '../../limits.ts';
import { formatShape, rowMajorStrides } from '../../tensor/shape.ts';
import { type Tensor, tensor, tensorFromBytes } from '../../tensor/tensor.ts';
import { bfloat16ToFloat32 } from '../bfloat16.ts';
import { checkedElementCount } from '../extents.ts';
import { listNames } from '../problems.ts';
import { STORAGE_ELEMENT_BYTES, type StoredTensor } from './stored-tensor.ts';

const WORDS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

/**
 * A function that rebuilds tensors over these storages. Row-major ones share the storage's memory, transposed ones are
 * copied, bfloat16 is widened to float32 without loss.
 * @param storages bytes by key, each of the length its reference promises.
 * @returns the function; it throws FormatError, naming the tensor, where a window reaches out of its storage, repeats
 * elements, or all copies together take more than four times the storages.
 */
export function tensorRebuilder(
  storages: ReadonlyMap<string, Uint8Array>,
): (name: string, stored: StoredTensor) => Tensor {
  const aligned = new Map<string, Uint8Array>();
  const rebuilt = new Map<string, Tensor>();
  let copyBudget = 0;
  for (const bytes of storages.values()) copyBudget += TENSOR_COPIES * bytes.length;

  return (name, stored) => {
    const window = checkWindow(name, stored);
    const { key } = stored.storage;
    const identity = JSON.stringify([key, stored.dtype, window]);
    const known = rebuilt.get(identity);
    if (known !== undefined) return known;
    const elementBytes = STORAGE_ELEMENT_BYTES[stored.dtype];
    let storage = aligned.get(key);
    if (storage === undefined) {
      const bytes = storages.get(key);
      if (bytes === undefined)
        throw new FormatError(
          `${listNames([name])}: its storage ${listNames([key])} is not in the file. Fetch it again.`,
        );
      // Once for the storage rather than for every window, of which there may be many.
      storage = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
      aligned.set(key, storage);
    }
    const contiguous = isContiguous(window);
    const copies =
      (contiguous ? 0 : window.count * elementBytes) + (stored.dtype === 'bfloat16' ? window.count * 4 : 0);
    copyBudget -= copies;
    if (copyBudget < 0) {
      throw new FormatError(
        `${listNames([name])}: the file's tensors overlap so much that they would take over ${TENSOR_COPIES} times its size. Save them as contiguous tensors.`,
      );
    }
    const bytes = contiguous
      ? storage.subarray(window.offset * elementBytes, (window.offset + window.count) * elementBytes)
      : gather(storage, elementBytes as keyof typeof WORDS, window);
    const result =
      stored.dtype === 'bfloat16'
        ? tensor('float32', window.size, bfloat16ToFloat32(bytes))
        : tensorFromBytes(stored.dtype, window.size, bytes);
    rebuilt.set(identity, result);
    return result;
  };
}

interface Window {
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly count: number;
}

function checkWindow(name: string, { storage, dtype, offset, size, stride }: StoredTensor): Window {
  const count = Array.isArray(size) && size.length <= TENSOR_AXES ? checkedElementCount(size) : undefined;
  if (
    count === undefined ||
    !isIndex(offset) ||
    !Array.isArray(stride) ||
    stride.length !== (size as number[]).length ||
    !stride.every(isIndex)
  ) {
    throw new FormatError(
      `${listNames([name])}: its offset, size or strides are not whole numbers >= 0 for each axis. The file is damaged; fetch it again.`,
    );
  }
  const extents = size as number[];
  let reach = offset;
  if (count > 0) reach += extents.reduce((last, extent, axis) => last + (extent - 1) * (stride[axis] as number), 1);
  const bytesHeld = storage.count * STORAGE_ELEMENT_BYTES[storage.dtype];
  const available = Math.floor(bytesHeld / STORAGE_ELEMENT_BYTES[dtype]);
  if (reach > available) {
    throw new FormatError(
      `${listNames([name])}: shape ${formatShape(extents)} with strides ${formatShape(stride)} at offset ${offset} reaches element ${reach} of a storage of ${available}. The file is damaged; fetch it again.`,
    );
  }
  if (count > available) {
    throw new FormatError(
      `${listNames([name])}: shape ${formatShape(extents)} with strides ${formatShape(stride)} repeats elements of a storage of ${available}. Save it expanded: tensor.contiguous().`,
    );
  }
  return { offset, size: extents, stride, count };
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isContiguous({ size, stride, count }: Window): boolean {
  if (count === 0) return true;
  const expected = rowMajorStrides(size);
  return size.every((extent, axis) => extent === 1 || stride[axis] === expected[axis]);
}

function gather(storage: Uint8Array, elementBytes: keyof typeof WORDS, window: Window): Uint8Array {
  const Words = WORDS[elementBytes];
  const length = Math.floor(storage.length / elementBytes);
  const source = new Words(storage.buffer as ArrayBuffer, storage.byteOffset, length);
  const target = new Words(window.count);
  copyStrided<number | bigint>(source, target, window);
  return new Uint8Array(target.buffer);
}

function copyStrided<T>(source: ArrayLike<T>, target: { [index: number]: T }, window: Window): void {
  // Axes of one element say nothing and, at up to 64 of them, would only cost time.
  const axes = window.size.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  const size = axes.map((axis) => window.size[axis] as number);
  const stride = axes.map((axis) => window.stride[axis] as number);
  const index = new Array<number>(size.length).fill(0);
  let from = window.offset;
  for (let to = 0; to < window.count; to++) {
    target[to] = source[from] as T;
    for (let axis = size.length - 1; axis >= 0; axis--) {
      from += stride[axis] as number;
      if (++(index[axis] as number) < (size[axis] as number)) break;
      from -= (stride[axis] as number) * (size[axis] as number);
      index[axis] = 0;
    }
  }
}
