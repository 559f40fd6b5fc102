/** Reads one pickle of a PyTorch file into maps, lists, plain values and tensors still to be rebuilt. */
import { BufferReader, Parser } from 'pickleparser';
import { FormatError, messageOf } from '../../errors.ts';
import { listNames } from '../problems.ts';
import { allowedGlobals } from './allowed-globals.ts';
import { scanPickle } from './scan-pickle.ts';
import { StorageClass, type StorageReference } from './stored-tensor.ts';

export interface Unpickled {
  readonly value: unknown;
  /** The storages the pickle refers to, by key. */
  readonly storages: ReadonlyMap<string, StorageReference>;
  /** Where in the file the pickle ends. */
  readonly end: number;
}

/**
 * Reads the pickle that begins at `start`; no code of the file runs, as only the names of the allow-list resolve, and
 * these are inert.
 * @throws FormatError if the stream is malformed or asks for any other name.
 */
export function unpickle(file: Uint8Array, start = 0): Unpickled {
  const { bytes, end } = scanPickle(file, start);
  const storages = new Map<string, StorageReference>();
  const resolve = allowedGlobals(bytes.length);
  const parser = new Parser({
    unpicklingTypeOfDictionary: 'Map',
    nameResolver: { resolve: (module, name) => resolve(module, name) as () => unknown },
    persistentResolver: { resolve: (id: unknown) => storageOf(id, storages) },
  });
  try {
    return { value: parser.read(new PickleReader(bytes)), storages, end };
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(
      `pickle: the stream makes no sense (${messageOf(error)}). The file is damaged; fetch it again.`,
    );
  }
}

/**
 * Byte strings from the stream can't be written to: the parser sets dictionary items by calling `set` on whatever it
 * finds, which a typed array has as well.
 */
class PickleReader extends BufferReader {
  override bytes(length: number): ReturnType<BufferReader['bytes']> {
    return Object.defineProperty(super.bytes(length), 'set', { value: undefined });
  }
}

/** A persistent id is ("storage", class, key, device, count), in the legacy container also with a view, always None. */
function storageOf(id: unknown, storages: Map<string, StorageReference>): StorageReference {
  if (!Array.isArray(id) || id.length < 5 || id.length > 6 || id[0] !== 'storage')
    throw badStorage('has no known form');
  const [, storageClass, key, , count, view] = id as unknown[];
  if (!(storageClass instanceof StorageClass)) throw badStorage('has no storage class');
  if (typeof key !== 'string') throw badStorage('has no key');
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) throw badStorage('has no valid size');
  if (view !== undefined && view !== null) {
    throw new FormatError(
      `pickle: storage ${listNames([key])} is a view of another storage, as PyTorch before 0.4 wrote them. Load and save the file with a newer PyTorch.`,
    );
  }
  const known = storages.get(key);
  if (known === undefined) {
    const reference = Object.freeze({ key, dtype: storageClass.dtype, count });
    storages.set(key, reference);
    return reference;
  }
  if (known.dtype !== storageClass.dtype || known.count !== count) {
    throw badStorage(
      `${listNames([key])} is once ${known.count} of ${known.dtype}, once ${count} of ${storageClass.dtype}`,
    );
  }
  return known;
}

function badStorage(what: string): FormatError {
  return new FormatError(`pickle: a reference to a storage ${what}. The file is damaged or not made by torch.save.`);
}
