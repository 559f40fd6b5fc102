/** Reads the `data.yaml` of ultralytics' tasks, which names folders, classes and a mapping of mask values. */
import { parse as parseYaml } from 'yaml';
import { FormatError, messageOf } from '../../errors.ts';
import { IGNORE_INDEX, MOST_CLASSES } from '../../labels/label-table.ts';
import { extensionOf, folderOf, joinPaths } from '../file-source.ts';
import { KNOWN_SPLITS } from '../split-names.ts';
import type { Folder } from './folder.ts';
import { filesWith } from './json-file.ts';

/** What a file of another name has if it is one: an environment's or a program's YAML may lie there, too. */
const SIGNS = [/(^|[{,])\s*["']?names["']?\s*:/m, /(^|[{,])\s*["']?(train|val|test)["']?\s*:/m];

/** The file that was asked for, `data.yaml`, or the only YAML file there, if it names classes and splits. */
export async function yamlOf(folder: Folder): Promise<string | undefined> {
  const isYaml = (path: string) => ['.yaml', '.yml'].includes(extensionOf(path));
  if (folder.entry !== undefined) return isYaml(folder.entry) ? folder.entry : undefined;
  const files = folder.filesIn('').filter(isYaml);
  const usual = files.find((path) => /^data(set)?\.ya?ml$/.test(path));
  return usual ?? (files.length === 1 ? (await filesWith(folder, files, SIGNS))[0] : undefined);
}

export interface DataYaml {
  readonly path: string;
  readonly splits: ReadonlyMap<string, readonly string[]>;
  /** The folder of the masks; undefined where labels are texts with outlines. */
  readonly masksDir: string | undefined;
  readonly names: readonly string[];
  readonly mapping: ReadonlyMap<number, number>;
  /** The key points of an object, and the numbers of each; absent where labels are none. */
  readonly keypoints?: readonly [count: number, numbers: number];
}

/**
 * @param needsMasks whether it must name the folder of the masks.
 * @throws FormatError naming everything that is missing or wrong.
 */
export function readDataYaml(text: string, file: string, needsMasks: boolean): DataYaml {
  const fields = parseFields(text, file);
  const problems: string[] = [];
  const splits = new Map<string, readonly string[]>();
  for (const split of KNOWN_SPLITS) {
    const value = fields.get(split);
    if (value === undefined || value === null || value === '') continue;
    const places = Array.isArray(value) ? value : [value];
    if (places.every((each): each is string => typeof each === 'string')) splits.set(split, places);
    else problems.push(`${split} is neither a folder nor a list of folders`);
  }
  if (splits.size === 0) problems.push('train and val are missing; they name the folders of the images');
  const masksDir = fields.get('masks_dir');
  if (needsMasks && typeof masksDir !== 'string') {
    problems.push(
      'masks_dir is missing; it names the folder of the masks (nor are there texts with outlines in labels/)',
    );
  }
  const names = readNames(fields.get('names'), problems);
  const mapping = readMapping(fields.get('label_mapping'), names.length, problems);
  const nc = fields.get('nc');
  if (nc !== undefined && nc !== names.length)
    problems.push(`nc is ${String(nc)}, but names has ${names.length} classes`);
  if (problems.length > 0) throw new FormatError(`${file} does not fit: ${problems.join('; ')}.`);
  const path = fields.get('path');
  const keypoints = readKeypoints(fields.get('kpt_shape'));
  return {
    path: typeof path === 'string' ? path : '',
    splits,
    masksDir: typeof masksDir === 'string' ? masksDir : undefined,
    names,
    mapping,
    ...(keypoints && { keypoints }),
  };
}

function parseFields(text: string, file: string): Map<unknown, unknown> {
  let parsed: unknown;
  try {
    parsed = parseYaml(text, { schema: 'core', maxAliasCount: 0, mapAsMap: true, logLevel: 'error' });
  } catch (error) {
    throw new FormatError(`${file}: the YAML cannot be parsed (${messageOf(error).split('\n')[0]}).`, { cause: error });
  }
  return parsed instanceof Map ? parsed : new Map<unknown, unknown>();
}

function readNames(value: unknown, problems: string[]): readonly string[] {
  const entries = value instanceof Map ? [...value] : Array.isArray(value) ? [...value.entries()] : [];
  entries.sort(([a], [b]) => Number(a) - Number(b));
  const isSound = entries.every(
    ([id, name], position) => Number(id) === position && (typeof name === 'string' || typeof name === 'number'),
  );
  if (entries.length === 0 || entries.length > MOST_CLASSES || !isSound) {
    problems.push(`names must number 1 to ${MOST_CLASSES} classes from 0 on, such as {0: background, 1: nucleus}`);
    return [];
  }
  return entries.map(([, name]) => String(name));
}

function readKeypoints(value: unknown): DataYaml['keypoints'] {
  const [points, numbers] = Array.isArray(value) ? value : [];
  return Number.isInteger(points) && Number.isInteger(numbers) ? [points, numbers] : undefined;
}

function readMapping(value: unknown, classes: number, problems: string[]): ReadonlyMap<number, number> {
  const mapping = new Map<number, number>();
  if (value === undefined || value === null) return mapping;
  if (!(value instanceof Map)) {
    problems.push('label_mapping is no list of pairs such as {11: 255}');
    return mapping;
  }
  for (const [from, to] of value) {
    const [id, target] = [Number(from), Number(to)];
    const isTarget =
      target === IGNORE_INDEX || (Number.isInteger(target) && target >= 0 && target < Math.max(1, classes));
    if (!Number.isInteger(id) || id > 65_535 || !isTarget) {
      problems.push(
        `label_mapping has ${String(from)}: ${String(to)}, but maps mask values to classes 0 ... ${classes - 1} or 255`,
      );
    } else if (id >= 0) mapping.set(id, target); // Masks hold no negative ids; Cityscapes' -1 is stored as 255.
  }
  return mapping;
}

/** Where the images of a `data.yaml` are. */
export interface YamlPlaces {
  /** What the places are relative to. */
  readonly root: string;
  readonly splits: DataYaml['splits'];
  /** What was decided against the file's words. */
  readonly notes: readonly string[];
}

/**
 * Where `path` leads; the YAML file's own folder if that has none of the images and its own folder has. A place that begins
 * with `../` and has no images is looked for without it, as ultralytics does: Roboflow writes `../train/images` for folders
 * beside the file, and names a test split whether or not there is one.
 */
export async function placesOf(
  folder: Folder,
  own: string,
  config: Pick<DataYaml, 'path' | 'splits'>,
): Promise<YamlPlaces> {
  const wanted = joinPaths(own, config.path);
  const found = await placesBelow(folder, wanted, config.splits);
  const beside = wanted === own || found.size > 0 ? found : await placesBelow(folder, own, config.splits);
  const isMoved = beside !== found && beside.size > 0;
  const located = isMoved ? beside : found;
  const splits = new Map<string, readonly string[]>();
  const notes = isMoved ? [`path: ${config.path} has no images, so the folder of the YAML file is taken.`] : [];
  for (const [split, places] of config.splits) {
    const isMissing = places.every((place) => !located.has(place));
    if (isMissing && split === 'test' && located.size > 0)
      notes.push(`test: ${places.join(', ')} has no images, so there is no such split.`);
    else
      splits.set(
        split,
        places.map((place) => located.get(place) ?? place),
      );
  }
  return { root: isMoved ? own : wanted, splits, notes };
}

/** Where the places lie that have files, by what they are called. */
async function placesBelow(
  folder: Folder,
  root: string,
  splits: DataYaml['splits'],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const place of [...splits.values()].flat()) {
    for (const candidate of [place, place.replace(/^\.\.[\\/]/, '')]) {
      if (found.has(place) || (await filesAt(folder, root, candidate)).length === 0) continue;
      found.set(place, candidate);
    }
  }
  return found;
}

export async function filesAt(folder: Folder, root: string, place: string): Promise<readonly string[]> {
  const path = joinPaths(root, place);
  if (extensionOf(path) === '.txt') {
    if ((await folder.locate(path)) === undefined) return [];
    const listed = (await folder.lines(path)).map((line) =>
      joinPaths(line.startsWith('./') ? folderOf(path) : root, line),
    );
    return Promise.all(listed.map(async (file) => (await folder.locate(file)) ?? file));
  }
  const isOutside = path.startsWith('..') || /^([a-z]:)?\//i.test(path);
  return isOutside ? folder.source.list(path) : folder.under(path);
}

/** Whether it names a folder of masks; what cannot be parsed is taken to. */
export function hasMasksDir(text: string): boolean {
  try {
    return parseFields(text, '').get('masks_dir') !== undefined;
  } catch (error) {
    if (error instanceof FormatError) return true;
    throw error;
  }
}
