/** Names for what is written about each input: short, and never the same for two. */
import { dirname, parse, relative, resolve, sep } from 'node:path';
import { groupBy } from '../../groups.ts';
import type { NamedInput } from '../../tasks/task-files.ts';

/**
 * The path of a file relative to a folder, without its extension, with `/` between folders; never one that leads out of it. In
 * one Unicode form, whichever the disk has: names that look the same are the same.
 */
export function stemWithin(folder: string, path: string): string {
  const { root, dir, name } = parse(relative(folder, path));
  const folders = dir === '' ? [] : dir.split(sep);
  return (root !== '' || folders[0] === '..' ? name : [...folders, name].join('/')).normalize('NFC');
}

/**
 * The same inputs with names that differ, also where case does not count. Of those with one name, x.jpg and x.png become
 * `x-jpg` and `x-png`; a/x.jpg and b/x.jpg, named each for itself, become `a/x` and `b/x`. Beside x.jpg,
 * x.overlay.jpg becomes `x.overlay-jpg`, as `x.overlay.png` would be a result of both.
 */
export function withDistinctNames(inputs: readonly NamedInput[]): NamedInput[] {
  const byFolder = renameCollisions(inputs, (group) => {
    if (!collide(group.map(withExtension))) return group;
    const common = commonFolder(group.map(({ path }) => resolve(path)));
    return group.map(({ path }) => ({ path, name: stemWithin(common, resolve(path)) }));
  });
  const byExtension = renameCollisions(byFolder, (group) => group.map(withExtension));
  return numbered(apartFromResults(byExtension));
}

/** What may follow a name in that of a result. */
const RESULT = /\.(overlay|confidence|entropy|probabilities|logits|rle|rle-counts|polygons|mask-[^/]*)$/;

/** Inputs that are called as a result of another one get their extension into their name. */
function apartFromResults(inputs: readonly NamedInput[]): readonly NamedInput[] {
  const keys = new Set(inputs.map(key));
  return inputs.map((input) => {
    const name = key(input);
    return RESULT.test(name) && keys.has(name.replace(RESULT, '')) ? withExtension(input) : input;
  });
}

function renameCollisions(
  inputs: readonly NamedInput[],
  rename: (group: readonly NamedInput[]) => readonly NamedInput[],
): readonly NamedInput[] {
  const renamed = new Map<string, string>();
  for (const group of groupBy(inputs, key).values()) {
    if (group.length > 1) for (const { path, name } of rename(group)) renamed.set(path, name);
  }
  return inputs.map(({ path, name }) => ({ path, name: renamed.get(path) ?? name }));
}

/** What is still the same, such as x-jpg.bmp beside x.jpg and x.png, gets a number. */
function numbered(inputs: readonly NamedInput[]): NamedInput[] {
  const taken = new Set<string>();
  return inputs.map(({ path, name }) => {
    let distinct = name;
    for (let number = 2; taken.has(key({ path, name: distinct })); number++) distinct = `${name}-${number}`;
    taken.add(key({ path, name: distinct }));
    return { path, name: distinct };
  });
}

function withExtension({ path, name }: NamedInput): NamedInput {
  const extension = parse(path).ext.slice(1).toLowerCase();
  return { path, name: extension === '' ? name : `${name}-${extension}` };
}

function collide(inputs: readonly NamedInput[]): boolean {
  return new Set(inputs.map(key)).size < inputs.length;
}

/** Names that a file system may hold to be one. */
function key({ name }: NamedInput): string {
  return name.normalize('NFC').toLowerCase();
}

function commonFolder(paths: readonly string[]): string {
  let common = dirname(paths[0] as string);
  const holds = (path: string) => path.startsWith(common.endsWith(sep) ? common : common + sep);
  while (!paths.every(holds) && dirname(common) !== common) common = dirname(common);
  return common;
}
