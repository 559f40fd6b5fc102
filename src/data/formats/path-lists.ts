/** Texts in which every line names an image and its mask. */
import { FormatError } from '../../errors.ts';
import { comparable, fileNameOf, isImage, isMask, joinPaths, withoutExtension } from '../file-source.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import { splitNamed } from '../split-names.ts';
import type { Folder } from './folder.ts';
import { withUniqueNames } from './short-names.ts';

/** The two paths of a line, which a tab separates, or spaces if there are no others. */
export function pathPair(line: string): readonly [string, string] | undefined {
  const byTab = line.split(/\t+/).map((part) => part.trim());
  const parts = byTab.length === 2 ? byTab : line.split(/\s+/);
  const [image, mask] = parts;
  return parts.length === 2 && image && mask && isImage(image) && isMask(mask) ? [image, mask] : undefined;
}

/** The split that a list's file name stands for: `train.txt`, `train.nyu`, `my_train.txt`; else its own stem. */
export function splitOfList(path: string): string {
  const stem = withoutExtension(fileNameOf(path));
  const words = stem.split(/[-_. ]/);
  return splitNamed(stem) ?? words.map(splitNamed).find((name) => name !== undefined) ?? stem;
}

/**
 * The pairs a list names; files that do not exist are faults.
 * @throws FormatError naming every line that is not a pair of image files.
 */
export async function readPathList(folder: Folder, list: string, resolve = (path: string) => path): Promise<Pairs> {
  const samples: Sample[] = [];
  const faults: LayoutFault[] = [];
  const wrong: string[] = [];
  const seen = new Map<string, number>();
  for (const [index, line] of (await folder.lines(list)).entries()) {
    const pair = pathPair(line);
    if (!pair) {
      wrong.push(`"${line.slice(0, 80)}"`);
      continue;
    }
    const listed = pair.map((path) => joinPaths('', resolve(path))) as [string, string];
    const [image, mask] = await Promise.all(listed.map((path) => folder.locate(path)));
    for (const [place, found] of [image, mask].entries()) {
      if (found !== undefined) continue;
      faults.push({ kind: 'missing-listed', path: listed[place] as string, detail: `listed in ${list}` });
    }
    const key = comparable(listed[0]);
    if (seen.has(key)) faults.push({ kind: 'ambiguous-name', path: listed[0], detail: `is listed twice in ${list}` });
    else if (image !== undefined && mask !== undefined)
      samples.push({ name: comparable(withoutExtension(image)), image, mask });
    seen.set(key, index);
  }
  if (wrong.length > 0) {
    throw new FormatError(
      `${joinPaths(folder.name, list)}: ${wrong.length} lines are no pair of an image and a mask: ${wrong.slice(0, 5).join(', ')}. ` +
        'Each line has two paths, separated by a tab or a space.',
    );
  }
  return { samples: withUniqueNames(samples), faults };
}
