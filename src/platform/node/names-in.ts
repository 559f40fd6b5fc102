/** What a folder has in itself. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const NO_FOLDER = ['ENOENT', 'ENOTDIR'];

/** The names of the files in a folder, and of links to files; none if there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (NO_FOLDER.includes(error.code ?? '')) return [];
    throw error;
  });
  const names: string[] = [];
  for (const entry of entries) {
    const target = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
    if (target && !target.isDirectory()) names.push(entry.name);
  }
  return names;
}
