/** What a RefineNet's definition comes to, however it is written. */

import { sameJson } from '../../json-values.ts';
import type { RefineNetDefinition } from './definition.ts';
import { blocksOf, coarsestBlocks } from './growth.ts';
import { poolingsByBlock } from './refinenet.ts';

/** Whether both compute the same from the same weights: all but their number of classes, and their dropout and random field, which have no weights and may change. */
export const isSameForm = (one: RefineNetDefinition, other: RefineNetDefinition): boolean =>
  sameJson(formOf(one), formOf(other));

/** Whether a network is what the coarsest blocks of a larger one are; a classifier of narrower paths is a new one, and so are units of a head where there were none. */
export function growsInto(smaller: RefineNetDefinition, larger: RefineNetDefinition): boolean {
  const had = blocksOf(smaller);
  if (blocksOf(larger) <= had) return false;
  const paths = ({ classifier: _, head, ...form }: ReturnType<typeof formOf>) => ({
    ...form,
    head: smaller.decoder.units.head === 0 ? 0 : head,
  });
  return sameJson(paths(formOf(coarsestBlocks(larger, had))), paths(formOf(smaller)));
}

function formOf(definition: RefineNetDefinition) {
  const { encoder, stridePlacement, encoderStride = 32, imageDivisors, decoder } = definition;
  const { kernel, taps, widths, imagePooling = false, cascade, units, pooling, fusion, skip } = decoder;
  const { activation, upsampling, interpolation = 'linear', classifier } = decoder;
  const { adapt, output, head } = units;
  const poolings = poolingsByBlock(decoder, blocksOf(definition));
  return {
    ...{ encoder, stridePlacement, encoderStride, imageDivisors, kernel, taps, widths, imagePooling, cascade },
    ...{ adapt, output, head, order: pooling.order, poolings, fusion, skip, activation, upsampling, classifier },
    // A single path is never enlarged.
    interpolation: cascade.length > 1 ? interpolation : 'linear',
  };
}
