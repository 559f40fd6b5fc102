/** Finds the image in a folder that a label file means: it may have been written in another folder, or on another machine. */
import { addToGroup } from '../../groups.ts';
import { comparable, fileNameOf, folderOf, isImage, joinPaths } from '../file-source.ts';
import type { Folder } from './folder.ts';

export interface ImageReference {
  /** As the label file has it: a name, a path of any machine, or an address. */
  readonly name: string;
  /** Folders that it may be relative to, the likeliest first. */
  readonly near: readonly string[];
}

/** Where images lie of a label file that is in a folder of its own. */
const OUTSIDE = ['', '..', '../images', '../imgs', '../..', '../../images'];
/** Folders around a label file that may have the places of images that its own folder lacks. */
const AROUND = ['..', '../..'];

/**
 * The image that each reference means, as a path; undefined for none. Where it stands is looked at first, then whichever
 * image has the longest end of the path in common; of several the one in a folder that is near. Of different references that one
 * image may be, it is the one whose path it has more of; where that is several, it is none.
 * @param except images that are none of those meant, such as masks of the same names.
 */
export async function findImages(
  folder: Folder,
  references: readonly ImageReference[],
  except: ReadonlySet<string> = new Set(),
): Promise<readonly (string | undefined)[]> {
  const images = folder.paths.filter((path) => isImage(path) && !except.has(path)).map((path) => candidate(path));
  const byEnd = indexed(images);
  const at = (name: string, near: readonly string[]) => folder.firstFile(near.map((place) => joinPaths(place, name)));
  const wanted = references.map(({ name, near }): Wanted => {
    const forms = localPaths(name).map(comparable);
    const isThere = (form: string) => byEnd.has(fileNameOf(form)) || at(form, near) !== undefined;
    return { ...candidate(forms.find(isThere) ?? (forms[0] as string)), forms, near };
  });
  const found = wanted.map(({ path, near }) => at(path, near));
  // What one reference gets, another can't mean: that may decide between two images.
  while (findByEnds(wanted, byEnd, found)) {}
  await lookOutside(folder, wanted, found);
  return found;
}

/** A path, and the names that it is made of, the last first. */
interface Candidate {
  readonly path: string;
  readonly parts: readonly string[];
}

interface Wanted extends Candidate {
  /** All that the path may be. */
  readonly forms: readonly string[];
  readonly near: readonly string[];
}

const candidate = (path: string): Candidate => ({ path, parts: comparable(path).split('/').reverse() });

/** The last one or two names of a path, by which it is looked up. */
const endOf = ({ parts }: Candidate, length: 1 | 2): string => parts.slice(0, length).join('/');

function indexed(images: readonly Candidate[]): ReadonlyMap<string, readonly Candidate[]> {
  const byEnd = new Map<string, Candidate[]>();
  for (const image of images) {
    for (const end of new Set([endOf(image, 1), endOf(image, 2)])) {
      addToGroup(byEnd, end, image);
    }
  }
  return byEnd;
}

/** A reference whose image may have the path's end in common with it. */
interface Claim {
  readonly index: number;
  readonly name: string;
  readonly parts: number;
}

/** Finds images for references that have none yet. @returns whether there were any. */
function findByEnds(
  wanted: readonly Wanted[],
  byEnd: ReadonlyMap<string, readonly Candidate[]>,
  found: (string | undefined)[],
): boolean {
  const taken = new Set(found);
  const claims = new Map<string, Claim[]>();
  for (const [index, reference] of wanted.entries()) {
    if (found[index] !== undefined) continue;
    const open = (end: string) => (byEnd.get(end) ?? []).filter(({ path }) => !taken.has(path));
    const alike = open(endOf(reference, 2));
    const candidates = alike.length > 0 ? alike : open(endOf(reference, 1));
    const shared = candidates.map((each) => partsInCommon(each, reference));
    const parts = shared.reduce((most, each) => Math.max(most, each), 0);
    const likeliest = candidates.filter((_, at) => shared[at] === parts).map(({ path }) => path);
    const chosen = likeliest.length === 1 ? likeliest[0] : nearest(likeliest, reference.near);
    if (chosen === undefined) continue;
    addToGroup(claims, chosen, { index, name: reference.path, parts });
  }
  let isAnyFound = false;
  for (const [path, all] of claims) {
    const most = all.reduce((largest, { parts }) => Math.max(largest, parts), 0);
    const likeliest = all.filter(({ parts }) => parts === most);
    if (new Set(likeliest.map(({ name }) => name)).size > 1) continue;
    isAnyFound = true;
    for (const { index } of likeliest) found[index] = path;
  }
  return isAnyFound;
}

/** How many names at the ends of two paths are the same. */
function partsInCommon({ parts: a }: Candidate, { parts: b }: Candidate): number {
  let parts = 0;
  while (parts < a.length && parts < b.length && a[parts] === b[parts]) parts++;
  return parts;
}

/** The only candidate in one of the folders, the first folder first. */
function nearest(candidates: readonly string[], near: readonly string[]): string | undefined {
  for (const place of near.filter((each) => each !== '')) {
    const inside = candidates.filter((path) => path.startsWith(`${place}/`));
    if (inside.length === 1) return inside[0];
  }
  return undefined;
}

/** Images may be missing one by one; after so many that lie nowhere, no more are looked for. */
const MISSES = 8;

async function lookOutside(folder: Folder, wanted: readonly Wanted[], found: (string | undefined)[]): Promise<void> {
  const known = new Map<string, readonly string[]>();
  const misses = new Map<string, number>();
  for (const [index, path] of found.entries()) {
    if (path !== undefined) continue;
    const { forms, near } = wanted[index] as Wanted;
    const key = near.join('\n');
    const places = known.get(key) ?? placesOutside(near);
    for (const [place, form] of places.flatMap((each) => forms.map((name) => [each, name] as const))) {
      const located = await folder.locate(joinPaths(place, form));
      if (located === undefined || !isImage(located)) continue;
      found[index] = located;
      // Where one of them lies the others do too.
      known.set(key, [place]);
      break;
    }
    if (known.has(key)) continue;
    misses.set(key, (misses.get(key) ?? 0) + 1);
    if (misses.get(key) === MISSES) known.set(key, []);
  }
}

/** Folders that images may lie in around those that they may be relative to. */
function placesOutside(near: readonly string[]): readonly string[] {
  return [
    ...new Set([
      ...OUTSIDE,
      ...near.flatMap((place) => OUTSIDE.map((outside) => joinPaths(place, outside))),
      ...AROUND.flatMap((around) => near.map((place) => joinPaths(around, place))),
    ]),
  ];
}

/** The paths that an address or a path of another system may mean: as it would be read, and letter by letter. */
function localPaths(name: string): string[] {
  const address = /^[a-z][a-z0-9+.-]+:\/\/[^/]*\/(.*)$/i.exec(name);
  let path = (address?.[1] ?? name).replaceAll('\\', '/');
  const query = /[?&]d=([^&]+)/.exec(path);
  if (query) path = query[1] as string;
  else if (address) path = path.replace(/[?#].*$/, '');
  const raw = joinPaths('', path);
  if (!path.includes('%')) return [raw];
  try {
    return [joinPaths('', decodeURIComponent(path)), raw];
  } catch {
    return [raw];
  }
}

/** The folder that a file lies in, and those around it, innermost first. */
export function foldersAround(path: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return [...folders, ''];
}
