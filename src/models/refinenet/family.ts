/** RefineNet as one of the families of networks. */
import type { NetworkFamily } from '../family.ts';
import { REFINENET_NAMES, type RefineNetName, refineNetDefinition, refineNetName } from './architectures.ts';
import type { RefineNetDefinition } from './definition.ts';
import { detectRefineNet, ownsNames } from './detect.ts';
import { outputStride, refineNet } from './refinenet.ts';
import { refineNetSchema } from './schema.ts';
import type { Variation } from './variation.ts';

/** The encoders halve their input five times. */
const COARSEST_STRIDE = 32;

export const REFINENET = {
  name: 'refinenet',
  title: 'RefineNet',
  architectures: REFINENET_NAMES,
  define: (name: string, classes: number, variation: Variation) =>
    refineNetDefinition(name as RefineNetName, classes, variation),
  nameOf: refineNetName,
  forward: refineNet,
  geometry: (definition: RefineNetDefinition) => ({
    outputStride: outputStride(definition),
    // Below it the coarsest feature is smaller than one pixel.
    smallestSide: COARSEST_STRIDE,
    alignment: (definition.encoderStride ?? COARSEST_STRIDE) * leastCommonMultiple(definition.imageDivisors),
  }),
  schema: refineNetSchema,
  owns: ownsNames,
  detect: detectRefineNet,
} satisfies NetworkFamily<RefineNetDefinition>;

const leastCommonMultiple = (numbers: readonly number[]): number =>
  numbers.reduce((multiple, number) => (multiple / commonDivisor(multiple, number)) * number);

const commonDivisor = (one: number, other: number): number => (other === 0 ? one : commonDivisor(other, one % other));
