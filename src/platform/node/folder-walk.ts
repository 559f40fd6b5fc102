/** All files below a folder. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The paths of the files below a folder that are not hidden, a folder at a time. Links are followed, but no folder is entered
 * twice; what is not there, or is no folder, has none. Errors of the file system are passed on as they are.
 */
export async function* filesBelow(root: string): AsyncGenerator<readonly string[]> {
  const visited = new Set<string>();
  const open = [root];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const real = await ifThere(realpath(folder));
    if (real === undefined || visited.has(real)) continue;
    visited.add(real);
    const files: string[] = [];
    for (const entry of (await ifThere(readdir(folder, { withFileTypes: true }))) ?? []) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const type = await typeOf(entry, path);
      if (type === 'folder') open.push(path);
      else if (type === 'file') files.push(path);
    }
    yield files;
  }
}

async function typeOf(entry: Dirent, path: string): Promise<'file' | 'folder' | undefined> {
  const target = entry.isSymbolicLink() ? await ifThere(stat(path)) : entry;
  if (target?.isDirectory() === true) return 'folder';
  return target?.isFile() === true ? 'file' : undefined;
}

/** ELOOP is a link that leads to itself. */
const NOT_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP'];

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: NodeJS.ErrnoException) => {
    if (NOT_THERE.includes(error.code ?? '')) return undefined;
    throw error;
  });
}
