/** Paths without links. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** The absolute path without links; what of its end is not there, or cannot be looked at, stays as it is. */
export async function realPath(path: string): Promise<string> {
  // Not resolved before: `..` leads from where a link in front of it leads to.
  const typed = path === '' ? '.' : path;
  return realpath(typed).catch(async () => {
    const folder = dirname(typed);
    return folder === typed ? resolve(typed) : join(await realPath(folder), basename(typed));
  });
}
