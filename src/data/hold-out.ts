/** A validation split for data sets that have none. */
import { UsageError } from '../errors.ts';
import { randomStream } from '../tensor/random.ts';
import type { Dataset } from './dataset.ts';
import { inSplitOrder } from './split-names.ts';

export interface HoldOutOptions {
  /** The share of train that becomes val, between 0 and 1. */
  readonly fraction: number;
  readonly seed: number;
}

/**
 * The data set with part of `train` held out as `val`: at random, but the same for the same names and seed, and a sample
 * stays where it is when others are added or taken away (up to the rounding of the share).
 * @throws UsageError if there is a val already, or nothing is left for one of the two.
 */
export function holdOut(dataset: Dataset, { fraction, seed }: HoldOutOptions): Dataset {
  if (dataset.splits.includes('val')) throw new UsageError(`${dataset.name}: there is a split val already. Use that.`);
  const samples = dataset.samples('train');
  const count = Math.round(samples.length * fraction);
  if (!(fraction > 0 && fraction < 1) || count < 1 || count >= samples.length) {
    throw new UsageError(
      `${dataset.name}: of ${samples.length} samples, a share of ${fraction} leaves nothing for train or for val. Choose another share between 0 and 1.`,
    );
  }
  const drawn = samples.map((sample) => ({ sample, value: randomStream(seed, 'hold-out', sample.name).uint32() }));
  const held = new Set(
    drawn
      .sort((a, b) => a.value - b.value)
      .slice(0, count)
      .map(({ sample }) => sample),
  );
  return {
    ...dataset,
    splits: inSplitOrder([...dataset.splits, 'val']),
    notes: [...dataset.notes, `${count} of ${samples.length} samples of train are held out as val.`],
    samples(split) {
      if (split === 'val') return samples.filter((sample) => held.has(sample));
      return split === 'train' ? samples.filter((sample) => !held.has(sample)) : dataset.samples(split);
    },
    faults: (split) => (split === 'val' ? [] : dataset.faults(split)),
  };
}
