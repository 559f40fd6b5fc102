/** PASCAL VOC's way of naming a split's samples: texts with a stem a line. */
import { comparable, fileNameOf, folderOf, isMask, joinPaths, withoutExtension } from '../file-source.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import type { Folder } from './folder.ts';

const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png'];

/**
 * The samples of a list. A line's first word counts: a stem, or a path whose file has it.
 * @param masksOf where the mask of a stem may be, the likeliest first.
 */
export async function readStemList(
  folder: Folder,
  list: string,
  images: string,
  masksOf: (stem: string) => readonly string[],
): Promise<Pairs> {
  const samples: Sample[] = [];
  const faults: LayoutFault[] = [];
  for (const line of await folder.lines(list)) {
    const stem = stemOf(line.split(/\s+/)[0] as string);
    const image = imageOf(folder, images, stem);
    const mask = folder.firstFile(masksOf(stem));
    if (image === undefined) {
      faults.push({ kind: 'missing-listed', path: joinPaths(images, `${stem}.jpg`), detail: `listed in ${list}` });
    } else if (mask === undefined) faults.push({ kind: 'missing-mask', path: image });
    else samples.push({ name: stem, image, mask });
  }
  return { samples, faults };
}

const imageOf = (folder: Folder, images: string, stem: string): string | undefined =>
  folder.firstFile(IMAGE_EXTENSIONS.map((extension) => joinPaths(images, `${stem}${extension}`)));

const stemOf = (word: string): string => comparable(fileNameOf(word).replace(/\.(jpe?g|png|mat)$/i, ''));

/** The folders called so, the outermost first. */
export function foldersNamed(folder: Folder, names: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of folder.paths) {
    for (let at = folderOf(path); at !== ''; at = folderOf(at)) if (names.includes(fileNameOf(at))) found.add(at);
  }
  return [...found].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

/** The lists of the first folder that has some, as `train.txt` and `val.txt`; none where no folder does. */
export function splitLists(folder: Folder, places: readonly string[]): string[] {
  for (const place of places) {
    const lists = folder.filesIn(place).filter((path) => /(^|\/)(train|val)\.txt$/.test(path));
    if (lists.length > 0) return lists;
  }
  return [];
}

/** Splits by lists; without one every mask of a folder with its image, as `train`. */
export async function listedSplits(
  folder: Folder,
  lists: readonly string[],
  images: string,
  masks: string,
): Promise<ReadonlyMap<string, Pairs>> {
  const masksOf = (stem: string) => ['.png', '.mat'].map((extension) => joinPaths(masks, `${stem}${extension}`));
  if (lists.length > 0) {
    const read = lists.map(async (list) => {
      const pairs = await readStemList(folder, list, images, masksOf);
      return [withoutExtension(fileNameOf(list)), pairs] as const;
    });
    return new Map(await Promise.all(read));
  }
  const samples: Sample[] = [];
  const faults: LayoutFault[] = [];
  for (const mask of folder.filesIn(masks).filter(isMask)) {
    const stem = comparable(withoutExtension(fileNameOf(mask)));
    const image = imageOf(folder, images, stem);
    if (image === undefined) faults.push({ kind: 'missing-image', path: mask });
    else samples.push({ name: stem, image, mask });
  }
  return new Map([['train', { samples, faults }]]);
}
