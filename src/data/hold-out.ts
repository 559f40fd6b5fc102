/** What is validated on: part of the training images, for data sets that have no `val` and for folds; or nothing, to learn from all there is. */
import { UsageError } from '../errors.ts';
import { randomStream } from '../tensor/random.ts';
import { globMatcher } from '../glob-patterns.ts';
import type { Dataset } from './dataset.ts';
import { comparable } from './file-source.ts';
import type { Sample } from './sample.ts';
import { inSplitOrder } from './split-names.ts';

/** Which part. Frames of one video resemble each other: hold out whole clips of them by name. */
export type HoldOut =
  | {
      /** The share of train that is held out, between 0 and 1, drawn at random but the same for the same names and seed. */
      readonly fraction: number;
      readonly seed: number;
    }
  | {
      /** Patterns of names, in which `*` stands for anything. */
      readonly names: readonly string[];
    }
  /** None: `val` is learned from too, once everything has been chosen with it. */
  | 'none';

/**
 * The data set with part of `train` held out as `val`, in place of a `val` that is there. With a share, a sample stays where it
 * is when others are added or taken away (up to the rounding of the share). With `none`, `val` becomes part of `train`.
 * @throws UsageError if the share is not between 0 and 1, nothing is left for one of the two, a pattern fits no sample, or there is no `val` to learn from.
 */
export function holdOut(dataset: Dataset, part: HoldOut): Dataset {
  if (part === 'none') return withValidationInTrain(dataset);
  const samples = dataset.samples('train');
  const held = new Set('names' in part ? named(samples, part.names) : drawn(samples, part));
  if (held.size === 0 || held.size === samples.length) {
    throw new UsageError(
      `${dataset.name}: holding ${held.size} of ${samples.length} samples out leaves nothing for ${held.size === 0 ? 'val' : 'train'}. Hold out another part.`,
    );
  }
  const aside = dataset.splits.includes('val') ? '; the split val is not used' : '';
  return {
    ...dataset,
    splits: inSplitOrder([...dataset.splits, 'val']),
    notes: [...dataset.notes, `${held.size} of ${samples.length} samples of train are held out as val${aside}.`],
    samples(split) {
      if (split === 'val') return samples.filter((sample) => held.has(sample));
      return split === 'train' ? samples.filter((sample) => !held.has(sample)) : dataset.samples(split);
    },
    faults: (split) => (split === 'val' ? [] : dataset.faults(split)),
  };
}

/** `val` stays as a split without images, so that nothing takes its place. */
function withValidationInTrain(dataset: Dataset): Dataset {
  const { name, splits } = dataset;
  const [train = [], val = []] = ['train', 'val'].map((split) =>
    splits.includes(split) ? dataset.samples(split) : [],
  );
  if (train.length === 0 || val.length === 0) {
    throw new UsageError(
      `${name}: to hold none out is to learn from train and val, which have ${train.length} and ${val.length} samples. Leave that out.`,
    );
  }
  const taken = new Set(train.map((sample) => sample.name));
  const added = val.map((sample) => ({ ...sample, name: freeName(sample.name, taken) }));
  const all = [...train, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sources = new Map<string, readonly string[]>([
    ['train', ['train', 'val']],
    ['val', []],
  ]);
  const from = (split: string): readonly string[] => sources.get(split) ?? [split];
  return {
    ...dataset,
    notes: [...dataset.notes, `The ${val.length} samples of val are learned from, with the ${train.length} of train.`],
    samples: (split) => (split === 'train' ? all : from(split).flatMap((each) => dataset.samples(each))),
    emptied: ['val'],
    faults: (split) => from(split).flatMap((each) => dataset.faults(each)),
  };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free = `val/${free}`;
  taken.add(free);
  return free;
}

function drawn(
  samples: readonly Sample[],
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Sample[] {
  if (!(fraction > 0 && fraction < 1)) {
    throw new UsageError(`The share of train to hold out is above 0 and below 1, got ${fraction}.`);
  }
  return samples
    .map((sample) => ({ sample, value: randomStream(seed, 'hold-out', sample.name).uint32() }))
    .sort((a, b) => a.value - b.value)
    .slice(0, Math.round(samples.length * fraction))
    .map(({ sample }) => sample);
}

function named(samples: readonly Sample[], patterns: readonly string[]): Sample[] {
  const isHeld = globMatcher(
    patterns.map(comparable),
    samples.map(({ name }) => name),
    'training image',
  );
  return samples.filter(({ name }) => isHeld(name));
}
