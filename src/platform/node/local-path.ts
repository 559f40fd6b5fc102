/** Where a file or folder is that is named by a path or a file: URL. */
import { fileURLToPath } from 'node:url';
import { messageOf, UsageError } from '../../errors.ts';

/** A letter and a colon begin a path on Windows, more of them a URL. */
const URL_SCHEME = /^[a-z][a-z\d+.-]+:/i;

/**
 * The path that a path or a file: URL, as an object or text, stands for.
 * @param kind what is sought: `file` or `folder`.
 * @param advice what to do with another URL.
 * @throws UsageError if it is a URL of another kind.
 */
export function localPath(given: string | URL, kind: 'file' | 'folder', advice: string): string {
  if (typeof given === 'string' && !URL_SCHEME.test(given)) return given;
  try {
    return fileURLToPath(given);
  } catch (error) {
    throw new UsageError(
      `${String(given).slice(0, 200)} is no ${kind} on this machine (${messageOf(error)}). ${advice}`,
      { cause: error },
    );
  }
}
