/** Makes of a request a run that is about to begin or to go on. */
import type { Dataset } from '../../data/dataset.ts';
import { FormatError, messageOf, UsageError } from '../../errors.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import type { ModelDescription } from '../../models/model.ts';
import { networkFromJson } from '../../models/folder/config.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { TrainingConfiguration } from '../../training/configuration.ts';
import { estimateMemory, judgeMemory } from '../../training/memory-estimate.ts';
import { planTraining, replan } from '../../training/plan.ts';
import { PRESETS } from '../../training/presets.ts';
import type { RunStorage } from '../../training/run/storage.ts';
import type { TeacherModel } from '../../training/step/teacher.ts';
import type { StartingModelOptions } from '../../models/starting-model.ts';
import { startingModelFor } from '../../training/starting-model-for.ts';
import { readRun } from '../../training/run/trainer.ts';
import { readWeights } from '../../weights/read-weights.ts';
import { classesPlace } from '../classes.ts';
import { type DatasetFields, openDataset } from '../dataset-fields.ts';
import type { WorkContext } from '../task.ts';
import type { TaskFiles } from '../task-files.ts';
import type { TrainEvent } from './events.ts';
import { overridesFrom } from './recipe.ts';
import { withPseudoLabels } from './pseudo-labels.ts';
import type { TrainRequest } from './request.ts';

export interface Run {
  readonly dataset: Dataset;
  readonly storage: RunStorage;
  readonly model: ModelDescription & { readonly weights: Weights };
  readonly configuration: TrainingConfiguration;
  readonly resume: boolean;
  readonly teacher?: TeacherModel;
  readonly origin: Readonly<Record<string, string>>;
}

type Context = WorkContext<TrainEvent>;

export const DEFAULT_OUTPUT = 'runs/train';
export const DEFAULT_ARCHITECTURE = 'refinenet-lw-resnet18';

/** @throws UsageError if what is asked for does not fit, or this machine has not the memory; nothing is written then. */
export async function planNewRun(request: TrainRequest, context: Context): Promise<Run> {
  const { files, onEvent, signal } = context;
  const { dataset: path, weights, architecture } = request;
  if (path === undefined) throw new UsageError('train: no data set was given. Give its folder, or --resume RUN.');
  const dataset = await openNoted(path, request, context);
  const given = await givenWeights(weights, files);
  const teacher = await givenTeacher(request.teacher, files);
  const network = await givenNetwork(request.network, files);
  const preset = request.preset ?? (given ? 'fine-tune' : 'default');
  const model = startingModelFor(dataset, {
    seed: request.seed ?? 0,
    ...given,
    ...(architecture !== undefined && { architecture }),
    ...(network && { network }),
    ...(request.blocks !== undefined && { blocks: request.blocks }),
    ...(request.widths !== undefined && { widths: request.widths }),
    ...variationOf(request),
    ...(!given && !network && architecture === undefined && { architecture: DEFAULT_ARCHITECTURE }),
  });
  onEvent({
    type: 'starting-model',
    architecture: model.architecture,
    kept: model.kept,
    weights: weights ?? null,
  });
  const { configuration, warnings } = await planTraining({
    model,
    dataset,
    decodeImage: files.decodeImage,
    preset,
    overrides: overridesFrom(request, PRESETS[preset]),
    ...(teacher && { teacher }),
    onSampleChecked(done, total, name) {
      throwIfAborted(signal);
      onEvent({ type: 'progress', unit: 'images checked', done, total, name });
    },
  });
  for (const message of warnings) onEvent({ type: 'warning', message });
  settle(configuration, request, context);
  const origin = {
    dataset: files.absolute(path),
    ...originOf(request, files),
    ...(request.teacher !== undefined && { teacher: await teacherPlace(request.teacher, files) }),
  };
  const storage = await files.createRun(request.output ?? DEFAULT_OUTPUT);
  return { dataset, storage, model, configuration, resume: false, origin, ...(teacher && { teacher }) };
}

const OF_A_NEW_RUN = [
  'output',
  'preset',
  'weights',
  'architecture',
  'network',
  'blocks',
  'widths',
  'encoderStride',
  'imagePooling',
  'dropout',
] as const;

/** @throws UsageError if there is no such run, or fields of a new one are given. */
export async function planResumedRun(folder: string, request: TrainRequest, context: Context): Promise<Run> {
  for (const name of OF_A_NEW_RUN) {
    if (request[name] !== undefined) {
      const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw new UsageError(`--${option} belongs to a new run; --resume goes on with ${folder}.`);
    }
  }
  const { files } = context;
  const storage = files.openRun(folder);
  const saved = await readRun(storage);
  if (!saved)
    throw new UsageError(`${folder} holds no run: there is no config.json in it. Give a folder that train made.`);
  const { origin } = saved;
  const path = request.dataset ?? origin.dataset;
  if (path === undefined) {
    throw new UsageError(
      `${folder} does not know its data set, for no command began it. Name it: train DATASET --resume ${folder}.`,
    );
  }
  const dataset = await openNoted(path, { ...openedWith(origin), ...openedWith(originOf(request, files)) }, context);
  const configuration = replan(saved.configuration, dataset, overridesFrom(request, saved.configuration));
  const model = {
    definition: configuration.network,
    // The run has its own.
    weights: new Map(),
    classes: dataset.classes.map(({ name, color }) => ({ name, color })),
    preprocessing: configuration.preprocessing,
  };
  settle(configuration, request, context);
  const teacher = await givenTeacher(request.teacher ?? origin.teacher, files);
  return { dataset, storage, model, configuration, resume: true, origin, ...(teacher && { teacher }) };
}

/** What differs from the architecture's published form. */
function variationOf({ encoderStride, imagePooling, dropout }: TrainRequest): Pick<StartingModelOptions, 'variation'> {
  const variation = {
    ...(encoderStride && { encoderStride }),
    ...(imagePooling !== undefined && { imagePooling }),
    ...(dropout !== undefined && { dropout }),
  };
  return Object.keys(variation).length > 0 ? { variation } : {};
}

/** Weights to start from, and what is known of them. */
interface GivenWeights {
  readonly given: Weights;
  readonly subject: string;
  readonly definition?: ModelDescription['definition'];
  readonly preprocessing?: ModelDescription['preprocessing'];
}

/** What `weights` names: a model folder, or a checkpoint of any publisher. */
async function givenWeights(weights: string | undefined, files: TaskFiles): Promise<GivenWeights | undefined> {
  if (weights === undefined) return undefined;
  const path = await files.modelFolder(weights);
  const kind = await files.kindOf(path);
  if (!kind) throw new UsageError(`--weights: there is no ${path}. Give a checkpoint's file or a model folder.`);
  if (kind === 'file') return { given: readWeights(await files.read(path), path), subject: files.nameOf(path) };
  const model = await files.readModel(path);
  const { definition, preprocessing } = model;
  return { given: await files.loadWeights(model), subject: path, definition, preprocessing };
}

/** The network that a file describes. */
async function givenNetwork(path: string | undefined, files: TaskFiles): Promise<NetworkDefinition | undefined> {
  if (path === undefined) return undefined;
  if ((await files.kindOf(path)) !== 'file') throw new UsageError(`--network: there is no file ${path}.`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await files.read(path)));
  } catch (error) {
    throw new FormatError(
      `${path} is no JSON (${messageOf(error)}). Give a config.json, or the network's part of one.`,
      {
        cause: error,
      },
    );
  }
  return networkFromJson(json, path);
}

/** The model that `teacher` names, with its weights in memory. */
async function givenTeacher(location: string | undefined, files: TaskFiles): Promise<TeacherModel | undefined> {
  if (location === undefined) return undefined;
  const model = await files.readModel(await files.modelFolder(location));
  return { ...model, weights: await files.loadWeights(model) };
}

/** Where a teacher is found again, whatever folder one works in. */
const teacherPlace = async (location: string, files: TaskFiles): Promise<string> =>
  files.absolute(await files.modelFolder(location));

/** The least confidence that is learned from, where none is given. */
export const DEFAULT_CONFIDENCE = 0.6;

/** What a data set to train on is opened with. */
type Opened = DatasetFields & { readonly pseudoLabels?: string | undefined; readonly confidence?: number | undefined };

async function openNoted(path: string, fields: Opened, { files, onEvent }: Context): Promise<Dataset> {
  const { pseudoLabels: folder, confidence = DEFAULT_CONFIDENCE } = fields;
  if (folder === undefined && fields.confidence !== undefined) {
    throw new UsageError('--confidence is of predicted masks. Give their folder: --pseudo-labels FOLDER.');
  }
  const own = await openDataset(path, fields, files);
  const dataset = folder === undefined ? own : await withPseudoLabels(own, { folder, confidence }, files);
  for (const message of dataset.notes) onEvent({ type: 'note', message });
  return dataset;
}

/** What a resumed run opens its data set with, as a run keeps it. */
const originOf = ({ format, classes, unlabeled, holdOut, pseudoLabels, confidence }: Opened, files: TaskFiles) => ({
  ...(format !== undefined && { format }),
  ...(classes !== undefined && { classes: classesPlace(classes, files) }),
  ...(unlabeled !== undefined && { unlabeled }),
  ...(holdOut !== undefined && { holdOut }),
  ...(pseudoLabels !== undefined && { pseudoLabels: files.absolute(pseudoLabels) }),
  ...(confidence !== undefined && { confidence: String(confidence) }),
});

/** The same as fields. */
const openedWith = ({ confidence, ...origin }: Readonly<Record<string, string>>): Opened => ({
  ...(origin as Opened),
  ...(confidence !== undefined && { confidence: Number(confidence) }),
});

/** Tells what will be done, and refuses what this machine has not the memory for. */
function settle(configuration: TrainingConfiguration, { device }: TrainRequest, { memory, onEvent }: Context): void {
  const estimate = estimateMemory(configuration.network, configuration);
  const verdict = memory === undefined ? undefined : judgeMemory(estimate, memory, configuration);
  if (verdict?.refused) throw new UsageError(verdict.message);
  onEvent({
    type: 'configuration',
    configuration,
    device,
    memory: { estimate: estimate.total, available: memory ?? null },
  });
  if (verdict) onEvent({ type: 'warning', message: verdict.message });
}
