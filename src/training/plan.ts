/** Makes the full configuration of a run from a preset and what is asked otherwise. */
import { contentHash } from '../data/content-hash.ts';
import { type DataSplits, dataSplits } from '../data/data-splits.ts';
import type { Dataset } from '../data/dataset.ts';
import type { DecodeImage } from '../data/file-source.ts';
import { createMixing, type MixRecipe } from '../data/mixing/index.ts';
import type { Sample } from '../data/sample.ts';
import { imagesPerEpoch as imagesOf, repeatFactors, type SamplingRule, timesOf } from '../data/sampling.ts';
import { checkForTraining } from '../data/training-check.ts';
import { createTransform, type TransformRecipe } from '../data/transforms/index.ts';
import { UsageError } from '../errors.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import type { ModelDescription } from '../models/model.ts';
import { networkGeometry } from '../models/network.ts';
import { type AugmentationAdjustments, adjusted, resizedFirst, resizeSteps } from './augmentation.ts';
import { judgeClasses, weightsByShare } from './class-pixels.ts';
import { imagesPerEpoch, type TrainingConfiguration, updatesPerEpoch } from './configuration.ts';
import { withCurrentLoss, withCurrentNames } from './former-names.ts';
import { frozenFeatures } from './frozen-features.ts';
import { judgeSizes } from './image-sizes.ts';
import { checkLoss } from './losses/index.ts';
import { bindOptimizer } from './optimizers/index.ts';
import { type ClassWeighting, PRESET_NAMES, PRESETS, type Preset, type PresetName } from './presets.ts';
import { checkSchedule, type ScheduleDefinition } from './schedules.ts';
import { checkStep } from './step/check-step.ts';
import { checkTeacher, type TeacherModel, weightsFingerprint } from './step/teacher.ts';
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

/** What a run is planned for, and what is asked in place of the preset's. */
export interface PlanOptions {
  readonly model: ModelDescription;
  readonly dataset: Dataset;
  readonly decodeImage: DecodeImage;
  /** Default `default`. */
  readonly preset?: PresetName;
  readonly overrides?: TrainingOverrides;
  /** What the loss `distill` learns from. */
  readonly teacher?: TeacherModel;
  /** Called after every image that was read with its mask, with how many are done and its name. */
  readonly onSampleChecked?: (done: number, total: number, name: string) => void;
}

/** The configuration that `train` takes, with what is doubtful about it. */
export interface TrainingPlan {
  readonly configuration: TrainingConfiguration;
  /** What should be known before the start. */
  readonly warnings: readonly string[];
}

/**
 * The configuration of a new run. Reads every image and mask that is trained or validated on, so that what is damaged is said
 * before the first step and not after hours.
 * @throws UsageError naming everything that does not fit, FormatError naming every file that cannot be used, or if the data has
 * a single class.
 */
export async function planTraining(options: PlanOptions): Promise<TrainingPlan> {
  const { model, dataset, decodeImage, preset: name = 'default', overrides = {}, teacher } = options;
  if (!Object.hasOwn(PRESETS, name)) {
    throw new UsageError(`There is no preset "${name}". The presets are ${PRESET_NAMES.join(', ')}.`);
  }
  checkClasses(model, dataset);
  if (teacher) checkTeacher(teacher, model);
  const preset = PRESETS[name] as Preset;
  const splits = dataSplits(dataset);
  const data = describeData(dataset, splits);
  const accumulate = overrides.accumulate ?? preset.step.accumulate;
  const most = Math.max(1, Math.floor(data.train / accumulate));
  const base: TrainingConfiguration = {
    preset: name,
    network: model.definition,
    classes: model.classes.map((each) => each.name),
    preprocessing: model.preprocessing,
    data,
    epochs: preset.epochs,
    batch: Math.min(preset.batch, most),
    crop: preset.crop,
    augmentation: [...resizeSteps(model.preprocessing.resize), ...preset.augmentation(preset.crop)],
    step: preset.step,
    ...(teacher && { teacher: { network: teacher.definition, weights: weightsFingerprint(teacher.weights) } }),
    rates: preset.rates,
    schedule: preset.schedule,
    seed: 0,
    validateEvery: 1,
    patience: null,
    saveEvery: null,
    samplesEvery: 5,
  };
  const classWeights = overrides.classWeights ?? preset.classWeights;
  // Reading the data set takes a while: what was asked for wrongly is said before.
  const samples = dataset.samples(splits.train);
  const asked = withOverrides(withSampling(base, samples, overrides.sampling), { ...overrides, classWeights });
  const checked = await checkForTraining(dataset, {
    decodeImage,
    onProgress: (done, total, sample) => options.onSampleChecked?.(done, total, sample.name),
  });
  const { classes = [], sizes = [] } = checked.statistics.find(({ split }) => split === splits.train) ?? {};
  const pixels = classes.map((each) => each.pixels);
  const weighed = classWeights === 'auto' ? withOverrides(asked, { classWeights: weightsByShare(pixels) }) : asked;
  const configuration = withSampling(weighed, samples, overrides.sampling, (share) =>
    repeatFactors(checked.classes, share),
  );
  const warnings = [
    ...checked.warnings,
    ...judgeClasses(dataset, splits.train, pixels),
    ...judgeSizes(sizes, configuration),
  ];
  if (splits.train !== 'train') {
    warnings.push(`${dataset.name} has no split train with images, so ${splits.train} is trained on.`);
  }
  if (splits.validation === undefined) {
    warnings.push(
      dataset.splits.includes('val')
        ? `${dataset.name} has no images in val: nothing is validated and no best checkpoint kept.`
        : `${dataset.name} has no val split: nothing is validated and no best checkpoint kept. Put some images aside, or hold part of train out.`,
    );
  }
  if (overrides.batch === undefined && preset.batch > most) {
    warnings.push(
      `The preset's batch of ${preset.batch} was lowered to ${most}: there are ${data.train} images to train on.`,
    );
  }
  const isOwn = overrides.schedule?.warmup === undefined;
  return { configuration: isOwn ? withFittingWarmup(configuration) : configuration, warnings };
}

/**
 * The configuration of a run that is resumed: the saved one, with what the data set is like now and what is asked otherwise.
 * @throws UsageError naming everything that does not fit.
 */
export function replan(
  saved: TrainingConfiguration,
  dataset: Dataset,
  overrides: TrainingOverrides = {},
): TrainingConfiguration {
  const splits = dataSplits(dataset);
  if (overrides.classWeights === 'auto' && saved.step.loss.classWeights === null) {
    throw new UsageError('This run was begun without class weights, so it cannot go on with auto. Begin a new one.');
  }
  const classes = dataset.classes.map(({ name }) => name);
  const known = { ...withCurrentNames(saved), classes, data: describeData(dataset, splits) };
  // What rare classes mean was found when the run was new; another share is another run.
  const timesOfSaved = (share: number) =>
    saved.sampling?.rules.flatMap((rule) => ('rare' in rule && rule.rare === share ? rule.times : [])) ?? [];
  return withOverrides(withSampling(known, dataset.samples(splits.train), overrides.sampling, timesOfSaved), overrides);
}

/**
 * The configuration with how often images stand in an epoch.
 * @param timesOfRare what images count by their rarest class, where a class is rare below a share; as others when left out.
 */
function withSampling(
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

function withOverrides(base: TrainingConfiguration, overrides: TrainingOverrides): TrainingConfiguration {
  const { rates, optimizer, loss, classWeights, batchNorm, decayNormAndBias, clipNorm, averageDecay } = overrides;
  const { accumulate, frozen, crop = base.crop, mixing = base.mixing ?? [], ...others } = overrides;
  const { views = base.views ?? null } = overrides;
  const preset = PRESETS[base.preset as PresetName] as Preset | undefined;
  const step: StepDefinition = {
    ...base.step,
    ...defined({ optimizer, batchNorm, decayNormAndBias, clipNorm, averageDecay, accumulate, frozen }),
    loss: {
      ...base.step.loss,
      ...(loss && withCurrentLoss(loss)),
      ...(classWeights === undefined || classWeights === 'auto'
        ? {}
        : { classWeights: classWeights === 'none' ? null : classWeights }),
    },
  };
  const { epochs, batch = base.batch, seed, schedule, validateEvery, patience, saveEvery, samplesEvery } = others;
  const { mixing: _, views: __, ...plain } = base;
  const { resize: former } = base.preprocessing;
  const { resize = former } = overrides;
  const ofCrop =
    crop === base.crop || !preset ? base.augmentation : [...resizeSteps(former), ...preset.augmentation(crop)];
  const augmentation = overrides.augmentation ?? ofCrop;
  const configuration: TrainingConfiguration = {
    ...plain,
    ...defined({ epochs, batch, seed, validateEvery, patience, saveEvery, samplesEvery }),
    ...(schedule && { schedule: { ...schedule, warmup: schedule.warmup ?? base.schedule.warmup } }),
    crop,
    preprocessing: { ...base.preprocessing, resize },
    augmentation: adjusted(
      overrides.resize === undefined ? augmentation : resizedFirst(augmentation, former, resize),
      overrides,
    ),
    step,
    rates: { ...base.rates, ...rates },
    ...(mixing.length > 0 && { mixing }),
    ...(views !== null && { views }),
  };
  checkConfiguration(configuration);
  return configuration;
}

/** A preset's warm-up is at most a tenth of the run. */
function withFittingWarmup(configuration: TrainingConfiguration): TrainingConfiguration {
  const { schedule, epochs } = configuration;
  const updates = epochs * updatesPerEpoch(configuration);
  return { ...configuration, schedule: { ...schedule, warmup: Math.min(schedule.warmup, Math.floor(updates / 10)) } };
}

/** Without the fields that are undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function describeData(dataset: Dataset, splits: DataSplits): TrainingConfiguration['data'] {
  const used = [splits.train, ...(splits.validation === undefined ? [] : [splits.validation])];
  const names = used.map((split) => dataset.samples(split).map(({ name }) => `${split}/${name}`));
  return {
    format: dataset.format,
    train: (names[0] as readonly string[]).length,
    validation: names[1]?.length ?? 0,
    fingerprint: contentHash(new TextEncoder().encode(names.flat().join('\n'))),
    ...predictedIn(dataset.samples(splits.train)),
  };
}

function predictedIn(samples: readonly Sample[]): Pick<TrainingConfiguration['data'], 'predicted'> {
  const found = samples.flatMap(({ predicted }) => predicted ?? []);
  return found[0] ? { predicted: { images: found.length, confidence: found[0].least } } : {};
}

function checkClasses({ definition, classes }: ModelDescription, dataset: Dataset): void {
  if (definition.classes === dataset.classes.length && classes.length === definition.classes) return;
  throw new UsageError(
    `${dataset.name} has ${dataset.classes.length} classes, but the network ${definition.classes}. Make the network for the data set's classes.`,
  );
}

/** Whole numbers and their least values, by field. */
const LEAST = {
  epochs: 1,
  batch: 1,
  views: 1,
  validateEvery: 1,
  patience: 1,
  saveEvery: 1,
  samplesEvery: 1,
} as const;

function checkConfiguration(configuration: TrainingConfiguration): void {
  const problems: string[] = [];
  const leasts = { ...LEAST, crop: networkGeometry(configuration.network).smallestSide };
  for (const [field, least] of Object.entries(leasts)) {
    const value = configuration[field as keyof typeof leasts];
    if (value !== null && value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
      problems.push(`${field} is ${value}, but must be a whole number of at least ${least}`);
    }
  }
  const { step, rates, batch, classes, views } = configuration;
  const images = imagesPerEpoch(configuration);
  for (const group of PARAMETER_GROUPS) {
    if (!(rates[group] >= 0 && Number.isFinite(rates[group]))) {
      problems.push(`the rate of the ${group} is ${rates[group]}, but must be a number of at least 0`);
    }
  }
  if (!(Number.isSafeInteger(step.accumulate) && step.accumulate >= 1)) {
    problems.push(`accumulate is ${step.accumulate}, but must be a whole number of at least 1`);
  } else if (batch * step.accumulate > images) {
    problems.push(
      `an update takes ${batch * step.accumulate} images (batch ${batch}, accumulate ${step.accumulate}), but there are ${images} to train on`,
    );
  }
  const weights = step.loss.classWeights;
  if (weights !== null && weights.length !== classes.length) {
    problems.push(`there are ${weights.length} class weights for ${classes.length} classes`);
  }
  const isTaught = configuration.teacher !== undefined;
  if (isTaught !== step.loss.terms.some(({ name }) => name === 'distill')) {
    problems.push(
      isTaught
        ? 'there is a teacher, but no loss that learns from it (add distill to the loss, such as cross-entropy+distill:0.5)'
        : 'the loss distill learns from a teacher, but there is none (give a model of the same classes, in commands by --teacher MODEL)',
    );
  }
  if (isTaught && views !== undefined) {
    problems.push('a teacher looks at pixels, which are not kept of remembered views (train without one of the two)');
  }
  if (step.clipNorm !== null && !(step.clipNorm > 0))
    problems.push(`clipNorm is ${step.clipNorm}, but must be above 0`);
  if (problems.length > 0) throw new UsageError(`This run does not fit together: ${problems.join('; ')}.`);
  checkStep(step);
  bindOptimizer(step.optimizer);
  checkLoss(step.loss, classes.length, isTaught);
  if (views !== undefined) frozenFeatures(configuration);
  checkSchedule(configuration.schedule);
  createTransform(configuration.augmentation);
  createMixing(configuration.mixing ?? []);
}
