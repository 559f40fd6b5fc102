/** Takes apart the names of files that begin with the name of another. */

/** A path that begins with a name and ends with one of the endings asked for. */
export interface Divided {
  readonly beginning: string;
  readonly ending: string;
}

/** The ways in which a path ends as the pattern says: with a dot and what follows, or with nothing. The beginning keeps a part of the name. */
export function divisions(path: string, endings: RegExp): readonly Divided[] {
  const name = path.lastIndexOf('/') + 1;
  const found: Divided[] = [];
  for (let cut = path.length; cut > name; cut = path.lastIndexOf('.', cut - 1)) {
    const ending = path.slice(cut);
    if (endings.test(ending)) found.push({ beginning: path.slice(0, cut), ending });
  }
  return found;
}
