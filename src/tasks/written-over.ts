/** Finds files that are read and would be written over. */
import { mapAhead } from '../data/concurrency.ts';
import { folded } from '../data/file-source.ts';
import { addToGroup } from '../groups.ts';
import { divisions } from './name-endings.ts';
import type { TaskFiles } from './task-files.ts';

/** What is to be written, and the file that is read in its place. */
export interface WrittenOver<Output> {
  readonly output: Output;
  readonly input: string;
}

/** Files that are looked at at once. */
const WIDTH = 32;

const NOTHING = /^$/;

/**
 * The outputs in whose places files lie that are read, by whatever links either is named. Letters' cases do not count: disks
 * may hold them to be the same.
 * @param endings how the files' names end that are written for an output, after its path; by default its path is the file's.
 */
export async function writtenOver<Output extends { readonly path: string }>(
  inputs: readonly string[],
  outputs: readonly Output[],
  files: Pick<TaskFiles, 'realPath'>,
  endings: RegExp = NOTHING,
): Promise<readonly WrittenOver<Output>[]> {
  const placeOf = placesIn(files);
  const found = new Map<string, string[]>();
  const look = async (input: string) => ({
    input,
    places: [await placeOf(input), folded(await files.realPath(input))],
  });
  for await (const { input, places } of mapAhead(inputs, WIDTH, look)) {
    const beginnings = places.flatMap((place) => divisions(place, endings).map(({ beginning }) => beginning));
    for (const beginning of new Set(beginnings)) addToGroup(found, beginning, input);
  }
  const clashes: WrittenOver<Output>[] = [];
  for (const output of outputs) {
    for (const input of found.get(await placeOf(output.path)) ?? []) clashes.push({ output, input });
  }
  return clashes;
}

/** Where a name lies in its folder: the links to the folder count, and what it may be a link to itself does not, as writing replaces it. */
function placesIn(files: Pick<TaskFiles, 'realPath'>): (path: string) => Promise<string> {
  const folders = new Map<string, Promise<string>>();
  return async (path) => {
    // As it was typed: `..` leads from where a link in front of it leads to.
    const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
    const folder = path.slice(0, cut);
    const known = folders.get(folder) ?? files.realPath(folder);
    folders.set(folder, known);
    return folded(`${await known}/${path.slice(cut)}`);
  };
}
