/** Finds the image in a folder that a label file means: it may have been written in another folder, or on another machine. */
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
 * image has the end of the path in common; of several the one in a folder that is near. No image is taken twice for
 * references that only end alike.
 * @param except images that are none of those meant, such as masks of the same names.
 */
export async function findImages(
  folder: Folder,
  references: readonly ImageReference[],
  except: ReadonlySet<string> = new Set(),
): Promise<readonly (string | undefined)[]> {
  const wanted = references.map(({ name }) => comparable(localPath(name)));
  const found: (string | undefined)[] = references.map(({ near }, index) => {
    const name = wanted[index] as string;
    return folder.firstFile(near.map((place) => joinPaths(place, name)));
  });
  const byName = new Map<string, string[]>();
  for (const path of folder.paths) {
    if (!isImage(path) || except.has(path)) continue;
    const key = comparable(fileNameOf(path));
    const others = byName.get(key);
    if (others) others.push(path);
    else byName.set(key, [path]);
  }
  const endsAlike = (isWhole: boolean) => {
    const taken = new Set(found);
    for (const [index, path] of found.entries()) {
      if (path !== undefined) continue;
      const name = wanted[index] as string;
      const near = (references[index] as ImageReference).near;
      const candidates = (byName.get(fileNameOf(name)) ?? []).filter(
        (each) => !taken.has(each) && (!isWhole || `/${comparable(each)}`.endsWith(`/${name.replace(/^\/+/, '')}`)),
      );
      const chosen = candidates.length === 1 ? candidates[0] : nearest(candidates, near);
      if (chosen !== undefined) found[index] = chosen;
    }
  };
  endsAlike(true);
  endsAlike(false);
  await lookOutside(folder, wanted, references, found);
  return found;
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

async function lookOutside(
  folder: Folder,
  wanted: readonly string[],
  references: readonly ImageReference[],
  found: (string | undefined)[],
): Promise<void> {
  const known = new Map<string, readonly string[]>();
  const misses = new Map<string, number>();
  for (const [index, path] of found.entries()) {
    if (path !== undefined) continue;
    const name = wanted[index] as string;
    const near = (references[index] as ImageReference).near;
    const key = near.join('\n');
    const places = known.get(key) ?? placesOutside(near);
    for (const place of places) {
      const located = await folder.locate(joinPaths(place, name));
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

/** The path that an address or a path of another system has. */
function localPath(name: string): string {
  const address = /^[a-z][a-z0-9+.-]+:\/\/[^/]*\/(.*)$/i.exec(name);
  let path = (address?.[1] ?? name).replaceAll('\\', '/');
  const query = /[?&]d=([^&]+)/.exec(path);
  if (query) path = query[1] as string;
  else if (address) path = path.replace(/[?#].*$/, '');
  if (!query && !address && !path.includes('%')) return joinPaths('', path);
  try {
    return joinPaths('', decodeURIComponent(path));
  } catch {
    return joinPaths('', path);
  }
}

/** The folder that a file lies in, and those around it, innermost first. */
export function foldersAround(path: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return [...folders, ''];
}
