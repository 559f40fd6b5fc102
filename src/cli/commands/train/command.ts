/** `refinenet train`: labelled images to a model. */
import { readFile, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import pc from 'picocolors';
import type { Dataset } from '../../../data/dataset.ts';
import { UsageError } from '../../../errors.ts';
import { IMAGENET_PREPROCESSING } from '../../../image/preprocess.ts';
import { architectureName } from '../../../models/architectures.ts';
import type { ModelDescription } from '../../../models/model.ts';
import { startingModel } from '../../../models/starting-model.ts';
import { backendFor } from '../../../platform/node/backend.ts';
import { decodeDatasetImage } from '../../../platform/node/dataset-files.ts';
import { loadWeights, readModelFolder } from '../../../platform/node/model-folder.ts';
import { createRunFolder, folderStorage } from '../../../platform/node/run-folder.ts';
import type { Device } from '../../../runtime/backend.ts';
import type { Weights } from '../../../tensor/weights.ts';
import type { TrainingConfiguration } from '../../../training/configuration.ts';
import type { TrainingCallbacks } from '../../../training/run/run-parts.ts';
import { estimateMemory, gigabytes, judgeMemory } from '../../../training/memory-estimate.ts';
import { planTraining, replan } from '../../../training/plan.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../../training/presets.ts';
import type { RunStorage } from '../../../training/run/run-storage.ts';
import { readRun, type TrainResult, train } from '../../../training/run/trainer.ts';
import { readWeights } from '../../../weights/read-weights.ts';
import { addDatasetOptions, type DatasetOptions, openDataset } from '../../dataset-options.ts';
import { describeConfiguration } from './describe-configuration.ts';
import { EXIT } from '../../exit.ts';
import { note, print, warn } from '../../output.ts';
import { device, oneOf, wholeNumber } from '../../parse.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import { addRecipeOptions, overridesFrom, type RecipeOptions } from './options.ts';
import { checkingProgress, duration, trainingProgress } from './progress.ts';
import type { RegisterCommand } from '../register-command.ts';

interface TrainCommandOptions extends RecipeOptions, DatasetOptions {
  readonly architecture?: string;
  readonly weights?: string;
  readonly preset?: PresetName;
  readonly resume?: string;
  readonly output?: string;
  readonly device: Device;
  readonly threads?: number;
  readonly json?: boolean;
}

const DEFAULT_OUTPUT = 'runs/train';
const DEFAULT_ARCHITECTURE = 'refinenet-lw-resnet18';

export const registerTrain: RegisterCommand = (program, exit) => {
  const command = program
    .command('train')
    .description('train a network on your own labelled images')
    .argument('[dataset]', 'the folder of the data set, its data.yaml or its list of pairs (resuming: as before)')
    .option('--architecture <name>', `the network (default: that of --weights, else ${DEFAULT_ARCHITECTURE})`)
    .option('--weights <path>', "a checkpoint or model folder to start from: an encoder's or a whole network's")
    .option(
      '--preset <name>',
      `the recipe: ${PRESET_NAMES.join(', ')} (default: fine-tune with --weights, else default)`,
      oneOf('--preset', PRESET_NAMES),
    )
    .option('--resume <run>', 'go on with an interrupted run exactly as if it had not been')
    .option('--output <folder>', `the run's folder (default: ${DEFAULT_OUTPUT}, ${DEFAULT_OUTPUT}2, ...)`);
  addRecipeOptions(addDatasetOptions(command))
    .option('--device <name>', 'cpu, webgpu, cuda, coreml or dml', device, 'cpu')
    .option('--threads <count>', 'threads of the engine', wholeNumber('--threads', 1))
    .option('--json', 'print the result as JSON')
    .action(async (path: string | undefined, options: TrainCommandOptions) => {
      exit(
        options.resume === undefined ? await startRun(path, options) : await resumeRun(options.resume, path, options),
      );
    });
};

/** A run as it is about to begin or to go on. */
interface Run {
  readonly dataset: Dataset;
  readonly storage: RunStorage;
  readonly model: ModelDescription & { readonly weights: Weights };
  readonly configuration: TrainingConfiguration;
  readonly resume: boolean;
  readonly origin: Readonly<Record<string, string>>;
}

async function startRun(path: string | undefined, options: TrainCommandOptions): Promise<number> {
  if (path === undefined) throw new UsageError('train: no data set was given. Give its folder, or --resume RUN.');
  const dataset = await openNoted(path, options);
  const given = await givenWeights(options.weights);
  const preset = options.preset ?? (given ? 'fine-tune' : 'default');
  const start = startingModel({
    classes: dataset.classes.length,
    seed: options.seed ?? 0,
    ...given,
    ...(options.architecture !== undefined && { architecture: options.architecture }),
    ...(!given && options.architecture === undefined && { architecture: DEFAULT_ARCHITECTURE }),
  });
  const model = {
    definition: start.definition,
    weights: start.weights,
    classes: dataset.classes.map(({ name, color }) => ({ name, color })),
    preprocessing: { ...(given?.preprocessing ?? IMAGENET_PREPROCESSING), resize: null },
  };
  note(`${start.architecture}, ${given ? `${start.kept} from ${options.weights}` : 'from random weights'}`);
  const bar = checkingProgress();
  const { configuration, warnings } = await planTraining({
    model,
    dataset,
    decodeImage: decodeDatasetImage,
    preset,
    overrides: overridesFrom(options, PRESETS[preset]),
    onSampleChecked: bar.step,
  }).finally(bar.stop);
  for (const warning of warnings) warn(warning);
  describe(configuration, options);
  const folder = await createRunFolder(options.output ?? DEFAULT_OUTPUT);
  const origin = {
    dataset: resolve(path),
    ...originOf(options),
  };
  return execute({ dataset, storage: folderStorage(folder), model, configuration, resume: false, origin }, options);
}

async function resumeRun(folder: string, path: string | undefined, options: TrainCommandOptions): Promise<number> {
  for (const name of ['output', 'preset', 'weights', 'architecture'] as const) {
    if (options[name] !== undefined)
      throw new UsageError(`--${name} belongs to a new run; --resume goes on with ${folder}.`);
  }
  const storage = folderStorage(folder);
  const saved = await readRun(storage);
  if (!saved)
    throw new UsageError(`${folder} holds no run: there is no config.json in it. Give a folder that train made.`);
  const { origin } = saved;
  const dataset = await openNoted(path ?? (origin.dataset as string), { ...origin, ...originOf(options) });
  const configuration = replan(saved.configuration, dataset, overridesFrom(options, saved.configuration));
  const model = {
    definition: configuration.network,
    // The run has its own.
    weights: new Map(),
    classes: dataset.classes.map(({ name, color }) => ({ name, color })),
    preprocessing: configuration.preprocessing,
  };
  describe(configuration, options);
  return execute({ dataset, storage, model, configuration, resume: true, origin }, options);
}

interface GivenWeights {
  readonly given: Weights;
  readonly subject: string;
  readonly definition?: ModelDescription['definition'];
  readonly preprocessing?: ModelDescription['preprocessing'];
}

/** What `--weights` names: a model folder, or a checkpoint of any publisher. */
async function givenWeights(weights: string | undefined): Promise<GivenWeights | undefined> {
  if (weights === undefined) return undefined;
  const path = await modelFolder(weights);
  const found = await stat(path).catch(() => null);
  if (!found) throw new UsageError(`--weights: there is no ${path}. Give a checkpoint's file or a model folder.`);
  if (!found.isDirectory()) return { given: readWeights(await readFile(path), path), subject: basename(path) };
  const model = await readModelFolder(path);
  const { definition, preprocessing } = model;
  return { given: await loadWeights(model), subject: path, definition, preprocessing };
}

async function openNoted(path: string, options: DatasetOptions): Promise<Dataset> {
  const dataset = await openDataset(path, options);
  for (const line of dataset.notes) note(pc.dim(line));
  return dataset;
}

/** What a resumed run opens its data set with. */
const originOf = ({ format, classes, holdOut }: DatasetOptions): DatasetOptions => ({
  ...(format !== undefined && { format }),
  ...(classes !== undefined && { classes }),
  ...(holdOut !== undefined && { holdOut }),
});

/** Says what will be done, and refuses what this machine has not the memory for. */
function describe(configuration: TrainingConfiguration, options: TrainCommandOptions): void {
  const memory = estimateMemory(configuration.network, configuration);
  const verdict = judgeMemory(memory, machineMemory(), configuration);
  if (verdict?.refused) throw new UsageError(verdict.message);
  for (const line of describeConfiguration(configuration)) note(line);
  note(`memory: about ${gigabytes(memory.total)} of ${gigabytes(machineMemory())}, computing on ${options.device}`);
  if (verdict) warn(verdict.message);
}

/** What this process may use: the machine's memory, or less in a container. */
function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

async function execute(run: Run, options: TrainCommandOptions): Promise<number> {
  const { storage } = run;
  const stop = stopOnSignals();
  const bar = trainingProgress();
  note(pc.dim(`${run.resume ? 'Going on' : 'Running'} in ${storage.name}; Ctrl-C ends it with a checkpoint.`));
  let result: TrainResult;
  try {
    result = await train({
      ...run,
      decodeImage: decodeDatasetImage,
      backend: await backendFor(options.device, warn),
      session: { device: options.device, ...(options.threads !== undefined && { threads: options.threads }) },
      title: `${architectureName(run.configuration.network)} on ${basename(run.origin.dataset ?? storage.name)}`,
      signal: stop.signal,
      callbacks: callbacksFor(bar, run.configuration),
    });
  } finally {
    bar.stop();
    stop.release();
  }
  report(result, run, options);
  return EXIT.success;
}

function callbacksFor(bar: ReturnType<typeof trainingProgress>, { epochs }: TrainingConfiguration): TrainingCallbacks {
  return {
    onStep: (step) => bar.step(step),
    onEpoch: ({ epoch, loss, accuracy, seconds }) =>
      bar.interrupt(() =>
        note(
          `epoch ${epoch}/${epochs}: mean loss ${loss.toFixed(4)}, training accuracy ${percent(accuracy)}, ${duration(seconds)} so far`,
        ),
      ),
    onValidation: ({ epoch, meanIoU, pixelAccuracy }, isBest) =>
      bar.interrupt(() =>
        note(
          `epoch ${epoch}/${epochs}: validation mIoU ${percent(meanIoU)}, accuracy ${percent(pixelAccuracy)}${isBest ? pc.green(' (best so far)') : ''}`,
        ),
      ),
    onWarning: (message) => bar.interrupt(() => warn(message)),
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** The first Ctrl-C (or SIGTERM) asks for a clean end, the second ends at once. */
function stopOnSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    note('\nEnding after this step, with a checkpoint. Ctrl-C again ends at once.');
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal);
    },
  };
}

function report({ status, state }: TrainResult, { storage, configuration }: Run, options: TrainCommandOptions): void {
  const folder = storage.name;
  const model = join(folder, state.best ? 'best' : 'last');
  if (options.json) {
    const { updates, epoch, best, finished } = state;
    print(JSON.stringify({ run: folder, status, finished, updates, epochs: epoch, best, model }));
    return;
  }
  if (status === 'interrupted') {
    print(`Interrupted after update ${state.updates}; go on with: npx refinenet train --resume ${folder}`);
    return;
  }
  const end =
    state.finished === 'patience' ? `Ended early after epoch ${state.epoch} of ${configuration.epochs}` : 'Done';
  const best = state.best ? `, best validation mIoU ${percent(state.best.meanIoU)} in epoch ${state.best.epoch}` : '';
  print(`${end}${best}: ${model}`);
  note(pc.dim(`Next: npx refinenet predict PHOTO.jpg --model ${model}`));
}
