/** What may be asked for in place of a preset's, and the configuration that it makes. */
import type { MixRecipe } from '../data/mixing/index.ts';
import type { Sample } from '../data/sample.ts';
import { imagesPerEpoch as imagesOf, type SamplingRule, timesOf } from '../data/sampling.ts';
import type { TransformRecipe } from '../data/transforms/index.ts';
import { defined } from '../defined.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import { type AugmentationAdjustments, adjusted, resizedFirst, resizeSteps } from './augmentation.ts';
import { checkConfiguration } from './check-configuration.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { withCurrentLoss } from './former-names.ts';
import { type ClassWeighting, PRESETS, type Preset, type PresetName } from './presets.ts';
import type { ScheduleDefinition } from './schedules.ts';
import { PARAMETER_GROUPS, type ParameterGroup, type StepDefinition } from './step/types.ts';

/** What may be asked for in place of the preset's. */
export interface TrainingOverrides extends AugmentationAdjustments {
  readonly epochs?: number;
  readonly batch?: number;
  readonly crop?: number;
  readonly seed?: number;
  /** The size at which the model sees images, before they are augmented and when it predicts; null for their own. */
  readonly resize?: Preprocessing['resize'];
  readonly augmentation?: TransformRecipe;
  readonly mixing?: MixRecipe;
  /** How often images stand in an epoch; of rare classes the share of the images below which a class is one. */
  readonly sampling?: readonly AskedSampling[];
  /** How many augmented views of each image the frozen part of the network sees, once each; null for new ones in every epoch. */
  readonly views?: number | null;
  readonly rates?: Partial<Record<ParameterGroup, number>>;
  /** Without a warm-up of its own it has the preset's, or the resumed run's. */
  readonly schedule?: AskedSchedule;
  readonly optimizer?: StepDefinition['optimizer'];
  readonly loss?: Partial<StepDefinition['loss']>;
  /** Weights of the classes in the loss; overrules the loss's own. */
  readonly classWeights?: ClassWeighting | readonly number[];
  readonly batchNorm?: StepDefinition['batchNorm'];
  readonly decayNormAndBias?: boolean;
  readonly clipNorm?: number | null;
  readonly averageDecay?: number | null;
  readonly accumulate?: number;
  readonly frozen?: readonly string[];
  readonly validateEvery?: number;
  readonly patience?: number | null;
  readonly saveEvery?: number | null;
  readonly samplesEvery?: number | null;
}

/** A schedule as it is asked for. */
export type AskedSchedule = ScheduleDefinition extends infer Each
  ? Each extends ScheduleDefinition
    ? Omit<Each, 'warmup'> & Partial<Pick<Each, 'warmup'>>
    : never
  : never;

/** A rule as it is asked for: what `rare` means for each image is found in the data. */
export type AskedSampling = Extract<SamplingRule, { names: string }> | { readonly rare: number };

/**
 * The configuration with how often images stand in an epoch.
 * @param timesOfRare what images count by their rarest class, where a class is rare below a share; as others when left out.
 */
export function withSampling(
  base: TrainingConfiguration,
  samples: readonly Sample[],
  asked: readonly AskedSampling[] | undefined,
  timesOfRare: (share: number) => readonly number[] = () => [],
): TrainingConfiguration {
  if (asked === undefined) return base;
  const { sampling: _, ...others } = base;
  if (asked.length === 0) return others;
  const rules = asked.map((rule) => ('rare' in rule ? { rare: rule.rare, times: timesOfRare(rule.rare) } : rule));
  return { ...base, sampling: { rules, images: imagesOf(timesOf(samples, rules)) } };
}

/**
 * The configuration with what is asked for in its place.
 * @throws UsageError naming everything that does not fit.
 */
export function withOverrides(base: TrainingConfiguration, overrides: TrainingOverrides): TrainingConfiguration {
  const { rates, optimizer, loss, classWeights, batchNorm, decayNormAndBias, clipNorm, averageDecay } = overrides;
  const { accumulate, frozen, crop = base.crop, mixing = base.mixing ?? [], ...others } = overrides;
  const { views = base.views ?? null } = overrides;
  const preset = PRESETS[base.preset as PresetName] as Preset | undefined;
  const step: StepDefinition = {
    ...base.step,
    ...defined({ optimizer, batchNorm, decayNormAndBias, clipNorm, averageDecay, accumulate, frozen }),
    loss: {
      ...base.step.loss,
      ...defined(withCurrentLoss(loss ?? {})),
      ...(classWeights === undefined || classWeights === 'auto'
        ? {}
        : { classWeights: classWeights === 'none' ? null : classWeights }),
    },
  };
  const { epochs, batch = base.batch, seed, schedule, validateEvery, patience, saveEvery, samplesEvery } = others;
  const { resize: former } = base.preprocessing;
  const { resize = former } = overrides;
  const ofCrop =
    crop === base.crop || !preset ? base.augmentation : [...resizeSteps(former), ...preset.augmentation(crop)];
  const augmentation = overrides.augmentation ?? ofCrop;
  // Every field keeps its place, so that a resumed run writes the bytes of one that was not interrupted.
  const configuration: TrainingConfiguration = defined({
    ...base,
    ...defined({ epochs, batch, seed, validateEvery, patience, saveEvery, samplesEvery }),
    ...(schedule && { schedule: { ...schedule, warmup: schedule.warmup ?? base.schedule.warmup } }),
    crop,
    preprocessing: { ...base.preprocessing, resize },
    augmentation: adjusted(
      overrides.resize === undefined ? augmentation : resizedFirst(augmentation, former, resize),
      overrides,
    ),
    step,
    rates: { ...base.rates, ...defined(rates ?? {}) },
    mixing: mixing.length > 0 ? mixing : undefined,
    views: views ?? undefined,
  });
  checkConfiguration(configuration, unknownFields(overrides));
  return configuration;
}

/** The fields that overrides may have: one that is misspelled would be passed over. */
const FIELDS: Readonly<Record<keyof TrainingOverrides, true>> = {
  epochs: true,
  batch: true,
  crop: true,
  seed: true,
  resize: true,
  scale: true,
  cropBy: true,
  colorJitter: true,
  augmentation: true,
  mixing: true,
  sampling: true,
  views: true,
  rates: true,
  schedule: true,
  optimizer: true,
  loss: true,
  classWeights: true,
  batchNorm: true,
  decayNormAndBias: true,
  clipNorm: true,
  averageDecay: true,
  accumulate: true,
  frozen: true,
  validateEvery: true,
  patience: true,
  saveEvery: true,
  samplesEvery: true,
};

const LOSS_FIELDS: Readonly<Record<keyof StepDefinition['loss'], true>> = {
  terms: true,
  classWeights: true,
  resolution: true,
  ignoreIndex: true,
};

/** Problems with fields that are of another name than any there is. */
function unknownFields(overrides: TrainingOverrides): string[] {
  const places = [
    ['overrides', overrides, Object.keys(FIELDS)],
    ['rates', overrides.rates ?? {}, PARAMETER_GROUPS],
    ['loss', withCurrentLoss(overrides.loss ?? {}), Object.keys(LOSS_FIELDS)],
  ] as const;
  return places.flatMap(([place, given, known]) =>
    Object.keys(defined<object>(given))
      .filter((field) => !(known as readonly string[]).includes(field))
      .map((field) => `there is no field "${field}" in the ${place}, only ${known.join(', ')}`),
  );
}
