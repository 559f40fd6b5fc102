/** A reader of files that strangers give, and what it is tried with. */
import type * as fc from 'fast-check';

export interface Reader {
  readonly name: string;
  /** Files that it reads, from which others are made by changing bytes. */
  readonly seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Sound containers with wrong insides, and the like, which changed bytes seldom give. */
  readonly structures?: (seeds: readonly Uint8Array[]) => fc.Arbitrary<Uint8Array>;
  readonly read: (bytes: Uint8Array) => unknown;
  /** Whether an error is one of those that the reader throws on purpose, besides RefineNetError. */
  readonly isRefusal?: (error: unknown) => boolean;
  /** Reads this many times slower than the others, so that it gets so many times fewer inputs. Default 1. */
  readonly cost?: number;
}
