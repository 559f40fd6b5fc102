/** The images of an epoch: which, in what order, and what augmentation makes of each of them. */
import { type RandomStream, randomStream } from '../tensor/random.ts';
import { createMixing, type MixRecipe } from './mixing/index.ts';
import type { LabeledImage } from './sample.ts';
import type { SampleCache } from './sample-cache.ts';
import { type EpochEntry, epochEntries } from './sampling.ts';
import { createTransform, type TransformRecipe } from './transforms/index.ts';

/** The indices 0 ... count - 1 in the order of an epoch (Fisher and Yates' shuffle). */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = randomStream(seed, 'order', epoch);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

/** The images of one epoch, in its order. */
export interface Epoch {
  readonly seed: number;
  readonly epoch: number;
  readonly entries: readonly EpochEntry[];
}

/** @param times how often each sample stands in an epoch, on average; once when undefined. */
export function shuffledEpoch(
  samples: number,
  times: readonly number[] | undefined,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Epoch {
  const once = () => Array.from({ length: samples }, (_, index) => ({ index, copy: 0 }));
  const entries = times ? epochEntries(times, seed, epoch) : once();
  const order = epochOrder(seed, epoch, entries.length);
  return { seed, epoch, entries: Array.from(order, (place) => entries[place] as EpochEntry) };
}

/**
 * What the augmentation of an image of an epoch is drawn from, whatever its place in the order; the first copy as where there
 * is no other.
 */
const augmentationStream = ({ seed, epoch }: Epoch, { index, copy }: EpochEntry): RandomStream =>
  randomStream(seed, 'augmentation', epoch, index, ...(copy === 0 ? [] : [copy]));

/** What the network sees of an image of an epoch: augmented, and mixed with others of the same epoch. */
export function exampleMaker(
  { augmentation, mixing = [] }: { readonly augmentation: TransformRecipe; readonly mixing?: MixRecipe },
  cache: SampleCache,
): (entry: EpochEntry, ofEpoch: Epoch) => Promise<LabeledImage> {
  const transform = createTransform(augmentation);
  const mix = createMixing(mixing);
  return async (entry, ofEpoch) => {
    const { seed, epoch, entries } = ofEpoch;
    const sample = transform(await cache.get(entry.index), augmentationStream(ofEpoch, entry));
    return mix(sample, {
      random: (step) => randomStream(seed, 'mixing', epoch, entry.index, entry.copy, step),
      async other(step, random) {
        const { index } = entries[random.integer(entries.length)] as EpochEntry;
        // Augmented for this place: the same image elsewhere in the epoch is another one.
        const stream = randomStream(seed, 'mixed-in', epoch, entry.index, entry.copy, step);
        return transform(await cache.get(index), stream);
      },
    });
  };
}
