/** Sharing work out among several processes or machines. */

/** The `index`-th, from 1 on, of `count` parts of nearly the same size. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The items of a shard; all for none. */
export function inShard<T>(items: readonly T[], shard: Shard | undefined): readonly T[] {
  return shard ? items.filter((_, position) => position % shard.count === shard.index - 1) : items;
}
