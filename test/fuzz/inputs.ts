/** The inputs of a reader by number: the same in every run and process. */
import fc from 'fast-check';
import { damaged } from './mutations.ts';
import type { Reader } from './reader.ts';

/** Inputs that are drawn together: one alone cannot be drawn faster. */
export const BLOCK = 100;

/** The inputs of a block; half of them structures where there are some. */
export function inputsOf(
  { structures }: Reader,
  seeds: readonly Uint8Array[],
  seed: number,
  block: number,
): readonly Uint8Array[] {
  const mutations = damaged(seeds);
  const arbitrary = structures ? fc.oneof(mutations, structures(seeds)) : mutations;
  return fc.sample(arbitrary, { seed: seed + block, numRuns: BLOCK });
}
