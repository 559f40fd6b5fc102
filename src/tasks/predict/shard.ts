/** Sharing work out among several processes or machines. */

/** The `index`-th, from 1 on, of `count` parts of nearly the same size. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The items of a shard, by the order of their names: the same whichever order they came in. All, as they came, for none.
 */
export function inShard<T extends { readonly name: string }>(
  items: readonly T[],
  shard: Shard | undefined,
): readonly T[] {
  if (!shard) return items;
  const sorted = [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sorted.filter((_, position) => position % shard.count === shard.index - 1);
}
