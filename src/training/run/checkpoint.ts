/** Checkpoints: a model folder with everything beside it that a run needs to go on as if it had never stopped. */
import * as z from 'zod';
import { FormatError, messageOf, UsageError } from '../../errors.ts';
import { numberedClasses } from '../../labels/classes-named.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import type { ModelDescription } from '../../models/model.ts';
import type { ModelCardDetails } from '../../models/folder/card.ts';
import { fromModelConfig, toModelConfig } from '../../models/folder/config.ts';
import { CONFIG_FILE, jsonBytes, modelFiles, WEIGHTS_FILE } from '../../models/folder/files.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import { readSafetensors, writeSafetensors } from '../../weights/safetensors.ts';
import { type Difference, differences, type TrainingConfiguration } from '../configuration.ts';
import { withCurrentNames } from '../former-names.ts';
import type { LossWatch } from './loss-watch.ts';
import type { FolderFiles, RunStorage } from './storage.ts';
import type { TrainingState } from '../step/types.ts';

/** The folders of a run that hold checkpoints. */
export const LAST = 'last';
export const BEST = 'best';

const STATE_FILE = 'state.json';
const TENSORS_FILE = 'training-state.safetensors';

/** Begins the names of weights whose exponential moving average stands in the model's file. */
const CURRENT = 'weights:';

/** Where a run stands. With the tensors it is all that the rest of the run depends on: randomness follows from seed and place. */
export interface RunState {
  /** Updates done in all. */
  readonly updates: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Updates done in the epoch that has begun; all of them where only its end (validation) is to come. */
  readonly position: number;
  /** What the epoch that has begun came to so far. */
  readonly sums: { readonly loss: number; readonly pixels: number; readonly correct: number };
  readonly watch: LossWatch;
  readonly best: { readonly meanIoU: number; readonly epoch: number; readonly updates: number } | null;
  /** Validations since the best one. */
  readonly sinceBest: number;
  /** Why the run is over; null while it is not. */
  readonly finished: 'epochs' | 'patience' | null;
}

export interface Checkpoint {
  readonly state: RunState;
  readonly training: TrainingState;
}

/** The weights that a checkpoint is used with: the exponential moving average where there is one. */
export function weightsToUse({ weights, average: ema }: TrainingState): Weights {
  return new Map([...weights].map(([name, value]) => [name, ema.get(name) ?? value]));
}

/** A checkpoint as files. Nothing in them depends on the time or the machine. */
export function checkpointFiles(
  model: ModelDescription,
  { state, training }: Checkpoint,
  configuration: TrainingConfiguration,
  card: ModelCardDetails,
): FolderFiles {
  const tensors = new Map<string, Tensor>(training.optimizer);
  for (const name of training.average.keys()) tensors.set(CURRENT + name, training.weights.get(name) as Tensor);
  return new Map([
    ...modelFiles({ ...model, weights: weightsToUse(training) }, card),
    [TENSORS_FILE, writeSafetensors(tensors)],
    [STATE_FILE, [jsonBytes({ version: 1, ...state, seed: configuration.seed, configuration })]],
  ]);
}

/**
 * The checkpoint in a run's folder; undefined if there is none.
 * @throws FormatError if it is damaged or its model is of another network, UsageError naming every field in which its configuration is not the given one.
 */
export async function readCheckpoint(
  storage: RunStorage,
  folder: string,
  configuration: TrainingConfiguration,
): Promise<Checkpoint | undefined> {
  const bytes = await storage.read(`${folder}/${STATE_FILE}`);
  if (!bytes) return undefined;
  const where = `${storage.name}/${folder}`;
  const saved = parseState(bytes, `${where}/${STATE_FILE}`);
  assertSameConfiguration(saved.configuration, configuration, storage.name);
  await assertSameNetwork(storage, folder, configuration.network);
  const model = await readTensors(storage, folder, WEIGHTS_FILE);
  const tensors = await readTensors(storage, folder, TENSORS_FILE);
  const weights = new Map(model);
  const ema = new Map<string, Tensor>();
  const optimizer = new Map<string, Tensor>();
  for (const [name, value] of tensors) {
    if (!name.startsWith(CURRENT)) optimizer.set(name, value);
    else {
      const own = name.slice(CURRENT.length);
      const ofModel = model.get(own);
      if (!ofModel) throw new FormatError(`${where}: ${TENSORS_FILE} has ${name}, but ${WEIGHTS_FILE} no ${own}.`);
      ema.set(own, ofModel);
      weights.set(own, value);
    }
  }
  return { state: saved.state, training: { weights, optimizer, average: ema } };
}

/** @throws FormatError if the model beside the weights is not of the network that the run trains. */
async function assertSameNetwork(storage: RunStorage, folder: string, network: NetworkDefinition): Promise<void> {
  const file = `${storage.name}/${folder}/${CONFIG_FILE}`;
  const { definition } = fromModelConfig(parseJson(await readWhole(storage, folder, CONFIG_FILE), file), file);
  const list = listed(differences(definition, asSaved(network)), 'in the file', 'in the run');
  if (list === '') return;
  throw new FormatError(
    `${file} is of another network than the run trains:\n${list}\nPut back the file that the run wrote, or start a new run from its weights.`,
  );
}

/** A definition as it comes back from a model's files. */
function asSaved(definition: NetworkDefinition): NetworkDefinition {
  const config = toModelConfig({ definition, classes: numberedClasses(definition.classes) });
  return fromModelConfig(JSON.parse(JSON.stringify(config))).definition;
}

/** @throws UsageError if the model to be trained is not of the configuration's network. */
export function assertModelOf({ network }: TrainingConfiguration, { definition }: ModelDescription): void {
  const list = listed(differences(asSaved(definition), asSaved(network)), 'in the model', 'in the configuration');
  if (list === '') return;
  throw new UsageError(
    `The model is another network than the configuration trains:\n${list}\nPlan the run for this model, or give the model that it was planned for.`,
  );
}

const listed = (found: readonly Difference[], first: string, second: string): string =>
  found.map(({ field, saved, given }) => `  ${field}: ${saved} ${first}, ${given} ${second}`).join('\n');

/** @throws UsageError naming every field that differs and changes what is computed. */
export function assertSameConfiguration(saved: unknown, given: TrainingConfiguration, run: string): void {
  // As it would be read back: JSON has no undefined.
  const all = differences(withCurrentNames(saved), JSON.parse(JSON.stringify(given)));
  // Former versions did not save where class weights come from. The weights themselves are compared with the step.
  const found = all.filter(({ field }) => field !== 'classWeighting');
  if (found.length === 0) return;
  const list = found.map(({ field, saved, given }) => `  ${field}: ${saved} in the run, now ${given}`);
  throw new UsageError(
    `${run} cannot be resumed with another configuration:\n${list.join('\n')}\n` +
      'Leave these options out, or start a new run from its weights.',
  );
}

const count = z.int().min(0);
const stateSchema = z.object({
  version: z.literal(1),
  updates: count,
  epoch: count,
  position: count,
  sums: z.object({ loss: z.number(), pixels: count, correct: count }),
  watch: z.object({ sum: z.number(), weight: z.number(), best: z.number().nullable() }),
  best: z.object({ meanIoU: z.number(), epoch: count, updates: count }).nullable(),
  sinceBest: count,
  finished: z.enum(['epochs', 'patience']).nullable(),
  configuration: z.unknown(),
});

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new FormatError(`${file} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
}

function parseState(bytes: Uint8Array, file: string): { readonly state: RunState; readonly configuration: unknown } {
  const result = stateSchema.safeParse(parseJson(bytes, file));
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
    throw new FormatError(`${file} is no state of a run: ${problems.join('; ')}.`);
  }
  const { version: _, configuration, ...state } = result.data;
  return { state, configuration };
}

async function readTensors(storage: RunStorage, folder: string, file: string): Promise<Weights> {
  return readSafetensors(await readWhole(storage, folder, file)).weights;
}

async function readWhole(storage: RunStorage, folder: string, file: string): Promise<Uint8Array> {
  const bytes = await storage.read(`${folder}/${file}`);
  if (bytes) return bytes;
  throw new FormatError(`${storage.name}/${folder}: ${file} is missing, so the checkpoint is not whole.`);
}
