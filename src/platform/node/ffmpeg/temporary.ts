/** Results under other names, until they are whole. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { atEnding } from '../endings.ts';
import { notWritten, syncFile } from '../files.ts';

export interface Temporary {
  readonly path: string;
  /** Takes it away, if it is still there. */
  remove(): Promise<void>;
  /** It has its own name now. */
  release(): void;
}

/** A name in a folder, which is made if it is missing. It is taken away where the process ends before it has its own. */
export async function temporaryIn(folder: string): Promise<Temporary> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw notWritten(folder, error);
  });
  const path = join(folder, `.${randomUUID()}.tmp`);
  const release = atEnding(() => rmSync(path, { force: true, recursive: true }));
  const remove = async () => {
    await rm(path, { force: true, recursive: true });
    release();
  };
  return { path, release, remove };
}

/** Gives a whole file its own name. @throws RefineNetError if that cannot be; it is taken away then. */
export async function moveTo(path: string, temporary: Temporary): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await syncFile(temporary.path);
    await rename(temporary.path, path);
    temporary.release();
  } catch (error) {
    await temporary.remove();
    throw notWritten(path, error);
  }
}

/**
 * Gives a whole folder its own name. Files of an earlier run there, which `isOurs` knows by their names, are taken away; others stay.
 * @throws RefineNetError if that cannot be; it is taken away then.
 */
export async function moveFolderTo(
  path: string,
  temporary: Temporary,
  isOurs: (name: string) => boolean,
): Promise<void> {
  try {
    const there = await readdir(path).catch(() => undefined);
    if (there !== undefined) {
      const old = there.filter(isOurs);
      for (const name of old) await rm(join(path, name));
      if (old.length === there.length) await rmdir(path);
    }
    if (there === undefined || there.every(isOurs)) await rename(temporary.path, path);
    else for (const name of await readdir(temporary.path)) await rename(join(temporary.path, name), join(path, name));
    await temporary.remove();
  } catch (error) {
    await temporary.remove();
    throw notWritten(path, error);
  }
}
