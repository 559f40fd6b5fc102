/** Reads labels in JSON. */
import type * as z from 'zod/mini';
import { FormatError, messageOf, RefineNetError } from '../../errors.ts';
import { problemsOf } from '../../json-schema.ts';
import { extensionOf, joinPaths } from '../file-source.ts';
import type { Folder } from './folder.ts';

/** Problems of one file that are named. */
const NAMED = 8;

/** @throws FormatError if it is no JSON or not as the schema says, naming what is wrong and what the file should be. */
export async function readJson<Schema extends z.ZodMiniType>(
  folder: Folder,
  path: string,
  schema: Schema,
  what: string,
): Promise<z.output<Schema>> {
  return parseJson(await folder.text(path), joinPaths(folder.name, path), schema, what);
}

/** The same of a text; `name` is what its file is called. */
export function parseJson<Schema extends z.ZodMiniType>(
  text: string,
  name: string,
  schema: Schema,
  what: string,
): z.output<Schema> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${name}: this is no JSON (${messageOf(error)}). Export or copy it anew.`, { cause: error });
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const problems = problemsOf(result.error);
  const more = problems.length > NAMED ? ` and ${problems.length - NAMED} more` : '';
  throw new FormatError(`${name}: this is not ${what}: ${problems.slice(0, NAMED).join('; ')}${more}. Export it anew.`);
}

/** More JSON files than this in one folder are a file an image, not one for many. */
const MOST_BESIDE = 16;

/**
 * The JSON files that may have the labels of many images: the one that was named, or those at the root, in folders called
 * annotations or labels, and in folders of splits.
 */
export function jsonCandidates(folder: Folder, extension = '.json'): string[] {
  if (folder.entry !== undefined) return extensionOf(folder.entry) === extension ? [folder.entry] : [];
  const places = ['', ...folder.foldersIn('')];
  return places.flatMap((place) => {
    const files = folder.filesIn(place).filter((path) => extensionOf(path) === extension);
    return files.length > MOST_BESIDE ? [] : files;
  });
}

/** Those of some files whose text has all of these patterns; what cannot be read has none. */
export async function filesWith(
  folder: Folder,
  paths: readonly string[],
  patterns: readonly RegExp[],
): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const text = await folder.text(path).catch((error: unknown) => {
      if (error instanceof RefineNetError) return '';
      throw error;
    });
    if (patterns.every((pattern) => pattern.test(text))) found.push(path);
  }
  return found;
}
