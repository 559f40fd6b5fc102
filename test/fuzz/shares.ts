/** How many inputs each reader gets of all. */
import type { Reader } from './reader.ts';

/** None gets fewer, where there are so many. */
const LEAST = 10_000;

/**
 * Shares a number of inputs out: a reader that takes twice as long gets half as many, and none fewer than 10 000 or an equal
 * share of all.
 */
export function sharedOut(readers: readonly Pick<Reader, 'cost'>[], total: number): readonly number[] {
  const least = Math.min(LEAST, total / readers.length);
  let isLeast = readers.map(() => false);
  for (;;) {
    const others = readers.filter((_, index) => !isLeast[index]);
    const left = total - least * (readers.length - others.length);
    const each = left / others.reduce((sum, { cost = 1 }) => sum + 1 / cost, 0);
    const shares = readers.map(({ cost = 1 }, index) => (isLeast[index] ? least : each / cost));
    if (shares.every((share) => share >= least - 1e-6)) return shares.map(Math.round);
    isLeast = shares.map((share) => share <= least);
  }
}
