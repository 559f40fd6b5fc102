/** A page's run from its request to its end, in the worker that trains. */
import type { Dataset } from '../../../data/dataset.ts';
import type { DecodeImage } from '../../../data/file-source.ts';
import { holdOut } from '../../../data/hold-out.ts';
import { type RuntimeError, UsageError } from '../../../errors.ts';
import type { ModelDescription } from '../../../models/model.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { keepingOutputsOn } from '../../../runtime/onnxruntime/device.ts';
import { overridesFrom } from '../../../tasks/train/recipe.ts';
import type { Weights } from '../../../tensor/weights.ts';
import type { TrainingConfiguration } from '../../../training/configuration.ts';
import { planTraining, replan } from '../../../training/plan.ts';
import { PRESETS } from '../../../training/presets.ts';
import type { RunStorage } from '../../../training/run/storage.ts';
import { readRun, train } from '../../../training/run/trainer.ts';
import { type PredictedSample, splitValidation, type Validate } from '../../../training/run/validate.ts';
import { startingModelFor, type TrainableModel } from '../../../training/starting-model-for.ts';
import { decodeImage } from '../decode-image.ts';
import { engineBackend, onDeviceLost } from '../engine.ts';
import { FileStore } from '../file-store.ts';
import type { WebEngineEntry } from '../hosted-model.ts';
import type { ModelDevice } from '../model-device.ts';
import { readModel } from '../read-model.ts';
import { type ImageList, imageDataset, readImageList } from './image-dataset.ts';
import { keepImages, keepList } from './keep-images.ts';
import { memoryWarning } from './memory.ts';
import type { NewRun, TrainingEvent, TrainingRequest } from './messages.ts';
import { opfsStorage } from './opfs-storage.ts';
import { folderIn, runsAtWork, runsFolder, withRun } from './runs-folder.ts';
import { settledDevice } from './settled-device.ts';
import { hasBegun, removeUnbegun } from './unbegun-runs.ts';

export interface TrainingWatch {
  readonly signal: AbortSignal;
  tell(event: TrainingEvent): void;
  /** Told when the graphics card is lost, after which nothing goes on. */
  onLost(error: RuntimeError): void;
}

/** What a run is made of, ready to begin or to go on. */
interface PreparedRun {
  readonly dataset: Dataset;
  readonly model: ModelDescription & { readonly weights: Weights };
  readonly configuration: TrainingConfiguration;
}

/** What a run is called that was given no name. */
const NAME = 'training';
/** The network of a run that starts from nothing, as in `refinenet train`. */
const ARCHITECTURE = 'refinenet-lw-resnet18';
/** What to do when a graphics card was lost. */
const RESUME = 'Resume the run; it goes on from its last checkpoint.';
/** The share of the images that is held out where nothing else is asked for. */
const HELD_OUT = 0.2;

/**
 * Trains until the end or the signal.
 * @returns the run's name.
 * @throws what `train`, `planTraining` and `readModel` throw; RuntimeError if there is no place for runs, another tab trains the run, or the engine does
 * not start; UsageError if the name is taken or there is no such run; the signal's reason if it was aborted before the first step.
 */
export async function runTraining(
  { engine, file }: WebEngineEntry,
  request: TrainingRequest,
  watch: TrainingWatch,
): Promise<string> {
  const { run, engine: settings } = request;
  const runs = await runsFolder();
  if (run.kind === 'new') await removeUnbegun(runs);
  const name = run.name ?? (await freeName(runs));
  return withRun(name, async () => {
    const keeping = keepingOutputsOn(['webgpu']);
    const backend = engineBackend(engine, file, settings, keeping);
    const settled = settledDevice(backend, request.device);
    // Reported where it is awaited.
    settled.catch(() => {});
    const storage = opfsStorage(run.kind === 'new' ? await newFolder(runs, name) : await folderOfRun(runs, name));
    try {
      const prepared = run.kind === 'new' ? await planned(run, storage, request, watch) : await replanned(storage);
      const device = await settled;
      watch.signal.throwIfAborted();
      if (device.name === 'wasm' && run.kind === 'new') {
        for (const message of memoryWarning(prepared.configuration)) watch.tell({ event: 'warning', message });
      }
      if (device.name === 'webgpu') await onDeviceLost(engine, watch.onLost, RESUME);
      await trained(prepared, storage, { backend, device }, request, watch);
      return name;
    } catch (error) {
      // Without a first checkpoint there is nothing to go on with.
      if (!(await hasBegun(storage))) await runs.removeEntry(name, { recursive: true }).catch(() => {});
      throw error;
    }
  });
}

async function trained(
  { dataset, model, configuration }: PreparedRun,
  storage: RunStorage,
  { backend, device }: { readonly backend: Backend; readonly device: ModelDevice },
  { run, samples }: TrainingRequest,
  { signal, tell }: TrainingWatch,
): Promise<void> {
  const session = { device: device.name };
  let shown: readonly PredictedSample[] = [];
  const inner = dataset.splits.includes('val')
    ? splitValidation(dataset, 'val', decodeFile, model, backend, session)
    : undefined;
  const validate: Validate | null = inner
    ? async (weights, options) => {
        const result = await inner(weights, { ...options, keep: Math.max(samples, options.keep) });
        shown = result?.samples.slice(0, samples) ?? [];
        return result && { ...result, samples: result.samples.slice(0, options.keep) };
      }
    : null;
  tell({ event: 'start', name: storage.name, device, classes: dataset.classes });
  await train({
    model,
    dataset,
    decodeImage: decodeFile,
    backend,
    session,
    storage,
    configuration,
    resume: run.kind === 'resumed',
    title: storage.name,
    validate,
    signal,
    callbacks: {
      onStep: (report) => tell({ event: 'step', report }),
      onEpoch: (record) => tell({ event: 'epoch', record }),
      onValidationImage: () => tell({ event: 'validation-image' }),
      onValidation: (record, isBest) => tell({ event: 'validation', record, isBest, samples: shown }),
      onCheckpoint: (checkpoint) => tell({ event: 'checkpoint', ...checkpoint }),
      onWarning: (message) => tell({ event: 'warning', message }),
    },
  });
}

async function planned(
  run: NewRun,
  storage: RunStorage,
  { cache }: TrainingRequest,
  { signal, tell }: TrainingWatch,
): Promise<PreparedRun> {
  const { classes, otherColors, overrides, learningRate, preset = run.start ? 'fine-tune' : 'default' } = run;
  const given = run.start && (await startingWeights(run.start, cache, { signal, tell }));
  const onImage = (): void => tell({ event: 'image-kept' });
  const kept = await keepImages(storage, run.images, { classes, otherColors, signal, onImage });
  const list = withHeldOut(kept, storage, run.share, overrides.seed ?? 0);
  await keepList(storage, list);
  const dataset = imageDataset(storage, list);
  const { architecture = given || run.network.definition ? undefined : ARCHITECTURE, definition } = run.network;
  const model = startingModelFor(dataset, {
    seed: overrides.seed ?? 0,
    ...(definition && { network: definition }),
    ...given,
    ...(architecture !== undefined && { architecture }),
  });
  const rates = learningRate !== undefined && PRESETS[preset] && overridesFrom({ learningRate }, PRESETS[preset]);
  const { configuration, warnings } = await planTraining({
    model,
    dataset,
    decodeImage: decodeFile,
    preset,
    overrides: { samplesEvery: null, ...rates, ...overrides },
    onSampleChecked(done, total) {
      signal.throwIfAborted();
      tell({ event: 'check', done, total });
    },
  });
  for (const message of warnings) tell({ event: 'warning', message });
  return { dataset, model, configuration };
}

async function replanned(storage: RunStorage): Promise<PreparedRun> {
  const saved = await readRun(storage);
  if (!saved) throw new UsageError(`There is no run "${storage.name}" to resume.`);
  const dataset = imageDataset(storage, await readImageList(storage));
  const configuration = replan(saved.configuration, dataset);
  const { network: definition, preprocessing } = configuration;
  // The run has its own weights.
  return { dataset, model: { definition, preprocessing, classes: dataset.classes, weights: new Map() }, configuration };
}

async function startingWeights(
  start: NonNullable<NewRun['start']>,
  cache: boolean,
  { signal, tell }: Pick<TrainingWatch, 'signal' | 'tell'>,
): Promise<Pick<TrainableModel, 'definition' | 'preprocessing'> & { readonly given: Weights }> {
  const store = cache ? await FileStore.open() : undefined;
  const { definition, preprocessing, weights } = await readModel(start, {
    needsQuantization: false,
    store,
    signal,
    onProgress: (progress) => tell({ event: 'download', progress }),
  });
  return { definition, preprocessing, given: weights };
}

/** The images, some of which are held out to validate on unless others were given for that. */
function withHeldOut(list: ImageList, storage: RunStorage, share: number | undefined, seed: number): ImageList {
  const fraction = share ?? HELD_OUT;
  const isAsked = share !== undefined || Math.round(list.images.length * fraction) > 0;
  if (fraction === 0 || !isAsked || list.images.some(({ split }) => split === 'val')) return list;
  const held = new Set(
    holdOut(imageDataset(storage, list), { fraction, seed })
      .samples('val')
      .map(({ name }) => name),
  );
  return {
    ...list,
    images: list.images.map((image) => (held.has(image.name) ? { ...image, split: 'val' } : image)),
  };
}

const decodeFile: DecodeImage = (bytes, name) =>
  decodeImage({ kind: 'file', file: new File([bytes as Uint8Array<ArrayBuffer>], name) });

async function freeName(runs: FileSystemDirectoryHandle): Promise<string> {
  const taken = new Set(await runsAtWork());
  for await (const name of runs.keys()) taken.add(name);
  for (let number = 1; ; number++) {
    const name = number === 1 ? NAME : `${NAME}${number}`;
    if (!taken.has(name)) return name;
  }
}

/** An empty folder. @throws UsageError if there is a run of this name. */
async function newFolder(runs: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle> {
  const there = await folderIn(runs, name);
  if (there && (await hasBegun(opfsStorage(there)))) {
    throw new UsageError(
      `There is a run "${name}" already. Go on with it (resumeTraining), delete it (deleteRun), or give the new run another name.`,
    );
  }
  // What a tab left that was closed before the first step.
  if (there) await runs.removeEntry(name, { recursive: true });
  return runs.getDirectoryHandle(name, { create: true });
}

/** @throws UsageError if there is no such run. */
async function folderOfRun(runs: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle> {
  const folder = await folderIn(runs, name);
  if (folder) return folder;
  throw new UsageError(`There is no run "${name}" to resume. listRuns() says which there are.`);
}
