/** Files in and out: finding the images that are meant, and writing results so that no half file is ever seen. */
import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { UNREADABLE_PICTURE_EXTENSIONS } from '../../data/file-source.ts';
import { describePassedOver } from '../../data/passed-over.ts';
import { messageOf, RefineNetError, UsageError } from '../../errors.ts';
import { atEnding } from './endings.ts';
import { filesBelow } from './folder-walk.ts';
import { globBase, globFiles, isGlob } from './glob.ts';
import { IMAGE_EXTENSIONS } from '../../image/image-kinds.ts';
import type { NamedInput } from '../../tasks/task-files.ts';
import { stemWithin, withDistinctNames } from './output-names.ts';

/**
 * Writes a file, or a list of parts one after the other, under another name in the same folder and renames it when all of
 * it is on the disk: whoever reads `path` finds the old file or the new one. Missing folders are made.
 * @throws RefineNetError if it cannot be written; nothing is left behind then.
 */
export async function writeFileAtomically(path: string, chunks: Uint8Array | readonly Uint8Array[]): Promise<void> {
  await replaceFile(path, (temporary) => writeParts(temporary, chunks instanceof Uint8Array ? [chunks] : chunks));
}

/** Writes parts one after the other to a file that is not there yet. */
export async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}

/** Forces what was written to a file to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * As `writeFileAtomically`, for what is written by others: `write` gets the other name, at which there is no file yet.
 * @throws RefineNetError if it cannot be written; nothing is left behind then, nor where the process ends meanwhile.
 */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  const finished = atEnding(() => rmSync(temporary, { force: true }));
  try {
    await mkdir(dirname(path), { recursive: true });
    await write(temporary);
    await syncFile(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw notWritten(path, error);
  } finally {
    finished();
  }
}

export function notWritten(path: string, error: unknown): RefineNetError {
  return new RefineNetError(
    `${path}: cannot be written (${messageOf(error)}). Check the folder, its rights and the space left.`,
    { cause: error },
  );
}

export interface ExpandOptions {
  /** Told once, in a sentence, how many images in folders or among a pattern's files are of formats that are not read. */
  readonly onPassedOver?: (message: string) => void;
}

/**
 * The images that files, folders (with all folders in them, sorted, by extension) and patterns stand for, each once.
 * `name` is the stem relative to the folder, or to the folder before a pattern's first wildcard; no two names are the same.
 * Files that are named one by one are taken whatever their extension; hidden ones in folders are passed over.
 * @throws UsageError listing every input that does not exist or leads to no image.
 */
export async function expandInputs(
  inputs: readonly string[],
  { onPassedOver }: ExpandOptions = {},
): Promise<NamedInput[]> {
  if (inputs.length === 0)
    throw new UsageError('No input was given. Give images, folders or patterns such as "photos/**/*.jpg".');
  const problems: string[] = [];
  const found = new Map<string, NamedInput>();
  const passedOver = new Set<string>();
  for (const input of inputs) {
    const result = await expand(input, passedOver);
    if (typeof result === 'string') problems.push(result);
    else for (const each of result) if (!found.has(resolve(each.path))) found.set(resolve(each.path), each);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  const unread = [...passedOver].filter((path) => !found.has(path));
  if (unread.length > 0) onPassedOver?.(`${describePassedOver(unread)}. Convert them to JPEG or PNG.`);
  return withDistinctNames([...found.values()]);
}

const EXTENSIONS_IN_WORDS = IMAGE_EXTENSIONS.map((extension) => extension.slice(1)).join(', ');

/** The images of one input, or what is wrong with it. */
async function expand(input: string, passedOver: Set<string>): Promise<NamedInput[] | string> {
  try {
    return await imagesOf(input, passedOver);
  } catch (error) {
    return `${input}: cannot be read (${messageOf(error)}). Check its rights.`;
  }
}

async function imagesOf(input: string, passedOver: Set<string>): Promise<NamedInput[] | string> {
  const status = statSync(input, { throwIfNoEntry: false });
  if (status?.isFile() === true) return named(dirname(input), [input]);
  const looked = `Looked for ${EXTENSIONS_IN_WORDS}`;
  if (status?.isDirectory() === true) {
    const { images, unread } = sorted(await filesIn(input), passedOver);
    return images.length > 0
      ? named(input, images)
      : `${input}: no images in this folder or the folders in it. ${looked}${inWords(unread)}.`;
  }
  if (status !== undefined) return `${input}: neither a file nor a folder. Give an image, a folder or a pattern.`;
  if (!isGlob(input))
    return `${input}: no such file or folder. Check the path (the working folder is ${resolve('.')}).`;
  const matches = globFiles(input);
  const { images, unread } = sorted(matches, passedOver);
  if (images.length > 0) return named(globBase(input), images);
  return matches.length === 0
    ? `${input}: nothing matches this pattern. Check it, and that it is quoted if it has spaces.`
    : `${input}: none of the ${matches.length} files that match is an image. ${looked}${inWords(unread)}.`;
}

/** Images apart from those of formats that are not read, which are noted. */
function sorted(
  paths: readonly string[],
  passedOver: Set<string>,
): { readonly images: string[]; readonly unread: string[] } {
  const unread = paths.filter((path) => PASSED_OVER.includes(extname(path).toLowerCase()));
  for (const path of unread) passedOver.add(resolve(path));
  return { images: paths.filter(isImagePath), unread };
}

const inWords = (unread: readonly string[]): string => (unread.length > 0 ? `; ${describePassedOver(unread)}` : '');

/** Arrays of numbers may lie beside images, but are none. */
const PASSED_OVER = UNREADABLE_PICTURE_EXTENSIONS.filter((extension) => extension !== '.npy');

function named(folder: string, paths: readonly string[]): NamedInput[] {
  return paths.toSorted().map((path) => ({ path, name: stemWithin(folder, path) }));
}

async function filesIn(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const files of filesBelow(root)) for (const file of files) found.push(file);
  return found;
}

function isImagePath(path: string): boolean {
  return IMAGE_EXTENSIONS.includes(extname(path).toLowerCase());
}
