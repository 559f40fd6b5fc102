/** All that determines a run, as data: equal configurations and equal data give equal weights. */
import type { MixRecipe } from '../data/mixing/index.ts';
import type { SamplingRule } from '../data/sampling.ts';
import type { TransformRecipe } from '../data/transforms/index.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import type { NetworkDefinition } from '../models/families.ts';
import type { ScheduleDefinition } from './schedules.ts';
import type { ParameterGroup, StepDefinition } from './step/types.ts';

/**
 * All that determines a run, as data for JSON: it is kept in the run's config.json, and a resumed run must have the
 * same.
 */
export interface TrainingConfiguration {
  /** The recipe that was started from. */
  readonly preset: string;
  readonly network: NetworkDefinition;
  /** The classes' names by id. */
  readonly classes: readonly string[];
  /** How images enter the trained model when it predicts; in training `augmentation` decides on sizes. */
  readonly preprocessing: Preprocessing;
  /** What the data set looked like; a resumed run must find the same. */
  readonly data: {
    readonly format: string;
    /** Samples in the split that is trained on, and in the one that is validated on. */
    readonly train: number;
    readonly validation: number;
    /** Made of all samples' names. */
    readonly fingerprint: string;
    /** How many of those to train on have predicted masks, and the least confidence that is learned from; absent if none is. */
    readonly predicted?: { readonly images: number; readonly confidence: number };
  };
  readonly epochs: number;
  /** Images a micro-batch. */
  readonly batch: number;
  /** Width and height of what the network sees, in pixels. */
  readonly crop: number;
  /** The steps that each image and its mask go through, in their order, before anything is mixed in. */
  readonly augmentation: TransformRecipe;
  /** What is pasted into images of others; nothing when left out. */
  readonly mixing?: MixRecipe;
  /** How often images stand in an epoch, and how many it has then; each once when left out. */
  readonly sampling?: { readonly rules: readonly SamplingRule[]; readonly images: number };
  /**
   * How many augmented views of each image there are, each of which the network's frozen part sees once; absent where every epoch
   * makes new ones and nothing is remembered.
   */
  readonly views?: number;
  /** What one update does to the weights. */
  readonly step: StepDefinition;
  /**
   * Whether the loss's class weights are of the classes' shares or were given; absent where there are none, and in runs of former
   * versions. A resumed run may have another.
   */
  readonly classWeighting?: 'auto' | 'given';
  /** The network that the loss `distill` learns from, and what its weights are known by; absent if there is none. */
  readonly teacher?: { readonly network: NetworkDefinition; readonly weights: string };
  /** Learning rates by group, before the schedule. */
  readonly rates: Readonly<Record<ParameterGroup, number>>;
  readonly schedule: ScheduleDefinition;
  /** What shuffling, augmentation and dropout are drawn from: a whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Epochs between validations. */
  readonly validateEvery: number;
  /** Validations without improvement before the run ends early; null for never. */
  readonly patience: number | null;
  /** Updates between checkpoints within an epoch; null for one at the end of each epoch only. */
  readonly saveEvery: number | null;
  /** Epochs between sheets of sample predictions; null for none. */
  readonly samplesEvery: number | null;
}

/** How many images an epoch has; what is left over after its last full update included. */
export const imagesPerEpoch = ({ sampling, data }: Pick<TrainingConfiguration, 'sampling' | 'data'>): number =>
  sampling?.images ?? data.train;

/** How many updates an epoch has. */
export const updatesPerEpoch = (configuration: TrainingConfiguration): number =>
  Math.floor(Math.floor(imagesPerEpoch(configuration) / configuration.batch) / configuration.step.accumulate);

/** One field that two configurations do not share, as text. */
export interface Difference {
  /** The field's path, for example `step.optimizer.name`. */
  readonly field: string;
  readonly saved: string;
  readonly given: string;
}

/** Every field in which two JSON values differ. */
export function differences(saved: unknown, given: unknown, field = ''): Difference[] {
  if (isBranch(saved) && isBranch(given) && Array.isArray(saved) === Array.isArray(given)) {
    const keys = new Set([...Object.keys(saved), ...Object.keys(given)]);
    return [...keys].flatMap((key) =>
      differences(
        (saved as Record<string, unknown>)[key],
        (given as Record<string, unknown>)[key],
        field === '' ? key : `${field}.${key}`,
      ),
    );
  }
  return Object.is(saved, given) ? [] : [{ field, saved: text(saved), given: text(given) }];
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
