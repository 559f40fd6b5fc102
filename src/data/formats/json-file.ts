/** Reads labels in JSON. */
import type * as z from 'zod/mini';
import { FormatError, messageOf, RefineNetError } from '../../errors.ts';
import { problemsOf } from '../../json-schema.ts';
import { extensionOf, joinPaths } from '../file-source.ts';
import type { Folder } from './folder.ts';
import { listProblems } from './problem-list.ts';

/** How the items of a list are called in messages, by the list's key (empty for that of the whole file): `shape 3`. */
export type ItemNames = Readonly<Record<string, (index: number, item: unknown) => string>>;

/** @throws FormatError if it is no JSON or not as the schema says, naming all that is wrong and what the file should be. */
export async function readJson<Schema extends z.ZodMiniType>(
  folder: Folder,
  path: string,
  schema: Schema,
  what: string,
  names: ItemNames = {},
): Promise<z.output<Schema>> {
  const file = joinPaths(folder.name, path);
  return checkJson(parseJson(await folder.text(path), file), file, schema, what, names);
}

/** @throws FormatError if the text is no JSON. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${file}: this is no JSON (${messageOf(error)}). Export or copy it anew.`, { cause: error });
  }
}

/** @throws FormatError if a file's value is not as the schema says, naming all that is wrong and what it should be. */
export function checkJson<Schema extends z.ZodMiniType>(
  value: unknown,
  file: string,
  schema: Schema,
  what: string,
  names: ItemNames = {},
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = problemsOf(result.error, (path) => placeIn(value, path, names));
  throw new FormatError(`${file}: this is not ${what}: ${listProblems(problems)}. Export it anew.`);
}

/** `shape 3, points.0.1`. */
function placeIn(value: unknown, path: readonly PropertyKey[], names: ItemNames): string {
  const words: string[] = [];
  let fields: PropertyKey[] = [];
  let list: PropertyKey = '';
  let inside = value;
  for (const key of path) {
    inside = (inside as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key];
    const name = Object.hasOwn(names, list) ? names[String(list)] : undefined;
    if (name === undefined) fields.push(key);
    else {
      // The list's own key says no more than the name of its item.
      words.push(...(fields.length > 1 ? [fields.slice(0, -1).join('.')] : []), name(Number(key), inside));
      fields = [];
    }
    list = key;
  }
  return [...words, ...(fields.length > 0 ? [fields.join('.')] : [])].join(', ');
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
