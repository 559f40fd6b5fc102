/** How the values of a recipe's options are typed. */
import type * as z from 'zod';
import { BACKGROUNDS } from '../../../data/mixing/classes.ts';
import { MIX_NAMES } from '../../../data/mixing/index.ts';
import { UsageError } from '../../../errors.ts';
import { LOSS_NAMES } from '../../../tasks/train/recipe.ts';
import type { TRAIN_REQUEST } from '../../../tasks/train/request.ts';
import { DEFAULT_TEMPERATURE } from '../../../training/losses/distill.ts';
import type { AskedSchedule, TrainingOverrides } from '../../../training/overrides.ts';
import { SCHEDULE_NAMES, type ScheduleName } from '../../../training/schedules.ts';
import type { LossName, LossTerm } from '../../../training/step/types.ts';

export type Recipe = z.input<typeof TRAIN_REQUEST>;

/** What turns a part off. */
export const NONE = 'none';

/**
 * The schedules by name, with usual numbers and the milestones that were typed. They warm up as the preset does, but for the one
 * that rises by itself.
 */
const SCHEDULES: Readonly<Record<ScheduleName, (milestones: readonly number[]) => AskedSchedule>> = {
  constant: () => ({ name: 'constant' }),
  poly: () => ({ name: 'poly', power: 0.9 }),
  'multi-step': (milestones) => ({
    name: 'multi-step',
    milestones,
    factors: milestones.map((_, index) => 10 ** -(index + 1)),
  }),
  cosine: () => ({ name: 'cosine', final: 0 }),
  'one-cycle': () => ({ name: 'one-cycle', rise: 0.3, initial: 0.04, final: 4e-6, warmup: 0 }),
};

export function schedule(text: string): AskedSchedule {
  const [name, ...milestones] = text.split(':') as [string, ...string[]];
  const numbers = milestones.map(Number);
  const takesEpochs = name === 'multi-step';
  if (!Object.hasOwn(SCHEDULES, name) || takesEpochs !== numbers.length > 0 || !numbers.every((epoch) => epoch > 0)) {
    throw new UsageError(
      `--schedule takes ${SCHEDULE_NAMES.filter((each) => each !== 'multi-step').join(', ')}, or multi-step with epochs, for example multi-step:30:60; got "${text}".`,
    );
  }
  return SCHEDULES[name as ScheduleName](numbers);
}

export function scaleRange(text: string): readonly [number, number] {
  const [least, most, ...rest] = text.split(',').map(Number) as [number, number?, ...number[]];
  if (!(least > 0 && most !== undefined && most >= least && most <= MOST_SCALE) || rest.length > 0) {
    throw new UsageError(
      `--scale takes the least and the most, both above 0 and at most ${MOST_SCALE}, such as 0.5,2; got "${text}".`,
    );
  }
  return [least, most];
}

const JITTERS = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/** As many of the four as were typed; the augmentation's own check knows their ranges. */
export function colorJitter(text: string): TrainingOverrides['colorJitter'] {
  if (text === NONE) return null;
  const strengths = numbersOf(text);
  if (strengths.length > JITTERS.length || strengths.some((each) => !(each >= 0 && each <= 1))) {
    throw new UsageError(
      `--color-jitter takes up to four numbers from 0 to 1 (${JITTERS.join(', ')}) or none; got "${text}".`,
    );
  }
  return Object.fromEntries(strengths.map((strength, index) => [JITTERS[index], strength]));
}

/** `NAME[:PROBABILITY[:BACKGROUND]]`, separated by commas. */
export function mixing(text: string): Recipe['mixing'] {
  if (text === NONE) return [];
  return text.split(',').map((step) => {
    const [name, probability, background, ...rest] = step.trim().split(':');
    const isKnown = (MIX_NAMES as readonly (string | undefined)[]).includes(name);
    const takesBackground = name !== 'cutmix' && (BACKGROUNDS as readonly (string | undefined)[]).includes(background);
    const chance = probability === undefined ? 0 : probability === '' ? Number.NaN : Number(probability);
    if (
      !isKnown ||
      !(chance >= 0 && chance <= 1) ||
      (background !== undefined && !takesBackground) ||
      rest.length > 0
    ) {
      throw new UsageError(
        `--mix takes ${MIX_NAMES.join(', ')}, each with a probability from 0 to 1 such as cutmix:0.5; classmix and copy-paste also with ` +
          `what counts as background (${BACKGROUNDS.join(', ')}), such as classmix:0.5:first; got "${text}".`,
      );
    }
    return {
      mix: name as (typeof MIX_NAMES)[number],
      ...(probability !== undefined && { probability: chance }),
      ...(background !== undefined && { background: background as (typeof BACKGROUNDS)[number] }),
    };
  });
}

/** The share of images below which a class is rare, where none is typed. */
const RARE = 0.1;

/** `PATTERN:TIMES` and `rare[:SHARE]`, separated by commas. */
export function oversample(text: string): Recipe['oversample'] {
  return text.split(',').map((rule) => {
    const colon = rule.lastIndexOf(':');
    const name = (colon < 0 ? rule : rule.slice(0, colon)).trim();
    const number = colon < 0 ? (name === 'rare' ? RARE : Number.NaN) : Number(rule.slice(colon + 1));
    if (name === '' || !(number > 0) || (name === 'rare' && number > 1)) {
      throw new UsageError(
        "--oversample takes names with how often each such image stands in an epoch, such as 'coco-*:4', or rare with the share of images " +
          `below which a class is rare, such as rare:${RARE}; got "${text}".`,
      );
    }
    return name === 'rare' ? { rare: number } : { names: name, times: number };
  });
}

/** Beyond it an image's pixels are larger than any crop. */
const MOST_SCALE = 16;

const FOCAL_GAMMA = 2;

export function loss(text: string): readonly LossTerm[] {
  return text.split('+').map((term) => {
    const [name, weight = '1', temperature, ...rest] = term.trim().split(':') as [string, ...string[]];
    const isWarm = temperature === undefined || (name === 'distill' && Number(temperature) > 0);
    if (!(LOSS_NAMES as readonly string[]).includes(name) || !(Number(weight) > 0) || !isWarm || rest.length > 0) {
      throw new UsageError(
        `--loss takes ${LOSS_NAMES.join(', ')}, or a sum with weights such as cross-entropy+dice:0.5, and distill also with its temperature such as cross-entropy+distill:0.5:2; got "${text}".`,
      );
    }
    const base: LossTerm = { name: name as LossName, weight: Number(weight) };
    if (name === 'distill') return { ...base, temperature: Number(temperature ?? DEFAULT_TEMPERATURE) };
    return name === 'focal' ? { ...base, gamma: FOCAL_GAMMA } : base;
  });
}

export function classWeights(text: string): NonNullable<TrainingOverrides['classWeights']> {
  if (text === 'none' || text === 'auto') return text;
  const numbers = numbersOf(text);
  if (!numbers.every((weight) => weight >= 0 && Number.isFinite(weight))) {
    throw new UsageError(`--class-weights takes none, auto, or one number a class such as 1,2,0.5; got "${text}".`);
  }
  return numbers;
}

/** Numbers separated by commas; NaN where there is none. */
const numbersOf = (text: string): readonly number[] =>
  text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));

export function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function orNone(parse: (text: string) => number): (text: string) => number | typeof NONE {
  return (text) => (text === NONE ? NONE : parse(text));
}

/** Channels, separated by commas. */
export function widths(text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((width) => Number.isInteger(width) && width >= 1 && width <= MOST_CHANNELS)) {
    throw new UsageError(
      `--widths takes whole numbers from 1 to ${MOST_CHANNELS}, the coarsest path's first, such as 256,256,256,256,128,64; got "${text}".`,
    );
  }
  return numbers;
}

/** More channels in one path are a mistake. */
const MOST_CHANNELS = 4096;
