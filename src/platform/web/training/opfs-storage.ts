/** A run's files in the Origin Private File System, in which no closed tab and no full disk costs more than the work since the last checkpoint. */
import { messageOf, RuntimeError } from '../../../errors.ts';
import { fileNameOf, folderOf } from '../../../data/file-source.ts';
import type { FolderFiles, RunStorage } from '../../../training/run/storage.ts';
import { folderIn, isMissing } from './runs-folder.ts';

/** The part of a file's exclusive handle that is used; only workers have it. */
interface SyncHandle {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** What a file's handle has beyond its declaration. */
interface WorkerFile extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncHandle>;
  move(name: string): Promise<void>;
}

/** Names the version of a replaced folder that counts. */
const CURRENT = 'current';

/**
 * Storage in a folder. A file is written under a temporary name and moved to its own. A folder that is replaced has its files in
 * numbered folders inside, `last/7/model.safetensors`, and a file `current` that says which of them counts:
 * 1. The new files are written to a folder of the next number and forced to the disk. What is found there later is thrown away.
 * 2. `current` is replaced by one move: from now on the new files count.
 * 3. The other folders are deleted.
 *
 * Reading works everywhere, writing in workers only.
 */
export function opfsStorage(folder: FileSystemDirectoryHandle): RunStorage {
  return new OpfsStorage(folder);
}

class OpfsStorage implements RunStorage {
  readonly name: string;
  readonly #root: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle) {
    this.name = root.name;
    this.#root = root;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const folder = await this.#folder(folderOf(path));
    if (!folder) return undefined;
    // Another tab may replace a folder between a look at its number and its file, as often as a small run has checkpoints.
    for (let attempt = 1; ; attempt++) {
      try {
        const version = await currentIn(folder);
        const holder = version === undefined ? folder : await folder.getDirectoryHandle(String(version));
        const file = await (await holder.getFileHandle(fileNameOf(path))).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        const isGone = isMissing(error);
        if (isGone && !(await hasVersions(folder))) return undefined;
        if (attempt < READ_ATTEMPTS && (isGone || (error as Error).name === 'NotReadableError')) {
          await new Promise((resolve) => setTimeout(resolve, attempt * PAUSE));
          continue;
        }
        if (isGone) return undefined;
        throw new RuntimeError(`${this.name}/${path} cannot be read (${messageOf(error)}).`, { cause: error });
      }
    }
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    try {
      await writeWhole(await this.#madeFolder(folderOf(path)), fileNameOf(path), bytes);
    } catch (error) {
      throw await this.#notWritten(path, error);
    }
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    try {
      const folder = await this.#madeFolder(folderOf(path));
      await withHandle(folder, fileNameOf(path), (handle) => {
        const size = handle.getSize();
        try {
          writeParts(handle, [bytes], size);
        } catch (error) {
          // A part may have been written: half a line would spoil the next one.
          handle.truncate(size);
          throw error;
        }
      });
    } catch (error) {
      throw await this.#notWritten(path, error);
    }
  }

  async replaceFolder(path: string, files: FolderFiles): Promise<void> {
    try {
      const folder = await this.#madeFolder(path);
      const current = await currentIn(folder);
      await removeOthers(folder, current);
      const next = String((current ?? 0) + 1);
      try {
        const made = await folder.getDirectoryHandle(next, { create: true });
        for (const [name, parts] of files) await withHandle(made, name, (handle) => writeParts(handle, parts, 0));
        await writeWhole(folder, CURRENT, new TextEncoder().encode(next));
      } catch (error) {
        await folder.removeEntry(next, { recursive: true }).catch(() => {});
        throw error;
      }
      // What cannot be deleted now is at the next time.
      await removeOthers(folder, Number(next)).catch(() => {});
    } catch (error) {
      throw await this.#notWritten(path, error);
    }
  }

  async #folder(path: string): Promise<FileSystemDirectoryHandle | undefined> {
    let folder: FileSystemDirectoryHandle | undefined = this.#root;
    for (const name of partsOf(path)) folder = folder && (await folderIn(folder, name));
    return folder;
  }

  async #madeFolder(path: string): Promise<FileSystemDirectoryHandle> {
    let folder = this.#root;
    for (const name of partsOf(path)) folder = await folder.getDirectoryHandle(name, { create: true });
    return folder;
  }

  async #notWritten(path: string, error: unknown): Promise<RuntimeError> {
    const isFull = (error as Error | undefined)?.name === 'QuotaExceededError';
    const advice = isFull ? ` ${await roomLeft()} Delete runs that are no longer needed (deleteRun).` : '';
    return new RuntimeError(`${this.name}/${path} cannot be written (${messageOf(error)}).${advice}`, { cause: error });
  }
}

const READ_ATTEMPTS = 10;

/** Milliseconds, which grow with each attempt. */
const PAUSE = 5;

const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

/** The number of the version that counts; undefined in a folder that was never replaced. */
async function currentIn(folder: FileSystemDirectoryHandle): Promise<number | undefined> {
  try {
    const file = await (await folder.getFileHandle(CURRENT)).getFile();
    return Number(await file.text());
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a folder has been replaced, or is about to be for the first time. */
async function hasVersions(folder: FileSystemDirectoryHandle): Promise<boolean> {
  for await (const [name, { kind }] of folder) if (kind === 'directory' && /^\d+$/.test(name)) return true;
  return false;
}

async function removeOthers(folder: FileSystemDirectoryHandle, current: number | undefined): Promise<void> {
  const names: string[] = [];
  for await (const [name, { kind }] of folder) if (kind === 'directory') names.push(name);
  for (const name of names) if (name !== String(current)) await folder.removeEntry(name, { recursive: true });
}

async function writeWhole(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = `.${name}.tmp`;
  const file = await withHandle(folder, temporary, (handle) => writeParts(handle, [bytes], 0));
  await file.move(name);
}

async function withHandle(
  folder: FileSystemDirectoryHandle,
  name: string,
  work: (handle: SyncHandle) => void,
): Promise<WorkerFile> {
  const file = (await folder.getFileHandle(name, { create: true })) as WorkerFile;
  const handle = await file.createSyncAccessHandle();
  try {
    work(handle);
  } finally {
    handle.close();
  }
  return file;
}

/** Writes from a place on, where the file ends then, and forces it to the disk. */
function writeParts(handle: SyncHandle, parts: readonly Uint8Array[], from: number): void {
  handle.truncate(from);
  let at = from;
  for (const part of parts) {
    const written = handle.write(part, { at });
    if (written !== part.length) throw new Error(`only ${written} of ${part.length} bytes were taken`);
    at += written;
  }
  handle.flush();
}

/** What the browser gives this site, in a sentence. */
async function roomLeft(): Promise<string> {
  const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
  if (usage === undefined || quota === undefined) return 'There is no room left.';
  return `This site has used ${megabytes(usage)} of the ${megabytes(quota)} that the browser gives it.`;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
