/** Where a page's runs are kept: a folder of the Origin Private File System, with a folder for each run by its name. */
import { messageOf, RuntimeError, UsageError } from '../../../errors.ts';
import { describeValue } from '../../../text.ts';

const RUNS = 'refinenet-runs';

/**
 * The folder of all runs, which is made if it is not there.
 * @throws RuntimeError if the browser keeps no files for this page.
 */
export async function runsFolder(): Promise<FileSystemDirectoryHandle> {
  const storage = typeof navigator === 'undefined' ? undefined : (navigator.storage as StorageManager | undefined);
  if (typeof storage?.getDirectory !== 'function' || !navigator.locks) {
    throw new RuntimeError(
      globalThis.isSecureContext === false
        ? 'Runs are kept in the Origin Private File System, which browsers give to secure pages only. Serve the page over https, or from localhost.'
        : 'Runs are kept in the Origin Private File System, which this browser does not have. Use Chrome or Edge from 110, Firefox from 111 or Safari from 16.4.',
    );
  }
  try {
    return await (await storage.getDirectory()).getDirectoryHandle(RUNS, { create: true });
  } catch (error) {
    throw new RuntimeError(
      `The browser keeps no files for this page (${messageOf(error)}). Private windows and blocked site data do so: allow this site to store data.`,
      { cause: error },
    );
  }
}

/** @throws UsageError if a run cannot be called so. */
export function checkRunName(name: unknown): string {
  if (typeof name === 'string' && /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(name) && !/[ .]$/.test(name)) {
    return name;
  }
  throw new UsageError(
    `A run's name has up to 64 letters, digits, spaces and any of ". _ -", and begins with a letter or digit, but got ${describeValue(name)}.`,
  );
}

/** Milliseconds that a tab which was just closed may take to let go of its run. */
const LET_GO = 5000;

/**
 * Works on a run while no other tab can.
 * @throws RuntimeError if another tab trains it.
 */
export async function withRun<T>(name: string, work: () => Promise<T>): Promise<T> {
  let hasBegun = false;
  try {
    return await navigator.locks.request(lockName(name), { signal: AbortSignal.timeout(LET_GO) }, () => {
      hasBegun = true;
      return work();
    });
  } catch (error) {
    if (hasBegun || (error as Error | undefined)?.name !== 'TimeoutError') throw error;
    throw new RuntimeError(`The run "${name}" is trained in another tab. Stop it there first.`, { cause: error });
  }
}

/** Works on a run while no other tab can; does nothing where one does. */
export async function whileFree(name: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(lockName(name), { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** The names of the runs that some tab trains at the moment. */
export async function runsAtWork(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  const start = lockName('');
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(start) ? [name.slice(start.length)] : [])));
}

const lockName = (name: string): string => `refinenet run ${name}`;

/** Whether a promise of the file system failed because the entry is not there. */
export const isMissing = (error: unknown): boolean =>
  ['NotFoundError', 'TypeMismatchError'].includes((error as Error | undefined)?.name ?? '');

/** A folder in another; undefined if there is none. */
export function folderIn(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle | undefined> {
  return folder.getDirectoryHandle(name).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}
