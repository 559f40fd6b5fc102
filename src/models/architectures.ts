/** The named architectures of all families. */
import { UsageError } from '../errors.ts';
import { FAMILIES, type NetworkDefinition } from './families.ts';
import { checkedDefinition, familyOf } from './network.ts';
import type { Variation } from './refinenet/variation.ts';

/** One of `ARCHITECTURE_NAMES`. */
export type ArchitectureName = (typeof FAMILIES)[number]['architectures'][number];

/** The names that commands take. */
export const ARCHITECTURE_NAMES: readonly ArchitectureName[] = FAMILIES.flatMap(({ architectures }) => architectures);

/**
 * The definition of a named architecture for so many classes.
 * @throws UsageError if there is no such architecture, or the variation does not apply to it or has values that there are not.
 */
export function architecture(name: string, classes: number, variation: Variation = {}): NetworkDefinition {
  const family = FAMILIES.find(({ architectures }) => (architectures as readonly string[]).includes(name));
  if (!family) {
    throw new UsageError(`There is no architecture "${name}". The architectures are ${ARCHITECTURE_NAMES.join(', ')}.`);
  }
  if (!Number.isInteger(classes) || classes < 1 || classes > 65536) {
    throw new UsageError(`A network has between 1 and 65536 classes, got ${classes}.`);
  }
  return checkedDefinition(family.define(name, classes, variation));
}

/** The published architecture that a definition is a form of, or a description if there is none. */
export function architectureName(definition: NetworkDefinition): string {
  return familyOf(definition).nameOf(definition);
}
