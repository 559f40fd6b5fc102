/** What parts of data sets are called. */

/** Our name by the names that data sets use. */
const SPLIT_NAMES: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  trn: 'train',
  train2017: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  dev: 'val',
  val2017: 'val',
  test: 'test',
  testing: 'test',
  test2017: 'test',
};

/** `train`, `val` or `test` if a folder or file is named like one of them. */
export function splitNamed(name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(SPLIT_NAMES, key) ? SPLIT_NAMES[key] : undefined;
}

/** Names of folders that mean a split, as they are written. */
export const SPLIT_FOLDER_NAMES: readonly string[] = Object.keys(SPLIT_NAMES);

/** Train first, then val, test, and others by the alphabet. */
export function inSplitOrder(names: Iterable<string>): string[] {
  const order = ['train', 'val', 'test'];
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
