/** Writes model folders, and says what may be replaced by one. */
import { rmSync } from 'node:fs';
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RefineNetError, UsageError } from '../../errors.ts';
import { foreignEntries, modelFiles, type WriteModelOptions } from '../../models/folder/files.ts';
import type { ModelDescription } from '../../models/model.ts';
import type { Weights } from '../../tensor/weights.ts';
import { firstOf } from '../../text.ts';
import { atEnding } from './endings.ts';
import { notWritten } from './files.ts';
import { type NewFiles, writeNewFolder } from './new-folder.ts';

/**
 * Writes a model folder, whole or not at all.
 * @throws UsageError if the folder holds something already and `overwrite` is not set.
 */
export async function writeModelFolder(
  path: string,
  model: ModelDescription & { readonly weights: Weights },
  options: WriteModelOptions,
): Promise<void> {
  const files = new Map<string, Uint8Array | readonly Uint8Array[]>([
    ...modelFiles(model, options),
    ...(options.files ?? []),
  ]);
  await writeFolder(path, files, options.overwrite ?? false);
}

/** Writes files under a temporary name beside the folder and renames them all at once. */
async function writeFolder(path: string, files: NewFiles, overwrite: boolean): Promise<void> {
  const target = resolve(path);
  await assertWritable(path, overwrite, files.keys());
  const temporary = `${target}.${process.pid}.tmp`;
  const replaced = `${target}.${process.pid}.old`;
  const finished = atEnding(() => rmSync(temporary, { recursive: true, force: true }));
  try {
    await writeNewFolder(temporary, files, path);
    await moveTo(temporary, target, replaced);
    await rm(replaced, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error instanceof RefineNetError ? error : notWritten(path, error);
  } finally {
    finished();
  }
}

/** Moves a folder to its place; what lies there is kept under another name. */
async function moveTo(folder: string, place: string, former: string): Promise<void> {
  const isTaken = await stat(place).then(
    () => true,
    () => false,
  );
  if (isTaken) await rename(place, former);
  await rename(folder, place).catch(async (error: unknown) => {
    if (isTaken) await rename(former, place);
    throw error;
  });
}

/**
 * @param overwrite whether a file, or a folder that holds a model and nothing else, may be replaced.
 * @param written paths in the folder of what is to be written.
 * @throws UsageError if something would be lost. An empty folder is removed.
 */
export async function assertWritable(path: string, overwrite: boolean, written: Iterable<string> = []): Promise<void> {
  const target = resolve(path);
  const found = await stat(target).catch(() => null);
  if (!found) return;
  const isEmpty =
    found.isDirectory() &&
    (await rmdir(target).then(
      () => true,
      () => false,
    ));
  if (isEmpty) return;
  if (found.isDirectory()) assertModelAlone(path, await readdir(target), written);
  if (!overwrite) {
    throw new UsageError(
      `${path} exists already. Write to another place, or let it be replaced: --force, or { overwrite: true }.`,
    );
  }
}

/** Entries that are named in a message. */
const NAMED = 5;

/** @throws UsageError if there is more in a folder than a model, which replacing it would lose. */
function assertModelAlone(path: string, names: readonly string[], written: Iterable<string>): void {
  const foreign = foreignEntries(names, written);
  if (foreign.length === 0) return;
  throw new UsageError(
    `${path} exists already and is no folder of a model alone, so it is not replaced: it has ${firstOf(foreign, NAMED)}. Write to another place, or take these away first.`,
  );
}
