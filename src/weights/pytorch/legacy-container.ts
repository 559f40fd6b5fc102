/**
 * The container of torch.save before PyTorch 1.6: pickles of a magic number, the protocol, the writing machine, the
 * object and the list of storage keys, one after another, then each storage as its element count (int64) and bytes.
 */
import { FormatError } from '../../errors.ts';
import { listNames } from '../problems.ts';
import type { Container } from './container.ts';
import { STORAGE_ELEMENT_BYTES, type StorageReference } from './stored-tensor.ts';
import { unpickle } from './unpickle.ts';

/** The magic number 0x1950a86a20f9469cfc6c as a pickle of its own, after the opcode that names pickle's version (2 or 3). */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e] as const;
const MAGIC_START = 2;
const PROTOCOL = 1001;
const COUNT_BYTES = 8;

/** Whether the file begins as a legacy container does. */
export function isLegacy(file: Uint8Array): boolean {
  return file[0] === 0x80 && MAGIC.every((byte, index) => file[MAGIC_START + index] === byte);
}

/**
 * Opens the legacy container. Storages are views of the file.
 * @throws FormatError if the file is no such container, truncated, longer than its storages, or from a big-endian machine.
 */
export function openLegacy(file: Uint8Array): Container {
  if (!isLegacy(file)) {
    // Read for what it says about the file: a name off the allow-list is the more telling reason to refuse it.
    unpickle(file);
    throw new FormatError(
      'PyTorch file: a bare pickle without tensors, not written by torch.save. Save the weights with torch.save(model.state_dict(), path).',
    );
  }
  const protocol = unpickle(file, MAGIC_START + MAGIC.length);
  if (protocol.value !== PROTOCOL) {
    throw new FormatError(
      `PyTorch file: container protocol ${print(protocol.value)}, only ${PROTOCOL} is known. Fetch the file again.`,
    );
  }
  const system = unpickle(file, protocol.end);
  if (!(system.value instanceof Map) || system.value.get('little_endian') !== true) {
    throw new FormatError(
      'PyTorch file: not written on a little-endian machine. Save it again on an ordinary machine.',
    );
  }
  const object = unpickle(file, system.end);
  const keys = unpickle(file, object.end);
  if (!Array.isArray(keys.value)) {
    throw new FormatError('PyTorch file: the list of storages is missing. The file is damaged; fetch it again.');
  }
  const storages = locateStorages(file, keys.end, keys.value, object.storages);
  return { value: object.value, readStorages: () => storages };
}

function locateStorages(
  file: Uint8Array,
  start: number,
  keys: readonly unknown[],
  references: ReadonlyMap<string, StorageReference>,
): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const storages = new Map<string, Uint8Array>();
  let position = start;
  for (const key of keys) {
    const reference = typeof key === 'string' ? references.get(key) : undefined;
    if (reference === undefined || storages.has(reference.key)) {
      throw new FormatError(
        `PyTorch file: storage ${print(key)} is listed twice or without a tensor. Fetch the file again.`,
      );
    }
    if (position + COUNT_BYTES > file.length) throw cutShort(reference, 0);
    const count = view.getBigInt64(position, true);
    if (count !== BigInt(reference.count)) {
      throw new FormatError(
        `PyTorch file: storage ${listNames([reference.key])} says it has ${count} elements where its tensors say ${reference.count}. Fetch the file again.`,
      );
    }
    const begin = position + COUNT_BYTES;
    position = begin + reference.count * STORAGE_ELEMENT_BYTES[reference.dtype];
    if (position > file.length) throw cutShort(reference, file.length - begin);
    storages.set(reference.key, file.subarray(begin, position));
  }
  if (position < file.length) {
    throw new FormatError(
      `PyTorch file: ${file.length - position} bytes follow the last storage. If several objects were saved to the file, save the weights alone.`,
    );
  }
  return storages;
}

function cutShort({ key, dtype, count }: StorageReference, left: number): FormatError {
  return new FormatError(
    `PyTorch file: storage ${listNames([key])} of ${count} ${dtype} elements breaks off (${left} bytes are left). The file is cut short; fetch it again.`,
  );
}

function print(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 60))
    : typeof value === 'number'
      ? String(value)
      : typeof value;
}
