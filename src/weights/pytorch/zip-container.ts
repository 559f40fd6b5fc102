/** The zip container of torch.save since PyTorch 1.6: a pickle `data.pkl` and each storage's bytes as an entry of its own. */
import { unzipSync } from 'fflate';
import { FormatError, messageOf } from '../../errors.ts';
import { ZIP_BYTES, ZIP_ENTRIES } from '../../limits.ts';
import { listNames } from '../problems.ts';
import type { Container } from './container.ts';
import { STORAGE_ELEMENT_BYTES, type StorageReference } from './stored-tensor.ts';
import { unpickle } from './unpickle.ts';

/** Where a zip with `ARCHIVE/` before every name keeps what. */
const PICKLE = 'data.pkl';
const BYTE_ORDER = 'byteorder';
const STORAGE_FOLDER = 'data/';

/** Stands for encryption where others have how an entry is compressed. */
const AES = 99;

/**
 * Opens the zip container. Storages are copied out of the file, once, when they are asked for.
 * @throws FormatError if the zip is damaged, compressed, encrypted, over 4 GB, big-endian, a TorchScript archive or not
 * made by PyTorch.
 */
export function openZip(file: Uint8Array): Container {
  if (file.length > ZIP_BYTES) {
    throw new FormatError(
      `PyTorch zip: ${file.length} bytes, more than the 4 GB this reader takes. Convert it to safetensors.`,
    );
  }
  const names: string[] = [];
  const small = readEntries(file, (name) => {
    names.push(name);
    const inner = innerName(name);
    return inner === PICKLE || inner === BYTE_ORDER;
  });
  const inner = names.map(innerName);
  if (inner.includes('constants.pkl') || inner.some((name) => name.startsWith('code/'))) {
    throw new FormatError(
      'PyTorch zip: a TorchScript archive, which holds a program. Save its weights instead: torch.save(torch.jit.load(path).state_dict(), path).',
    );
  }
  const pickleNames = names.filter((name) => innerName(name) === PICKLE);
  const pickle = small.get(pickleNames[0] ?? '');
  if (pickle === undefined || pickleNames.length !== 1) {
    const found =
      pickleNames.length > 1 ? 'more than one data.pkl' : `no data.pkl (${listNames(names) || 'it is empty'})`;
    throw new FormatError(`PyTorch zip: it has ${found}, so it is not from torch.save. Give a file of torch.save.`);
  }
  const archive = (pickleNames[0] as string).slice(0, -PICKLE.length);
  const byteOrder = new TextDecoder('utf-8').decode(small.get(archive + BYTE_ORDER) ?? new Uint8Array());
  if (byteOrder !== '' && byteOrder !== 'little') {
    throw new FormatError(
      `PyTorch zip: its byte order is ${JSON.stringify(byteOrder.slice(0, 20))}, only "little" is read. Save it again on an ordinary machine.`,
    );
  }
  return {
    value: unpickle(pickle).value,
    readStorages: (references) => readStorages(file, archive, references),
  };
}

function readStorages(
  file: Uint8Array,
  archive: string,
  references: ReadonlyMap<string, StorageReference>,
): ReadonlyMap<string, Uint8Array> {
  const prefix = archive + STORAGE_FOLDER;
  const keyOf = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : '');
  const entries = readEntries(file, (name) => references.has(keyOf(name)));
  const storages = new Map([...entries].map(([name, bytes]) => [keyOf(name), bytes]));
  for (const { key, dtype, count } of references.values()) {
    const bytes = storages.get(key);
    if (bytes === undefined)
      throw new FormatError(`PyTorch zip: storage ${listNames([key])} is missing. Fetch the file again.`);
    const expected = count * STORAGE_ELEMENT_BYTES[dtype];
    if (bytes.length !== expected) {
      throw new FormatError(
        `PyTorch zip: storage ${listNames([key])} has ${bytes.length} bytes, but ${count} elements of ${dtype} take ${expected}. Fetch the file again.`,
      );
    }
  }
  return storages;
}

/** The wanted entries by full name, each a copy; all of them must be stored as they are and fit the file together. */
function readEntries(file: Uint8Array, wanted: (name: string) => boolean): Map<string, Uint8Array> {
  let seen = 0;
  let total = 0;
  const sizes = new Map<string, number>();
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(file, {
      filter: ({ name, size, originalSize, compression }) => {
        if (++seen > ZIP_ENTRIES)
          throw new FormatError(`PyTorch zip: more than ${ZIP_ENTRIES} entries. It is damaged or forged.`);
        if (!wanted(name)) return false;
        if (compression === AES) {
          throw new FormatError(
            `PyTorch zip: ${listNames([name])} is encrypted. Unpack it and zip it stored (zip -0).`,
          );
        }
        if (compression !== 0) {
          throw new FormatError(
            `PyTorch zip: ${listNames([name])} is compressed, which torch.save never does. Unpack it and zip it stored (zip -0).`,
          );
        }
        // Encrypted entries are longer than what they hold.
        if (size !== originalSize) {
          throw new FormatError(
            `PyTorch zip: ${listNames([name])} claims ${originalSize} bytes in ${size}: encrypted or damaged. Fetch the file again.`,
          );
        }
        if (sizes.has(name))
          throw new FormatError(`PyTorch zip: ${listNames([name])} is there twice. Fetch the file again.`);
        sizes.set(name, size);
        total += size;
        if (total > file.length) {
          throw new FormatError(
            `PyTorch zip: its entries claim ${total} bytes, more than the file's ${file.length}. It is damaged or forged.`,
          );
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`PyTorch zip: the archive is damaged or cut short (${messageOf(error)}). Fetch it again.`);
  }
  const result = new Map<string, Uint8Array>();
  for (const [name, size] of sizes) {
    const bytes = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (bytes?.length !== size) {
      throw new FormatError(
        `PyTorch zip: ${listNames([name])} breaks off (${bytes?.length ?? 0} of ${size} bytes). The file is cut short; fetch it again.`,
      );
    }
    result.set(name, bytes);
  }
  return result;
}

function innerName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
