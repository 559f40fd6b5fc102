/**
 * The layout of ultralytics' semantic task: a `data.yaml` that names folders, classes and a mapping of mask values. With a table
 * of classes beside it, masks may be painted in colors.
 */
import { parse as parseYaml } from 'yaml';
import { FormatError, messageOf } from '../../errors.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import { extensionOf, folderOf, joinPaths } from '../file-source.ts';
import { IGNORE_INDEX, labelTable, MOST_CLASSES } from '../../labels/label-table.ts';
import { type Pairs, pairByStem, stemBelow } from '../pairing.ts';
import { classColors } from './class-colors.ts';
import type { Folder } from './folder.ts';
import type { DatasetFormat } from './format.ts';

const SPLITS = ['train', 'val', 'test'];
/** The part of image paths in whose place the masks' folder stands. */
const IMAGES = 'images';

export const ultralytics: DatasetFormat = {
  name: 'ultralytics',
  looksFor: 'data.yaml with path, train, val, names and masks_dir',
  colorTable: 'beside data.yaml',
  detect: (folder) => yamlOf(folder) !== undefined,
  async read(folder) {
    const file = yamlOf(folder);
    if (file === undefined)
      throw new FormatError(`${folder.name}: there is no data.yaml with path, train, val, names and masks_dir.`);
    const config = readConfig(await folder.text(file), joinPaths(folder.name, file));
    const { root, note } = await rootOf(folder, folderOf(file), config);
    const splits = new Map<string, Pairs>();
    for (const [split, places] of config.splits)
      splits.set(split, await readSplit(folder, root, places, config.masksDir));
    const classes = classesNamed(config.names);
    const own = folderOf(file);
    const colors = await classColors(folder, [own, root], splits.values(), classes);
    return {
      classes: colors?.classes ?? classes,
      encoding: colors?.encoding ?? {
        kind: 'ids',
        table: labelTable({ classes: classes.length, ids: config.mapping }),
      },
      splits,
      notes: [
        ...(note === undefined ? [] : [note]),
        ...(colors?.notes ?? []),
        ...(colors && config.mapping.size > 0 ? ['label_mapping maps ids, so it is not used with colors.'] : []),
      ],
    };
  },
};

/** The file that was asked for, `data.yaml`, or the only YAML file there. */
function yamlOf(folder: Folder): string | undefined {
  const isYaml = (path: string) => ['.yaml', '.yml'].includes(extensionOf(path));
  if (folder.entry !== undefined) return isYaml(folder.entry) ? folder.entry : undefined;
  const files = folder.filesIn('').filter(isYaml);
  return files.find((path) => /^data(set)?\.ya?ml$/.test(path)) ?? (files.length === 1 ? files[0] : undefined);
}

interface Config {
  readonly path: string;
  readonly splits: ReadonlyMap<string, readonly string[]>;
  readonly masksDir: string;
  readonly names: readonly string[];
  readonly mapping: ReadonlyMap<number, number>;
}

/** @throws FormatError naming everything that is missing or wrong. */
function readConfig(text: string, file: string): Config {
  let parsed: unknown;
  try {
    parsed = parseYaml(text, { schema: 'core', maxAliasCount: 0, mapAsMap: true });
  } catch (error) {
    throw new FormatError(`${file}: the YAML cannot be parsed (${messageOf(error).split('\n')[0]}).`, { cause: error });
  }
  const fields = parsed instanceof Map ? parsed : new Map<unknown, unknown>();
  const problems: string[] = [];
  const splits = new Map<string, readonly string[]>();
  for (const split of SPLITS) {
    const value = fields.get(split);
    if (value === undefined || value === null || value === '') continue;
    const places = Array.isArray(value) ? value : [value];
    if (places.every((each): each is string => typeof each === 'string')) splits.set(split, places);
    else problems.push(`${split} is neither a folder nor a list of folders`);
  }
  if (splits.size === 0) problems.push('train and val are missing; they name the folders of the images');
  const masksDir = fields.get('masks_dir');
  if (typeof masksDir !== 'string') {
    problems.push('masks_dir is missing; it names the folder of the masks (polygon labels in text files are not read)');
  }
  const names = readNames(fields.get('names'), problems);
  const mapping = readMapping(fields.get('label_mapping'), names.length, problems);
  const nc = fields.get('nc');
  if (nc !== undefined && nc !== names.length)
    problems.push(`nc is ${String(nc)}, but names has ${names.length} classes`);
  if (problems.length > 0) throw new FormatError(`${file} does not fit: ${problems.join('; ')}.`);
  const path = fields.get('path');
  return { path: typeof path === 'string' ? path : '', splits, masksDir: masksDir as string, names, mapping };
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

/** Where `path` leads; the YAML file's own folder if that does not exist and the folders are there. */
async function rootOf(folder: Folder, own: string, config: Config): Promise<{ root: string; note?: string }> {
  const wanted = joinPaths(own, config.path);
  const places = [...config.splits.values()].flat();
  const hasAny = async (root: string) => {
    for (const place of places) if ((await filesAt(folder, root, place)).length > 0) return true;
    return false;
  };
  if (wanted === own || (await hasAny(wanted)) || !(await hasAny(own))) return { root: wanted };
  return { root: own, note: `path: ${config.path} has no images, so the folder of the YAML file is taken.` };
}

async function filesAt(folder: Folder, root: string, place: string): Promise<readonly string[]> {
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

async function readSplit(folder: Folder, root: string, places: readonly string[], masksDir: string): Promise<Pairs> {
  const found: Pairs[] = [];
  for (const place of places) {
    const images = await filesAt(folder, root, place);
    const isList = extensionOf(place) === '.txt';
    const imageRoot = joinPaths(root, isList ? IMAGES : place);
    const maskRoot = maskPlace(root, imageRoot, masksDir);
    const stems = new Set(images.map((path) => stemBelow(path, imageRoot)));
    // A list names some of the images in a folder, so other masks there are none too many.
    const masks = (await filesAt(folder, '', maskRoot)).filter(
      (path) => !isList || stems.has(stemBelow(path, maskRoot)),
    );
    found.push(pairByStem(images, masks, imageRoot, maskRoot));
  }
  return { samples: found.flatMap(({ samples }) => samples), faults: found.flatMap(({ faults }) => faults) };
}

/** The last `images` in the path below the root replaced by the masks' folder; without one, the same path below that folder. */
function maskPlace(root: string, imageRoot: string, masksDir: string): string {
  const parts = imageRoot.slice(root === '' ? 0 : root.length + 1).split('/');
  const index = parts.lastIndexOf(IMAGES);
  if (index < 0) return joinPaths(joinPaths(root, masksDir), parts.join('/'));
  return joinPaths(root, parts.with(index, masksDir).join('/'));
}
