/** What is refused of a configuration before the data set is read. */
import { createMixing } from '../data/mixing/index.ts';
import { createTransform } from '../data/transforms/index.ts';
import { ShapeError, UsageError } from '../errors.ts';
import { IGNORE_INDEX } from '../labels/label-table.ts';
import { networkGeometry } from '../models/network.ts';
import { imagesPerEpoch, type TrainingConfiguration } from './configuration.ts';
import { frozenFeatures } from './frozen-features.ts';
import { checkLoss } from './losses/index.ts';
import { bindOptimizer } from './optimizers/index.ts';
import { checkSchedule } from './schedules.ts';
import { stepProblems } from './step/check-step.ts';
import { networkParts, trainingLogits } from './step/graph.ts';
import { PARAMETER_GROUPS } from './step/types.ts';

/**
 * Checks a configuration as a run would, without the data.
 * @param known problems that were found before; they are told with the others.
 * @throws UsageError naming what does not fit.
 */
export function checkConfiguration(configuration: TrainingConfiguration, known: readonly string[]): void {
  const { step, classes, teacher, views } = configuration;
  const problems = [
    ...known,
    ...numberProblems(configuration),
    ...stepProblems(step),
    ...updateProblems(configuration),
    ...lossProblems(configuration),
    ...teacherProblems(configuration),
  ];
  if (problems.length > 0) throw new UsageError(`This run does not fit together: ${problems.join('; ')}.`);
  bindOptimizer(step.optimizer);
  checkLoss(step.loss, classes.length, teacher !== undefined);
  checkNetwork(configuration);
  if (views !== undefined) frozenFeatures(configuration);
  checkSchedule(configuration.schedule);
  createTransform(configuration.augmentation);
  createMixing(configuration.mixing ?? []);
}

/** The least of whole numbers, and which of them may be null for none or absent, by field. */
const WHOLE_NUMBERS = {
  epochs: { least: 1 },
  batch: { least: 1 },
  views: { least: 1, without: undefined },
  validateEvery: { least: 1 },
  patience: { least: 1, without: null },
  saveEvery: { least: 1, without: null },
  samplesEvery: { least: 1, without: null },
  seed: { least: 0 },
} as const satisfies Partial<Record<keyof TrainingConfiguration, { least: number; without?: null | undefined }>>;

function numberProblems(configuration: TrainingConfiguration): string[] {
  const rules = { ...WHOLE_NUMBERS, crop: { least: networkGeometry(configuration.network).smallestSide } };
  const wrong = Object.entries(rules).flatMap(([field, rule]) => {
    const value = configuration[field as keyof typeof rules];
    if (Number.isSafeInteger(value) && (value as number) >= rule.least) return [];
    if ('without' in rule && value === rule.without) return [];
    return [`${field} is ${value}, but must be a whole number of at least ${rule.least}`];
  });
  const rates = PARAMETER_GROUPS.map((group) => [group, configuration.rates[group]] as const);
  return [
    ...wrong,
    ...rates
      .filter(([, rate]) => !(rate >= 0 && Number.isFinite(rate)))
      .map(([group, rate]) => `the rate of the ${group} is ${rate}, but must be a number of at least 0`),
  ];
}

function updateProblems(configuration: TrainingConfiguration): string[] {
  const { batch, step } = configuration;
  const { accumulate } = step;
  const images = imagesPerEpoch(configuration);
  if (!(batch * accumulate > images)) return [];
  return [
    `an update takes ${batch * accumulate} images (batch ${batch}, accumulate ${accumulate}), but there are ${images} to train on`,
  ];
}

function lossProblems({ step, classes }: TrainingConfiguration): string[] {
  const { classWeights, ignoreIndex } = step.loss;
  return [
    ...(classWeights !== null && classWeights.length !== classes.length
      ? [`there are ${classWeights.length} class weights for ${classes.length} classes`]
      : []),
    // Images are padded with it.
    ...(ignoreIndex === IGNORE_INDEX
      ? []
      : [`the ignored label is ${ignoreIndex}, but is ${IGNORE_INDEX} in every data set`]),
  ];
}

function teacherProblems({ teacher, step, views }: TrainingConfiguration): string[] {
  const isTaught = teacher !== undefined;
  const learns = step.loss.terms.some(({ name }) => name === 'distill');
  return [
    ...(isTaught && !learns
      ? [
          'there is a teacher, but no loss that learns from it (add distill to the loss, such as cross-entropy+distill:0.5)',
        ]
      : []),
    ...(learns && !isTaught
      ? [
          'the loss distill learns from a teacher, but there is none (give a model of the same classes, in commands by --teacher MODEL)',
        ]
      : []),
    ...(isTaught && views !== undefined
      ? ['a teacher looks at pixels, which are not kept of remembered views (train without one of the two)']
      : []),
  ];
}

/** @throws UsageError if nothing of the network would train, or batches are too small for its batch normalization. */
function checkNetwork({ network, step, batch, crop }: TrainingConfiguration): void {
  const parts = networkParts(network, step);
  try {
    trainingLogits(network, parts, { batch, height: crop, width: crop });
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new UsageError(`Batches of ${batch} at ${crop}x${crop} cannot be trained on: ${error.message}`, {
      cause: error,
    });
  }
}
