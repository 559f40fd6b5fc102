/** Folders that appear whole or not at all: they are written beside their place, and renamed. */
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { notWritten, syncFile, writeParts } from './files.ts';

/** Files of a folder by their paths in it, `/` between folders: their bytes, or these in parts. */
export type NewFiles = ReadonlyMap<string, Uint8Array | readonly Uint8Array[]>;

/**
 * Writes files into a folder that is then forced to the disk; what lay there is thrown away.
 * @param target what the folder is to become, named in the error.
 * @throws RefineNetError if it cannot; nothing is left of the folder then.
 */
export async function writeNewFolder(folder: string, files: NewFiles, target: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeParts(file, content instanceof Uint8Array ? [content] : content);
      await syncFile(file);
    }
    await syncPath(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw notWritten(target, error);
  }
}

/** Forces a file, or a folder's entries, to the disk. Systems that cannot do so for folders do it themselves. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return;
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}
