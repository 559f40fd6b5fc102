/** Training in a page, the short way: labeled images to a model, in a worker; the run is kept by the browser. */
import { defined } from '../../defined.ts';
import { messageOf, RuntimeError, UsageError } from '../../errors.ts';
import type { Color } from '../../image/image.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import { colorKey } from '../../labels/color-table.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { ARCHITECTURE_NAMES, type ArchitectureName } from '../../models/architectures.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { describeValue } from '../../text.ts';
import type { TrainingOverrides } from '../../training/overrides.ts';
import { PRESET_NAMES, type PresetName } from '../../training/presets.ts';
import { chosenDevice } from './chosen-device.ts';
import { adviseIsolation, sensibleThreads } from './engine.ts';
import { WEB_DEVICES, type WebDevice } from './model-device.ts';
import { type ModelSource, plainModelSource } from './model-source.ts';
import { followTraining, type PageTrainingCallbacks } from './training/follow-training.ts';
import { type LabeledImage, takeImages } from './training/labeled-images.ts';
import type { NewRun, ResumedRun } from './training/messages.ts';
import type { OtherColors } from './training/read-mask.ts';
import { openRun, type TrainedModel } from './training/runs.ts';
import { checkRunName, runsFolder } from './training/runs-folder.ts';

/** Makes the worker that trains, for pages that keep its script elsewhere than beside their own. */
export type TrainingWorkerFactory = (script: TrainingWorkerScript) => Worker;

/** `training-worker.js` computes with WASM alone, on an engine that is a smaller file. */
export type TrainingWorkerScript = 'training-worker.js' | 'webgpu-training-worker.js';

/** How a run is computed and followed. */
export interface FollowOptions extends PageTrainingCallbacks {
  /** Ends the run after the step at work, with a checkpoint; before the first step its reason is thrown. */
  readonly signal?: AbortSignal;
  /**
   * What computes. `auto`, when left out, is the graphics card where the browser has one and a step of training there agrees with
   * WASM's. On a graphics card a resumed run is not the same to the last bit as one that was not interrupted.
   */
  readonly device?: WebDevice;
  /** Threads; all of a small processor and half of a larger one when left out. A page that is not cross-origin isolated has one. */
  readonly threads?: number;
  /** The folder of onnxruntime-web's .wasm files, or the file; beside the worker's script when left out. */
  readonly wasmPaths?: string;
  readonly worker?: TrainingWorkerFactory;
  /** Whether downloaded files are kept in Cache Storage. Default true. */
  readonly cache?: boolean;
  /** How many images `onValidation` shows. Default 4. */
  readonly samples?: number;
  /** Milliseconds without a step or other word from the worker after which it is ended. Default 300000. */
  readonly limit?: number;
}

/** What is learned, and how. The recipe's fields are those of `train`'s overrides. */
export interface TrainModelOptions extends FollowOptions, TrainingOverrides {
  /** Names of the classes by id, or with the colors that masks have them in. */
  readonly classes: readonly (string | LabelClass)[];
  /** What the run is called; the first free one of `training`, `training2`, ... when left out. */
  readonly name?: string;
  /** A model to start from, which needs fewer images and epochs: its address, or files in hand. */
  readonly start?: ModelSource;
  /** The network; that of `start`, or a small one, when left out. */
  readonly architecture?: ArchitectureName;
  /**
   * A network of your own, in place of an architecture's name. Its number of classes becomes that of `classes`. Of `start` it keeps what fits: all of the same network, its
   * coarsest blocks, or the encoder.
   */
  readonly definition?: NetworkDefinition;
  /** The recipe; `fine-tune` with `start`, otherwise `default`, when left out. */
  readonly preset?: PresetName;
  /** The rate that the decoder learns at; the encoder's keeps its proportion. */
  readonly learningRate?: number;
  /** The share of the images that is validated on and not learned from, or images for that. A fifth when left out; 0 for none. */
  readonly validation?: number | readonly LabeledImage[];
  /** What becomes of colors in masks that are no class's: `refuse` them, or `ignore` such pixels. Default `refuse`. */
  readonly otherColors?: OtherColors;
}

/**
 * Trains a model on labeled images. The run, its images too, is kept by the browser, so that `resumeTraining` goes on with it after
 * the tab was closed.
 * @throws UsageError, FormatError and WeightsError naming all that does not fit, before anything is computed; RuntimeError if the browser keeps no files for
 * this page or has no room left, no engine can be started, or the loss runs away.
 * @example
 * const trained = await trainModel([{ image: file, mask: canvas }], { classes: ['background', 'cat'], epochs: 20 });
 * const model = await trained.load();
 */
export async function trainModel(images: readonly LabeledImage[], options: TrainModelOptions): Promise<TrainedModel> {
  const { classes, name, start, architecture, definition, preset, learningRate, validation, otherColors, ...others } =
    options;
  const { callbacks, follow, overrides } = apart(others);
  const named = checkedClasses(classes);
  checkOptions(options);
  follow.signal?.throwIfAborted();
  const isShare = validation === undefined || typeof validation === 'number';
  const plainStart = start === undefined ? undefined : await plainModelSource(start, baseAddress());
  const { images: sent, transfer } = await takeImages(images, isShare ? [] : validation);
  const run: NewRun = {
    kind: 'new',
    name,
    images: sent,
    classes: named,
    otherColors: otherColors ?? 'refuse',
    share: isShare ? validation : 0,
    start: plainStart,
    network: { ...(architecture !== undefined && { architecture }), ...(definition && { definition }) },
    preset,
    learningRate,
    overrides,
  };
  return followed(run, transfer, follow, callbacks);
}

/**
 * Goes on with a run that was stopped, or whose tab was closed, from its last checkpoint, as if it had not been interrupted. Of one that is finished it gives the model.
 * @throws UsageError if there is no such run, RuntimeError if another tab trains it, and as `trainModel`
 */
export async function resumeTraining(name: string, options: FollowOptions = {}): Promise<TrainedModel> {
  const { callbacks, follow } = apart(options);
  checkOptions({ ...options, name });
  follow.signal?.throwIfAborted();
  return followed({ kind: 'resumed', name }, [], follow, callbacks);
}

type Follow = Omit<FollowOptions, keyof PageTrainingCallbacks>;

/** Options apart by whom they are for. */
function apart({
  onDownload,
  onCheck,
  onStart,
  onProgress,
  onEpoch,
  onValidation,
  onCheckpoint,
  onWarning,
  signal,
  device,
  threads,
  wasmPaths,
  worker,
  cache,
  samples,
  limit,
  ...overrides
}: FollowOptions & TrainingOverrides) {
  return {
    callbacks: defined({
      onDownload,
      onCheck,
      onStart,
      onProgress,
      onEpoch,
      onValidation,
      onCheckpoint,
      onWarning,
    }) as PageTrainingCallbacks,
    follow: defined({ signal, device, threads, wasmPaths, worker, cache, samples, limit }) as Follow,
    overrides: defined(overrides) as TrainingOverrides,
  };
}

async function followed(
  run: NewRun | ResumedRun,
  transfer: readonly Transferable[],
  {
    signal,
    device = 'auto',
    threads = sensibleThreads(),
    wasmPaths,
    worker = startWorker,
    cache = true,
    samples = 4,
    limit,
  }: Follow,
  callbacks: PageTrainingCallbacks,
): Promise<TrainedModel> {
  // Said before anything is taken to a worker.
  await runsFolder();
  const chosen = await chosenDevice(device);
  const engine = {
    threads,
    ...(wasmPaths !== undefined && { wasmPaths: new URL(wasmPaths, baseAddress()).href }),
  };
  let started: Worker;
  try {
    started = worker(chosen.name === 'wasm' ? 'training-worker.js' : 'webgpu-training-worker.js');
  } catch (error) {
    throw new RuntimeError(
      `The training worker could not be started (${messageOf(error)}). Say where its script is: { worker: (script) => new Worker(...) }.`,
      { cause: error },
    );
  }
  const onStart: PageTrainingCallbacks['onStart'] = (run, settled) => {
    // Only now is it known whether a graphics card is used.
    adviseIsolation({ name: settled.name, threads });
    callbacks.onStart?.(run, settled);
  };
  const name = await followTraining(
    started,
    { request: { run, engine, device: { ...chosen, threads }, cache, samples }, transfer },
    { callbacks: { ...callbacks, onStart }, signal, ...(limit !== undefined && { limit }) },
  );
  const model = await openRun(name);
  const load: TrainedModel['load'] = (options) =>
    model.load({ threads, ...(wasmPaths !== undefined && { wasmPaths }), ...options });
  return { ...model, load };
}

/** Bundlers find a worker's script by these very words. */
const startWorker: TrainingWorkerFactory = (script) => {
  switch (script) {
    case 'training-worker.js':
      return new Worker(new URL('./training-worker.js', import.meta.url), {
        type: 'module',
        name: 'refinenet training',
      });
    case 'webgpu-training-worker.js':
      return new Worker(new URL('./webgpu-training-worker.js', import.meta.url), {
        type: 'module',
        name: 'refinenet training',
      });
  }
};

const baseAddress = (): string => (typeof document === 'undefined' ? location.href : document.baseURI);

function checkOptions(options: Partial<TrainModelOptions>): void {
  const { name, device, architecture, preset, validation, otherColors, threads, samples, limit, learningRate } =
    options;
  if (name !== undefined) checkRunName(name);
  const problems: string[] = [];
  const check = (isRight: boolean, problem: string): void => {
    if (!isRight) problems.push(problem);
  };
  const oneOf = (field: string, value: unknown, values: readonly string[]): void =>
    check(
      value === undefined || values.includes(value as string),
      `${field} is ${describeValue(value)}, but must be one of ${values.join(', ')}`,
    );
  const whole = (field: string, value: number | undefined, least: number): void =>
    check(
      value === undefined || (Number.isInteger(value) && value >= least),
      `${field} is ${describeValue(value)}, but must be a whole number of at least ${least}`,
    );
  oneOf('device', device, WEB_DEVICES);
  oneOf('architecture', architecture, ARCHITECTURE_NAMES);
  oneOf('preset', preset, PRESET_NAMES);
  oneOf('otherColors', otherColors, ['refuse', 'ignore']);
  whole('threads', threads, 1);
  whole('samples', samples, 0);
  whole('limit', limit, 1);
  check(
    validation === undefined || Array.isArray(validation) || (Number(validation) >= 0 && Number(validation) < 1),
    `validation is ${describeValue(validation)}, but must be a share from 0 to below 1, or a list of images`,
  );
  check(
    learningRate === undefined || (learningRate > 0 && Number.isFinite(learningRate)),
    `learningRate is ${describeValue(learningRate)}, but must be above 0`,
  );
  if (problems.length > 0) throw new UsageError(`This training does not fit together: ${problems.join('; ')}.`);
}

/** @throws UsageError if there are not at least two, or names or colors are there twice. */
function checkedClasses(classes: readonly (string | LabelClass)[]): readonly LabelClass[] {
  if (!Array.isArray(classes) || classes.length < 2) {
    throw new UsageError(
      `classes are the names of at least two classes by id, such as ['background', 'cat'], but got ${describeValue(classes)}.`,
    );
  }
  const usual = classesNamed(classes.map((each) => (typeof each === 'string' ? each : each?.name)).map(String));
  const named = classes.map((each: string | LabelClass, id): LabelClass => {
    const { name, color } = usual[id] as LabelClass;
    const own = (each as Partial<LabelClass> | null)?.color;
    if (name === '' || (typeof each !== 'string' && typeof each?.name !== 'string') || (own && !isColor(own))) {
      throw new UsageError(
        `classes[${id}] is a name, or { name, color: [red, green, blue] } with bytes, but got ${describeValue(each)}.`,
      );
    }
    return { name, color: own ?? color };
  });
  for (const [what, key] of [
    ['name', ({ name }: LabelClass) => name],
    ['color', ({ color }: LabelClass) => colorKey(color)],
  ] as const) {
    const twice = named.find((each, id) => named.findIndex((other) => key(other) === key(each)) < id);
    if (twice) throw new UsageError(`classes: the ${what} of "${twice.name}" is that of another class, too.`);
  }
  return named;
}

const isColor = (value: unknown): value is Color =>
  Array.isArray(value) &&
  value.length === 3 &&
  value.every((channel) => Number.isInteger(channel) && channel >= 0 && channel <= 255);
