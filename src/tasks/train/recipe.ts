/** What a request to train changes of a recipe: the fields, and the overrides that they mean. */
import { defined } from '../../defined.ts';
import * as z from 'zod';
import { BACKGROUNDS } from '../../data/mixing/classes.ts';
import { MIX_NAMES, type MixRecipe } from '../../data/mixing/index.ts';
import { CROP_RULES } from '../../training/augmentation.ts';
import type { TrainingConfiguration } from '../../training/configuration.ts';
import { OPTIMIZER_NAMES } from '../../training/optimizers/index.ts';
import type { AskedSchedule, TrainingOverrides } from '../../training/overrides.ts';
import type { ScheduleDefinition } from '../../training/schedules.ts';
import {
  BATCH_NORM_MODES,
  LOSS_RESOLUTIONS,
  type LossName,
  type OptimizerDefinition,
  type ParameterGroup,
} from '../../training/step/types.ts';
import { numberField } from '../number-field.ts';
import { RESIZE_RULE } from '../run-options.ts';

export const LOSS_NAMES = [
  'cross-entropy',
  'focal',
  'dice',
  'lovasz-softmax',
  'distill',
] as const satisfies readonly LossName[];

const share = z.number().min(0).max(1);
const warmup = numberField('warmup');
/** As the preset, or the resumed run, has it where it is left out. */
const ownWarmup = warmup.exactOptional();

const schedule = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant'), warmup: ownWarmup }),
  z.strictObject({ name: z.literal('poly'), power: z.number(), warmup: ownWarmup }),
  z.strictObject({
    name: z.literal('multi-step'),
    milestones: z.array(z.number()),
    factors: z.array(z.number()),
    warmup: ownWarmup,
  }),
  z.strictObject({ name: z.literal('cosine'), final: z.number(), warmup: ownWarmup }),
  z.strictObject({
    name: z.literal('one-cycle'),
    rise: z.number(),
    initial: z.number(),
    final: z.number(),
    warmup: ownWarmup,
  }),
]);

/** What is left out is the preset's, or the resumed run's; null turns a part off. */
export const RECIPE_FIELDS = {
  epochs: numberField('epochs').optional(),
  /** Images a step. */
  batch: numberField('batch').optional(),
  /** Side of the square that the network sees, in pixels. */
  crop: numberField('crop').optional(),
  /** What crops are cut around. */
  cropBy: z.enum(CROP_RULES).optional(),
  /** The size at which the model sees images, before they are augmented and when it predicts; null for their own. */
  resize: RESIZE_RULE.optional(),
  /** Least and most by which images are resized at random. */
  scale: z.tuple([z.number().positive(), z.number().positive()]).optional(),
  colorJitter: z
    .strictObject({
      brightness: share.optional(),
      contrast: share.optional(),
      saturation: share.optional(),
      hue: share.optional(),
    })
    .nullable()
    .optional(),
  /** What is pasted into images of others. */
  mixing: z
    .array(
      z.strictObject({
        mix: z.enum(MIX_NAMES),
        probability: share.exactOptional(),
        /** What is not pasted; not for cutmix. */
        background: z.enum(BACKGROUNDS).exactOptional(),
      }),
    )
    .optional(),
  /** How many augmented views of each image the frozen part of the network sees, once each. */
  views: numberField('views').nullable().optional(),
  /** How often images stand in an epoch, by name or by how rare their classes are. */
  oversample: z
    .array(
      z.union([
        z.strictObject({ names: z.string(), times: z.number().positive() }),
        z.strictObject({ rare: z.number().positive().max(1) }),
      ]),
    )
    .optional(),
  /** The rate of the decoder; the encoder keeps its proportion. */
  learningRate: numberField('learningRate').optional(),
  encoderLearningRate: numberField('encoderLearningRate').optional(),
  optimizer: z.enum(OPTIMIZER_NAMES).optional(),
  weightDecay: numberField('weightDecay').optional(),
  schedule: schedule.optional(),
  /** Updates over which the rate rises; overrules the schedule's own. */
  warmup: warmup.optional(),
  loss: z
    .array(
      z.strictObject({
        name: z.enum(LOSS_NAMES),
        weight: z.number().positive(),
        gamma: z.number().min(0).exactOptional(),
        temperature: z.number().positive().exactOptional(),
      }),
    )
    .min(1)
    .optional(),
  /** Where scores and labels meet: at the labels' size, or, in less time, at the scores'. */
  lossResolution: z.enum(LOSS_RESOLUTIONS).optional(),
  classWeights: z.union([z.enum(['none', 'auto']), z.array(z.number().min(0))]).optional(),
  batchNorm: z.enum(BATCH_NORM_MODES).optional(),
  /** Patterns of parameters that do not train. */
  freeze: z.array(z.string()).optional(),
  /** Batches whose gradients are averaged for one update. */
  accumulate: numberField('accumulate').optional(),
  /** Largest norm of the gradients. */
  clipNorm: numberField('clipNorm').nullable().optional(),
  /** Decay of the moving average of the weights. */
  averageDecay: numberField('averageDecay').nullable().optional(),
  seed: numberField('seed').optional(),
  /** Epochs between validations. */
  validateEvery: numberField('validateEvery').optional(),
  /** Validations without gain before the run ends. */
  patience: numberField('patience').nullable().optional(),
  /** Updates between checkpoints within an epoch. */
  saveEvery: numberField('saveEvery').nullable().optional(),
  /** Epochs between sheets of predictions. */
  samplesEvery: numberField('samplesEvery').nullable().optional(),
};

/** These fields of a request. */
export type RecipeFields = z.output<z.ZodObject<typeof RECIPE_FIELDS>>;

/** What the fields change of a recipe, whose own values are asked for where one field leaves a part open. */
export function overridesFrom(
  fields: RecipeFields,
  recipe: Pick<TrainingConfiguration, 'rates' | 'step' | 'schedule'>,
): TrainingOverrides {
  const { epochs, batch, crop, cropBy, resize, scale, colorJitter, seed, batchNorm, accumulate, classWeights } = fields;
  const { patience, saveEvery, samplesEvery, clipNorm, averageDecay, validateEvery, views } = fields;
  const given: { [K in keyof TrainingOverrides]: TrainingOverrides[K] | undefined } = {
    epochs,
    batch,
    crop,
    cropBy,
    resize,
    scale,
    colorJitter,
    // The mixing's own check knows which step takes what.
    mixing: fields.mixing as MixRecipe | undefined,
    sampling: fields.oversample,
    views,
    seed,
    batchNorm,
    accumulate,
    classWeights,
    patience,
    saveEvery,
    samplesEvery,
    rates: ratesFrom(fields, recipe.rates),
    optimizer: optimizerFrom(fields, recipe.step.optimizer),
    schedule: scheduleFrom(fields, recipe.schedule),
    loss: lossFrom(fields),
    clipNorm,
    averageDecay,
    frozen: fields.freeze,
    validateEvery,
  };
  return defined(given);
}

function lossFrom({ loss: terms, lossResolution: resolution }: RecipeFields): TrainingOverrides['loss'] {
  return terms || resolution ? { ...(terms && { terms }), ...(resolution && { resolution }) } : undefined;
}

function ratesFrom(
  { learningRate: rate, encoderLearningRate: encoder }: RecipeFields,
  own: Readonly<Record<ParameterGroup, number>>,
): Partial<Record<ParameterGroup, number>> | undefined {
  if (rate === undefined) return encoder === undefined ? undefined : { encoder };
  const proportion = (group: ParameterGroup) => (own.decoder === 0 ? 1 : own[group] / own.decoder);
  return {
    encoder: encoder ?? rate * proportion('encoder'),
    decoder: rate,
    classifier: rate * proportion('classifier'),
  };
}

/** Each optimizer with its usual numbers. */
const OPTIMIZERS: Readonly<Record<OptimizerDefinition['name'], OptimizerDefinition>> = {
  sgd: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 },
  adam: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  adamw: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2 },
};

function optimizerFrom(
  { optimizer, weightDecay }: RecipeFields,
  own: OptimizerDefinition,
): OptimizerDefinition | undefined {
  if (optimizer === undefined && weightDecay === undefined) return undefined;
  const base = optimizer === undefined || optimizer === own.name ? own : OPTIMIZERS[optimizer];
  return { ...base, ...(weightDecay !== undefined && { weightDecay }) };
}

function scheduleFrom({ schedule, warmup }: RecipeFields, own: ScheduleDefinition): AskedSchedule | undefined {
  if (schedule === undefined && warmup === undefined) return undefined;
  return { ...(schedule ?? own), ...(warmup !== undefined && { warmup }) };
}
