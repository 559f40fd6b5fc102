/** Makes the full configuration of a run from a preset and what is asked otherwise. */
import { contentHash } from '../data/content-hash.ts';
import { type DataSplits, dataSplits } from '../data/data-splits.ts';
import type { Dataset } from '../data/dataset.ts';
import type { DecodeImage } from '../data/file-source.ts';
import type { Sample } from '../data/sample.ts';
import { repeatFactors } from '../data/sampling.ts';
import { checkForTraining } from '../data/training-check.ts';
import { UsageError } from '../errors.ts';
import type { ModelDescription } from '../models/model.ts';
import { resizeSteps } from './augmentation.ts';
import { judgeClasses, weightsByShare } from './class-pixels.ts';
import { imagesPerEpoch, type TrainingConfiguration, updatesPerEpoch } from './configuration.ts';
import { withCurrentNames } from './former-names.ts';
import { judgeSizes } from './image-sizes.ts';
import { type TrainingOverrides, withOverrides, withSampling } from './overrides.ts';
import { PRESET_NAMES, PRESETS, type Preset, type PresetName } from './presets.ts';
import { checkTeacher, type TeacherModel, weightsFingerprint } from './step/teacher.ts';

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
  /** With the preset's batch, or the images of an epoch where these are fewer. */
  const withFittingBatch = (configuration: TrainingConfiguration): TrainingConfiguration => ({
    ...configuration,
    batch:
      overrides.batch ?? Math.min(preset.batch, Math.max(1, Math.floor(imagesPerEpoch(configuration) / accumulate))),
  });
  const base: TrainingConfiguration = {
    preset: name,
    network: model.definition,
    classes: model.classes.map((each) => each.name),
    preprocessing: model.preprocessing,
    data,
    epochs: preset.epochs,
    batch: preset.batch,
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
  const sampled = withFittingBatch(withSampling(base, samples, overrides.sampling));
  const asked = withOverrides(sampled, { ...overrides, classWeights });
  const checked = await checkForTraining(dataset, {
    decodeImage,
    onProgress: (done, total, sample) => options.onSampleChecked?.(done, total, sample.name),
  });
  const { classes = [], sizes = [] } = checked.statistics.find(({ split }) => split === splits.train) ?? {};
  const pixels = classes.map((each) => each.pixels);
  const weighed = classWeights === 'auto' ? withOverrides(asked, { classWeights: weightsByShare(pixels) }) : asked;
  const timesOfRare = (share: number) => repeatFactors(checked.classes, share);
  const complete = withFittingBatch(withSampling(weighed, samples, overrides.sampling, timesOfRare));
  const configuration = classWeights === 'none' ? complete : { ...complete, classWeighting: weightingOf(classWeights) };
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
  if (overrides.batch === undefined && preset.batch > configuration.batch) {
    warnings.push(
      `The preset's batch of ${preset.batch} was lowered to ${configuration.batch}: there are ${imagesPerEpoch(configuration)} images to train on.`,
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
  const { classWeights } = saved.step.loss;
  if (overrides.classWeights === 'auto' && (classWeights === null || saved.classWeighting === 'given')) {
    const weights =
      classWeights === null ? 'without class weights' : `with the class weights ${classWeights.join(', ')}`;
    throw new UsageError(`This run was begun ${weights}, so it cannot go on with auto. Begin a new one.`);
  }
  const classes = dataset.classes.map(({ name }) => name);
  const known = { ...withCurrentNames(saved), classes, data: describeData(dataset, splits) };
  // What rare classes mean was found when the run was new. Another share is another run: that is what is told, so any times do.
  const found = saved.sampling?.rules.flatMap((rule) => ('rare' in rule ? [rule] : [])) ?? [];
  const timesOfSaved = (share: number) => (found.find(({ rare }) => rare === share) ?? found[0])?.times ?? [];
  return withOverrides(withSampling(known, dataset.samples(splits.train), overrides.sampling, timesOfSaved), overrides);
}

const weightingOf = (asked: 'auto' | readonly number[]): NonNullable<TrainingConfiguration['classWeighting']> =>
  asked === 'auto' ? 'auto' : 'given';

/** A preset's warm-up is at most a tenth of the run. */
function withFittingWarmup(configuration: TrainingConfiguration): TrainingConfiguration {
  const { schedule, epochs } = configuration;
  const updates = epochs * updatesPerEpoch(configuration);
  return { ...configuration, schedule: { ...schedule, warmup: Math.min(schedule.warmup, Math.floor(updates / 10)) } };
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
