/** Training: a network, labeled images and a recipe to checkpoints that can be used and resumed. */
import { dataSplits } from '../../data/data-splits.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { DecodeImage } from '../../data/file-source.ts';
import { createLoader } from '../../data/loader.ts';
import { timesOf } from '../../data/sampling.ts';
import { FormatError, messageOf, UsageError } from '../../errors.ts';
import { architectureName } from '../../models/architectures.ts';
import type { ModelDescription } from '../../models/model.ts';
import { jsonBytes } from '../../models/folder/files.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { TrainingConfiguration } from '../configuration.ts';
import { withCurrentNames } from '../former-names.ts';
import { frozenFeatures } from '../frozen-features.ts';
import { createRunnableStep } from '../step/runnable-step.ts';
import { initialState } from '../step/state.ts';
import { type TeacherModel, weightsFingerprint } from '../step/teacher.ts';
import type { GradientExchange, RunnableStep, TrainingState } from '../step/types.ts';
import { assertModelOf, assertSameConfiguration, LAST, type RunState, readCheckpoint } from './checkpoint.ts';
import { keepFirst } from './keep-checkpoint.ts';
import { runLoop } from './loop.ts';
import { NEW_WATCH } from './loss-watch.ts';
import { RememberedViews } from './remembered-views.ts';
import { RunLog } from './run-log.ts';
import { type BatchSource, runLength, type TrainingCallbacks } from './parts.ts';
import type { RunStorage } from './storage.ts';
import { type StopSignal, splitValidation, type Validate } from './validate.ts';

/** Makes the step that a configuration describes: standing at a saved state, or beginning with weights. */
export type StepFactory = (
  configuration: TrainingConfiguration,
  saved: TrainingState | undefined,
  weights: Weights,
) => Promise<RunnableStep>;

/** What is trained on what, by which engine, and where the run is kept. */
export interface TrainOptions {
  /** The network with the weights to start from; `startingModel` makes one. A run that is resumed has its own weights. */
  readonly model: ModelDescription & { readonly weights: Weights };
  readonly dataset: Dataset;
  readonly decodeImage: DecodeImage;
  /** The engine that computes steps and validations. */
  readonly backend: Backend;
  /** The device and the threads that train; the backend's usual ones when left out. */
  readonly session?: SessionOptions;
  /** Where checkpoints, logs and plots go; in Node `folderStorage`. */
  readonly storage: RunStorage;
  /** What is trained and how, as `planTraining` makes it for a new run and `replan` for one that is resumed. */
  readonly configuration: TrainingConfiguration;
  /** Goes on with the run in the storage. Without it the storage must hold none. */
  readonly resume?: boolean;
  readonly callbacks?: TrainingCallbacks;
  /** Ends the run after the update at work, with a checkpoint. An AbortSignal is one. */
  readonly signal?: StopSignal;
  /** Kept in config.json beside the configuration for people and commands; not compared on resuming. */
  readonly origin?: Readonly<Record<string, string>>;
  /** What the model is called on its card. */
  readonly title?: string;
  /**
   * The machines that train together, each calling `train` with the same options and a storage of its own: every update takes
   * `batch` images, `accumulate` times, of each. All end with the same weights.
   */
  readonly exchange?: GradientExchange;
  /** What the loss `distill` learns from: a model of the same classes and preprocessing. */
  readonly teacher?: TeacherModel;
  /** The step to train with, which makes use of the exchange itself; `createRunnableStep` when left out. */
  readonly createStep?: StepFactory;
  /** Where batches come from; the data set's loader when left out. */
  readonly source?: BatchSource;
  /** How weights are scored; on the data set's val split when left out, not at all with null. */
  readonly validate?: Validate | null;
}

/** How a run ended, or was ended, and where it stands. */
export interface TrainResult {
  /** `interrupted` by the signal; a resumed run goes on from there. */
  readonly status: 'finished' | 'interrupted';
  /** The place that was reached, with the best score so far. */
  readonly state: RunState;
}

const CONFIGURATION_FILE = 'config.json';

const START: RunState = {
  updates: 0,
  epoch: 0,
  position: 0,
  sums: { loss: 0, pixels: 0, correct: 0 },
  watch: NEW_WATCH,
  best: null,
  sinceBest: 0,
  finished: null,
};

/**
 * Trains, and keeps in the storage `last/` and `best/` (model folders with what is needed to resume), `log.jsonl`,
 * TensorBoard's events, plots and sample predictions. The same data, configuration and seed give the same bytes in `last/` and
 * `best/` on the same machine, whether or not the run was interrupted and resumed.
 *
 * A run is restored in this order:
 * 1. A replacement of `last/` that a crash cut short is brought to its end, or thrown away if it was not complete.
 * 2. The configuration is compared with the saved one; any difference ends it here.
 * 3. The state is read: place, sums of the epoch, running mean of the loss, best score.
 * 4. Weights, moving average and the optimizer's tensors are read and given to the step.
 * 5. Lines of the log that are beyond the state are taken out; TensorBoard is told to forget the same.
 * 6. The loader starts at the state's epoch and batch. Shuffling, augmentation and dropout masks are drawn from the seed and
 *    the place in the run, so there is no random state to restore.
 * @throws UsageError if the configuration does not fit or differs from the resumed run's, or an epoch has no update, RuntimeError
 * if the loss is not finite or runs away (the checkpoints are then the last good ones).
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { storage, callbacks = {} } = options;
  const configuration = withCurrentNames(options.configuration);
  const model = { ...options.model, preprocessing: configuration.preprocessing };
  assertModelOf(configuration, model);
  await checkPlace(options, configuration);
  checkTaught(options, configuration);
  const checkpoint = options.resume ? await readCheckpoint(storage, LAST, configuration) : undefined;
  const state = checkpoint?.state ?? START;
  if (state.finished !== null) return { status: 'finished', state };
  const log = await RunLog.open(storage, state);
  const weights = checkpoint?.training.weights ?? model.weights;
  const source = options.source ?? sourceFor(options, configuration, weights);
  let step: RunnableStep | undefined;
  try {
    const machines = options.exchange?.count ?? 1;
    const length = runLength(configuration, source.batchesPerEpoch, { run: storage.name, machines });
    step = await (options.createStep ?? stepFactory(options))(configuration, checkpoint?.training, model.weights);
    const parts = {
      configuration,
      model,
      card: { title: options.title ?? storage.name, architecture: architectureName(model.definition) },
      step,
      source,
      validate: options.validate === undefined ? validationFor({ ...options, model }) : (options.validate ?? undefined),
      storage,
      log,
      length,
      callbacks,
      signal: options.signal,
    };
    if (checkpoint === undefined) {
      const content = jsonBytes({ version: 1, origin: options.origin ?? {}, configuration });
      await keepFirst(parts, state, () => storage.write(CONFIGURATION_FILE, content));
    }
    const reached = await runLoop(parts, state);
    return { status: reached.finished === null ? 'interrupted' : 'finished', state: reached };
  } finally {
    await Promise.all([step?.dispose(), source.dispose?.()]);
  }
}

/** What a run was started with. */
export interface SavedRun {
  readonly configuration: TrainingConfiguration;
  readonly origin: Readonly<Record<string, string>>;
}

/** What a run was started with; undefined if the storage holds none. @throws FormatError if it is damaged. */
export async function readRun(storage: RunStorage): Promise<SavedRun | undefined> {
  const bytes = await storage.read(CONFIGURATION_FILE);
  if (!bytes) return undefined;
  try {
    const { version, configuration, origin } = JSON.parse(new TextDecoder().decode(bytes)) as SavedRun & {
      readonly version: number;
    };
    if (version !== 1 || typeof configuration?.network !== 'object') throw new Error('it is of another version');
    return { configuration: withCurrentNames(configuration), origin };
  } catch (error) {
    throw new FormatError(
      `${storage.name}/${CONFIGURATION_FILE} is no configuration of a run (${messageOf(error)}). Start the run anew.`,
      { cause: error },
    );
  }
}

/** Makes sure that the storage holds this run, or none. */
async function checkPlace(
  { storage, resume = false }: TrainOptions,
  configuration: TrainingConfiguration,
): Promise<void> {
  const saved = await readRun(storage);
  if (!resume && saved) {
    throw new UsageError(`${storage.name} holds a run already. Resume it, or give the new run another place.`);
  }
  if (resume && !saved) {
    throw new UsageError(`${storage.name} holds no run to resume: there is no ${CONFIGURATION_FILE} in it.`);
  }
  if (saved) assertSameConfiguration(saved.configuration, configuration, storage.name);
}

/** @throws UsageError if the teacher is not the one that the configuration was made with. */
function checkTaught({ teacher, storage }: TrainOptions, { teacher: planned }: TrainingConfiguration): void {
  if (planned?.weights === (teacher && weightsFingerprint(teacher.weights))) return;
  if (!planned) throw new UsageError(`${storage.name}: a teacher was given, but the run was planned without one.`);
  const what = teacher ? 'the weights of the teacher are not those' : 'no teacher was given in place of the one';
  throw new UsageError(
    `${storage.name}: ${what} that the run was planned with. Give the model that it began with as the teacher.`,
  );
}

/** @param weights those that the run stands at. */
function sourceFor(
  { dataset, decodeImage, exchange, backend, session }: TrainOptions,
  configuration: TrainingConfiguration,
  weights: Weights,
): BatchSource {
  const { batch, augmentation, mixing, sampling, preprocessing, views } = configuration;
  const split = dataSplits(dataset).train;
  const images = createLoader({
    dataset,
    split,
    batch,
    augmentation,
    preprocessing,
    decodeImage,
    ...(mixing && { mixing }),
    ...(sampling && { times: timesOf(dataset.samples(split), sampling.rules) }),
    ...(exchange && { shard: exchange }),
  });
  if (views === undefined) return images;
  return new RememberedViews({
    images,
    views,
    frozen: frozenFeatures(configuration),
    // What such a network pools when it predicts is not padded.
    fillsPadding: Boolean(configuration.network.decoder.imagePooling),
    weights,
    backend,
    ...(session && { session }),
  });
}

function validationFor({ dataset, decodeImage, model, backend, session }: TrainOptions): Validate | undefined {
  const { validation } = dataSplits(dataset);
  return validation === undefined
    ? undefined
    : splitValidation(dataset, validation, decodeImage, model, backend, session);
}

function stepFactory({ backend, session, exchange, teacher }: TrainOptions): StepFactory {
  return ({ network, step, batch, crop, views }, saved, weights) =>
    createRunnableStep({
      network,
      step,
      ...(views !== undefined && { takes: 'features' as const }),
      shape: { batch, height: crop, width: crop },
      backend,
      state: saved ?? initialState(network, step, weights),
      ...(session && { session }),
      ...(exchange && { exchange }),
      ...(teacher && { teacher }),
    });
}
