/** Networks that are cut to their coarsest blocks, grow again, and have other widths; apart from their families, as only training asks for it. */
import { UsageError } from '../errors.ts';
import type { Weights } from '../tensor/weights.ts';
import type { NetworkDefinition } from './families.ts';
import { familyOf } from './network.ts';
import { blocksOf, coarsestBlocks, grownWeights, widthsOf, withWidths } from './refinenet/growth.ts';
import { growsInto, isSameForm } from './refinenet/form.ts';

/** Networks made of blocks from coarse to fine. */
export interface NetworkGrowth<Definition> {
  blocks(definition: Definition): number;
  /**
   * The network of the coarsest blocks alone.
   * @throws UsageError if it has not so many.
   */
  coarsest(definition: Definition, count: number): Definition;
  /** Channels of each path, the coarsest first. */
  widths(definition: Definition): readonly number[];
  /**
   * The network with other channels in its paths.
   * @throws UsageError if there are not as many as paths, or one is no whole number of at least 1.
   */
  withWidths(definition: Definition, widths: readonly number[]): Definition;
  /** Whether both compute the same from the same weights, however they are written: but for their number of classes and what has no weights. */
  isSameForm(one: Definition, other: Definition): boolean;
  /** Whether a network is what the coarsest blocks of a larger one are. */
  growsInto(smaller: Definition, larger: Definition): boolean;
  /**
   * The weights of a network with more blocks from those of one with fewer.
   * @param fresh drawn weights of the grown network.
   */
  grown(given: Weights, from: Definition, to: Definition, fresh: Weights): Weights;
}

/** By the name of the family; those that are no cascade of blocks have none. */
const GROWTHS: Readonly<Record<string, NetworkGrowth<NetworkDefinition>>> = {
  refinenet: {
    blocks: blocksOf,
    coarsest: coarsestBlocks,
    widths: widthsOf,
    withWidths,
    isSameForm,
    growsInto,
    grown: grownWeights,
  },
};

/** @throws UsageError if the networks of this family have no blocks to choose. */
export function growthOf(definition: NetworkDefinition): NetworkGrowth<NetworkDefinition> {
  const { name, title } = familyOf(definition);
  const growth = GROWTHS[name];
  if (growth) return growth;
  throw new UsageError(`A ${title} is no cascade of blocks, so neither number nor widths can be chosen.`);
}

/** How one network is made of another, which its weights are of: it grows from it, is the same in other words, or is another. */
export function relationOf(from: NetworkDefinition, to: NetworkDefinition): 'grown' | 'same' | 'other' {
  const { name } = familyOf(from);
  if (name !== familyOf(to).name) return 'other';
  const growth = GROWTHS[name];
  if (growth?.growsInto(from, to)) return 'grown';
  const isSame = growth?.isSameForm(from, to) ?? sorted({ ...from, classes: to.classes }) === sorted(to);
  return isSame ? 'same' : 'other';
}

/** JSON whose fields are in one order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
