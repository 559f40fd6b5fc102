/** What parts of data sets are called. */

/** The names that data sets use by ours, which come first. */
const NAMES = {
  train: ['train', 'training', 'trn'],
  val: ['val', 'valid', 'validation', 'dev'],
  test: ['test', 'testing'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Our names of splits, which every layout has a place for. */
export const KNOWN_SPLITS: readonly string[] = Object.keys(NAMES);

/** The years of COCO, whose splits are called `train2017`. */
const YEARS = ['2017', '2014', '2015'];

const SPLIT_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([split, names]) =>
    [...names, ...YEARS.map((year) => `${split}${year}`)].map((name): [string, string] => [name, split]),
  ),
);

/** `train`, `val` or `test` if a folder or file is named like one of them. */
export function splitNamed(name: string): string | undefined {
  return SPLIT_NAMES.get(name.toLowerCase());
}

/** Names of folders that mean a split, as they are written. */
export const SPLIT_FOLDER_NAMES: readonly string[] = [...SPLIT_NAMES.keys()];

/**
 * The split of each of some folders beside one another: what its name means or, where that says nothing or another folder means the
 * same (`val` beside `dev`), its own name.
 */
export function splitsOfFolders(names: readonly string[]): ReadonlyMap<string, string> {
  const rank = (name: string) => SPLIT_FOLDER_NAMES.indexOf(name.toLowerCase());
  const likeliest = new Map<string, string>();
  for (const name of [...names].sort((a, b) => rank(a) - rank(b))) {
    const split = splitNamed(name);
    if (split !== undefined && !likeliest.has(split)) likeliest.set(split, name);
  }
  return new Map(
    names.map((name) => {
      const split = splitNamed(name);
      return [name, split !== undefined && likeliest.get(split) === name ? split : name];
    }),
  );
}

/** Train first, then val, test, and others by the alphabet. */
export function inSplitOrder(names: Iterable<string>): string[] {
  const rank = (name: string) => (KNOWN_SPLITS.includes(name) ? KNOWN_SPLITS.indexOf(name) : KNOWN_SPLITS.length);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
