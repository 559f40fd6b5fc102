/** The families of networks. Adding one is a folder beside this and a line here. */
import type { NetworkFamily } from './family.ts';
import { REFINENET } from './refinenet/family.ts';

/** The first is that of definitions without a mark, and explains weights that no family owns. */
export const FAMILIES = [REFINENET] as const;

/** A network as data. */
export type NetworkDefinition = (typeof FAMILIES)[number] extends NetworkFamily<infer Definition> ? Definition : never;
