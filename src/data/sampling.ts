/** How often each image stands in an epoch: some may count more than others. */
import { UsageError } from '../errors.ts';
import { randomStream } from '../tensor/random.ts';
import { globMatcher } from '../glob-patterns.ts';
import { comparable } from './file-source.ts';
import type { Sample } from './sample.ts';

/**
 * A rule of how often images stand in an epoch: those whose names fit a pattern, in which `*` stands for anything; or those
 * with classes that fewer images have than the share `rare`.
 */
export type SamplingRule =
  | { readonly names: string; readonly times: number }
  | {
      readonly rare: number;
      /** What the rule gives each image of the split, in its order. */
      readonly times: readonly number[];
    };

const MOST_TIMES = 1000;

/**
 * How often each sample stands in an epoch, on average; where several rules fit, their factors are multiplied.
 * @throws UsageError if a pattern fits no sample, or a number is out of range; all problems of one kind at once.
 */
export function timesOf(samples: readonly Sample[], rules: readonly SamplingRule[]): readonly number[] {
  const wrong = rules.flatMap((rule) =>
    'names' in rule && !(rule.times > 0 && rule.times <= MOST_TIMES) ? [rule] : [],
  );
  if (wrong.length > 0) {
    throw new UsageError(
      `An image stands in an epoch more than 0 and at most ${MOST_TIMES} times, got ${wrong.map(({ names, times }) => `${times} for ${names}`).join(', ')}.`,
    );
  }
  const names = samples.map(({ name }) => name);
  const patterns = rules.flatMap((rule) => ('names' in rule ? [comparable(rule.names)] : []));
  // All patterns that fit nothing are named at once.
  globMatcher(patterns, names, 'training image');
  const factors = rules.map((rule) => {
    if ('rare' in rule) return rule.times;
    const fits = globMatcher([comparable(rule.names)], names, 'training image');
    return names.map((name) => (fits(name) ? rule.times : 1));
  });
  return names.map((_, index) => factors.reduce((product, factor) => product * (factor[index] ?? 1), 1));
}

/** Decimals that are kept: enough for any number of images, and short in a file. */
const ROUNDING = 1e4;

/**
 * Repeat factor sampling (Gupta et al., CVPR 2019): a class that the share f of the images has counts max(1, sqrt(t / f)),
 * an image as the rarest of its classes.
 * @param classes of each image, as ids.
 * @param threshold t, the share of the images below which a class is rare.
 */
export function repeatFactors(classes: readonly (readonly number[])[], threshold: number): readonly number[] {
  const images = new Map<number, number>();
  for (const id of classes.flat()) images.set(id, (images.get(id) ?? 0) + 1);
  const factor = (id: number) => Math.sqrt((threshold * classes.length) / (images.get(id) as number));
  return classes.map((ids) => Math.round(Math.max(1, ...ids.map(factor)) * ROUNDING) / ROUNDING);
}

/** How many images an epoch has. */
export function imagesPerEpoch(times: readonly number[]): number {
  // Rounding in the sum must not cost an image.
  return Math.floor(times.reduce((sum, each) => sum + each, 0) + 1e-6);
}

/** One image's place in an epoch. */
export interface EpochEntry {
  /** Which sample of the split. */
  readonly index: number;
  /** How many times the epoch has had it before, from 0: each copy is augmented for itself. */
  readonly copy: number;
}

/**
 * The images of an epoch, in the split's order, always as many. A sample that stands there 2.25 times on average is there
 * twice or, in every fourth epoch on average, three times: systematic sampling, as with a comb of even teeth laid at random.
 */
export function epochEntries(times: readonly number[], seed: number, epoch: number): readonly EpochEntry[] {
  const count = imagesPerEpoch(times);
  const sum = times.reduce((total, each) => total + each, 0);
  const offset = randomStream(seed, 'sampling', epoch).uniform();
  const entries: EpochEntry[] = [];
  let reached = 0;
  for (const [index, each] of times.entries()) {
    reached += each;
    // The last one has what is left, whatever rounding did.
    const upTo = index === times.length - 1 ? count : Math.min(count, Math.ceil((reached * count) / sum - offset));
    for (let copy = 0; entries.length < upTo; copy++) entries.push({ index, copy });
  }
  return entries;
}
