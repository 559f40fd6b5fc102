/** How the blocks of a RefineNet are arranged: the forms of the paper's ablation. */
import { UsageError } from '../../errors.ts';
import type { DecoderDefinition } from './definition.ts';

/** The published orders of blocks by name, for paths at 1/32, 1/16, 1/8 and 1/4. */
export const CASCADES = {
  single: { cascade: [1, 1, 1, 1], imageDivisors: [1] },
  '2-cascaded': { cascade: [1, 1, 2, 2], imageDivisors: [1] },
  '4-cascaded': { cascade: [1, 2, 3, 4], imageDivisors: [1] },
  '4-cascaded-2-scale': { cascade: [1, 2, 3, 4, 1, 2, 3, 4], imageDivisors: [2, 1] },
} as const satisfies Record<string, { cascade: readonly number[]; imageDivisors: readonly number[] }>;

/** The name of one of `CASCADES`. */
export type CascadeName = keyof typeof CASCADES;

/** The blocks that paths enter, and the scales at which the image is encoded. */
type Arrangement = { readonly cascade: readonly number[]; readonly imageDivisors: readonly number[] };

/**
 * The arrangement of a named cascade; the published one of the decoder where none is named.
 * @throws UsageError if there is no such cascade, or it is for another number of paths.
 */
export function arrangementOf(name: string, { taps, cascade }: DecoderDefinition, wanted?: CascadeName): Arrangement {
  if (!wanted) return { cascade, imageDivisors: [1] };
  if (!Object.hasOwn(CASCADES, wanted)) {
    throw new UsageError(`There is no cascade "${wanted}". The cascades are ${Object.keys(CASCADES).join(', ')}.`);
  }
  const found = CASCADES[wanted];
  if (found.cascade.length !== taps.length * found.imageDivisors.length) {
    throw new UsageError(`${name} has ${taps.length} paths; the cascade "${wanted}" is for 4 paths a scale.`);
  }
  return found;
}
