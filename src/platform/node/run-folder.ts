/** Runs on disk: `runs/train`, `runs/train2`, ..., in which no crash and no full disk costs more than the work since the last checkpoint. */
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, RefineNetError } from '../../errors.ts';
import type { FolderFiles, RunStorage } from '../../training/run/storage.ts';
import { notWritten, writeFileAtomically } from './files.ts';
import { syncPath, writeNewFolder } from './new-folder.ts';

/** More runs of one name than this are a mistake in a script. */
const MOST_RUNS = 100_000;

/** Says that a folder with nothing else in it is some run's, until its first file does. */
const CLAIM = '.claimed';

/**
 * Makes the folder of a new run: the path itself, also where it is an empty folder, or with the first free number from 2 on
 * behind it. Two processes never get the same one: an empty file, `.claimed`, says that it is taken, until `folderStorage` has
 * written something or `releaseClaim` takes it away.
 */
export async function createRunFolder(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  for (let number = 1; number <= MOST_RUNS; number++) {
    const candidate = number === 1 ? path : `${path}${number}`;
    try {
      const isNew = await isMadeNow(mkdir(candidate));
      const isEmpty = isNew || (number === 1 && (await readdir(candidate).catch(() => ['?'])).length === 0);
      if (isEmpty && (await isMadeNow(writeFile(join(candidate, CLAIM), '', { flag: 'wx' })))) return candidate;
    } catch (error) {
      throw notWritten(candidate, error);
    }
  }
  throw new RefineNetError(`${path}: there are ${MOST_RUNS} runs of this name. Give the new run another.`);
}

/** Takes away what says that a run's folder is taken, once there are files in it that say so too. */
export const releaseClaim = (folder: string): Promise<void> => rm(join(folder, CLAIM), { force: true });

/**
 * A run's files in a folder, which is made when the first is written. A folder is replaced in three steps, each of which can be the last:
 * 1. The new files are written to `.NAME.tmp` and forced to the disk. What is found there later is thrown away.
 * 2. `.NAME.tmp` becomes `.NAME.next`, in one rename: from now on the new files count.
 * 3. They are moved to NAME one by one, each in one rename. What is still in `.NAME.next` later is moved before anything is read.
 */
export function folderStorage(root: string): RunStorage {
  return new RunFolder(root);
}

/** Whether what is being made was not there before. */
async function isMadeNow(making: Promise<unknown>): Promise<boolean> {
  try {
    await making;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

class RunFolder implements RunStorage {
  readonly name: string;
  /** Files that were appended to and may not be on the disk yet. */
  readonly #unsynced = new Set<string>();
  /** Whether the file that claims the folder may still be there. */
  #isClaimed = true;

  constructor(root: string) {
    this.name = root;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    if (dirname(path) !== '.') await finishReplacing(join(this.name, dirname(path)));
    try {
      return await readFile(join(this.name, path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new RefineNetError(`${join(this.name, path)}: cannot be read (${messageOf(error)}).`, { cause: error });
    }
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(join(this.name, path), bytes);
    await this.#settle();
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.name, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      const handle = await open(file, 'a');
      try {
        const { size } = await handle.stat();
        await handle.writeFile(bytes).catch(async (error: unknown) => {
          // A part may have been written: half a line would spoil the next one.
          await handle.truncate(size);
          throw error;
        });
      } finally {
        await handle.close();
      }
      this.#unsynced.add(file);
      await this.#settle();
    } catch (error) {
      throw notWritten(file, error);
    }
  }

  async replaceFolder(path: string, files: FolderFiles): Promise<void> {
    const target = join(this.name, path);
    const { temporary, next } = besides(target);
    try {
      for (const file of this.#unsynced) await syncPath(file);
      this.#unsynced.clear();
      await finishReplacing(target);
    } catch (error) {
      throw notWritten(target, error);
    }
    await writeNewFolder(temporary, files, target);
    try {
      await rename(temporary, next);
      await syncPath(dirname(target));
      await finishReplacing(target);
      await this.#settle();
    } catch (error) {
      throw notWritten(target, error);
    }
  }

  /** Once a file says whose the folder is, nothing else has to. */
  async #settle(): Promise<void> {
    if (!this.#isClaimed) return;
    this.#isClaimed = false;
    await releaseClaim(this.name);
  }
}

/** Step 3: moves what a complete replacement still has to move. */
async function finishReplacing(target: string): Promise<void> {
  const { next } = besides(target);
  const names = await readdir(next).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (names === undefined) return;
  const exists = await stat(target).then(
    () => true,
    () => false,
  );
  if (exists) {
    for (const name of names) await rename(join(next, name), join(target, name));
    await syncPath(target);
    await rmdir(next);
  } else {
    await rename(next, target);
  }
  await syncPath(dirname(target));
}

function besides(target: string): { readonly temporary: string; readonly next: string } {
  const beginning = join(dirname(target), `.${basename(target)}`);
  return { temporary: `${beginning}.tmp`, next: `${beginning}.next` };
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
