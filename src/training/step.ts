/** A compiled training step: runs the step's graphs on an engine and keeps the state between steps. */
import { RuntimeError, ShapeError, UsageError } from '../errors.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { input, type Parameter, type Value } from '../graph/value.ts';
import { reach } from '../graph/walk.ts';
import type { NetworkDefinition } from '../models/definition.ts';
import { PIXEL_VALUES } from '../models/refinenet.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, NamedTensors, Session, SessionOptions } from '../runtime/backend.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { DropoutNoise } from './dropout-noise.ts';
import { bindOptimizer, type BoundOptimizer } from './optimizers/index.ts';
import { StateBuffers } from './state.ts';
import {
  type BatchShape,
  gradientValues,
  LABELS,
  NAMES,
  networkParts,
  type NetworkParts,
  REPORT,
  updateValues,
} from './step-graph.ts';
import {
  type Batch,
  PARAMETER_GROUPS,
  type StepDefinition,
  type StepResult,
  type StepScalars,
  type TrainingState,
  type TrainingStep,
} from './types.ts';

export interface StepOptions {
  readonly network: NetworkDefinition;
  readonly step: StepDefinition;
  /** The extents of each micro-batch. */
  readonly shape: BatchShape;
  readonly backend: Backend;
  /** Where to begin: `initialState`, or a saved state. What a step changes is copied. */
  readonly state: TrainingState;
  readonly session?: SessionOptions;
  /**
   * Whether gradients and update are one graph, or two. Fused when left out, unless micro-batches are accumulated, which
   * needs two.
   */
  readonly form?: 'fused' | 'split';
}

/**
 * Compiles a training step.
 * @throws UsageError if a part of the definition is outside what is allowed.
 * @throws WeightsError if the state does not fit the network and the step.
 * @throws RuntimeError if the engine cannot load the step's graphs.
 */
export async function createStep(options: StepOptions): Promise<TrainingStep> {
  const { network, step, shape, backend, state } = options;
  checkStep(step);
  const optimizer = bindOptimizer(step.optimizer);
  const parts = networkParts(network, step);
  const buffers = new StateBuffers(state, parts, optimizer.slots, step.averageDecay !== null);
  const form = step.accumulate > 1 ? 'split' : (options.form ?? 'fused');
  const graphs = form === 'fused' ? fusedGraph(options, parts, optimizer) : splitGraphs(options, parts, optimizer);
  const session = { plansMemory: false, ...options.session };
  const programs: Program[] = [];
  try {
    for (const outputs of graphs) programs.push(await compile(backend, outputs, session));
  } catch (error) {
    await Promise.all(programs.map((program) => program.session.dispose()));
    throw error;
  }
  return new CompiledStep(step, shape, network.classes, optimizer, buffers, programs);
}

type Outputs = Readonly<Record<string, Value>>;

const nextOf = (values: ReadonlyMap<string, Value>): Outputs =>
  Object.fromEntries([...values].map(([name, value]) => [NAMES.next(name), value]));

/** One graph from weights, state and batch to new weights and state. */
function fusedGraph({ network, step, shape }: StepOptions, parts: NetworkParts, optimizer: BoundOptimizer): Outputs[] {
  const { loss, pixels, correct, gradients, statistics } = gradientValues(network, step, parts, shape);
  const { gradientNorm, state } = updateValues(step, optimizer, parts.trainables, gradients, statistics);
  const report = { [REPORT.loss]: loss, [REPORT.pixels]: pixels, [REPORT.correct]: correct };
  return [{ ...report, [REPORT.gradientNorm]: gradientNorm, ...nextOf(statistics), ...nextOf(state) }];
}

/** Gradients, and the update that takes their sum. */
function splitGraphs({ network, step, shape }: StepOptions, parts: NetworkParts, optimizer: BoundOptimizer): Outputs[] {
  const first = gradientValues(network, step, parts, shape, 1 / step.accumulate);
  const fed = new Map(
    [...first.gradients].map(([name, { dtype, shape }]) => [name, input(NAMES.gradient(name), dtype, shape)]),
  );
  // The new running statistics are fed under the old ones' names.
  const statistics = new Map(
    [...first.statistics.keys()].map((name) => [name, parts.parameters.get(name) as Parameter]),
  );
  const { gradientNorm, state } = updateValues(step, optimizer, parts.trainables, fed, statistics);
  const gradients = [...first.gradients].map(([name, value]) => [NAMES.gradient(name), value] as const);
  return [
    {
      [REPORT.loss]: first.loss,
      [REPORT.pixels]: first.pixels,
      [REPORT.correct]: first.correct,
      ...Object.fromEntries(gradients),
      ...nextOf(first.statistics),
    },
    { [REPORT.gradientNorm]: gradientNorm, ...nextOf(state) },
  ];
}

/** A loaded graph, and the random numbers that its dropout takes. */
interface Program {
  readonly session: Session;
  readonly noise: DropoutNoise;
}

async function compile(backend: Backend, outputs: Outputs, options: SessionOptions): Promise<Program> {
  const model = toOnnx(outputs, new Map(), { name: 'training-step', storage: 'inline', parameters: 'inputs' });
  const session = await backend.createSession({ bytes: encodeModel(model), weights: new Map() }, options);
  return { session, noise: new DropoutNoise(reach(Object.values(outputs)).inputs) };
}

/** The moving average follows quickly at first: its decay is at most (1 + updates) / (10 + updates). */
export function averageDecayAt(decay: number, updates: number): number {
  return Math.min(decay, (1 + updates) / (10 + updates));
}

class CompiledStep implements TrainingStep {
  readonly #definition: StepDefinition;
  readonly #shape: BatchShape;
  readonly #classes: number;
  readonly #optimizer: BoundOptimizer;
  readonly #buffers: StateBuffers;
  readonly #programs: readonly Program[];
  /** The sum of gradients over micro-batches, kept from step to step. */
  #gradients: Record<string, Tensor> = {};

  constructor(
    definition: StepDefinition,
    shape: BatchShape,
    classes: number,
    optimizer: BoundOptimizer,
    buffers: StateBuffers,
    programs: readonly Program[],
  ) {
    this.#definition = definition;
    this.#shape = shape;
    this.#classes = classes;
    this.#optimizer = optimizer;
    this.#buffers = buffers;
    this.#programs = programs;
  }

  async run(
    batches: readonly Batch[],
    scalars: StepScalars,
    dropoutSeed: readonly (string | number)[],
  ): Promise<StepResult> {
    this.#checkBatches(batches);
    const fed = this.#scalars(scalars);
    const result =
      this.#programs.length === 1
        ? await this.#runFused(batches[0] as Batch, fed, dropoutSeed)
        : await this.#runSplit(batches, fed, dropoutSeed);
    checkFinite(result);
    this.#buffers.swap();
    return result;
  }

  state(): TrainingState {
    return this.#buffers.view();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#programs.map(({ session }) => session.dispose()));
  }

  async #runFused(batch: Batch, scalars: NamedTensors, seed: readonly (string | number)[]): Promise<StepResult> {
    const [{ session, noise }] = this.#programs as readonly [Program];
    const feeds = this.#feeds(session, { ...fedBatch(batch), ...scalars, ...noise.draw([...seed, 0]) });
    const results = await session.run(feeds, session.outputNames, this.#buffers.targets());
    return { ...reported(results), gradientNorm: numberOf(results, REPORT.gradientNorm) };
  }

  async #runSplit(
    batches: readonly Batch[],
    scalars: NamedTensors,
    seed: readonly (string | number)[],
  ): Promise<StepResult> {
    const [first, last] = this.#programs as readonly [Program, Program];
    const sums = { loss: 0, pixels: 0, correct: 0 };
    const targets = this.#buffers.targets();
    // Running statistics move with each micro-batch; the current state keeps the old ones until the step is done.
    let statistics: NamedTensors = {};
    for (const [index, batch] of batches.entries()) {
      const noise = first.noise.draw([...seed, index]);
      const feeds = this.#feeds(first.session, { ...fedBatch(batch), ...noise, ...statistics });
      const results = await first.session.run(feeds);
      const { loss, pixels, correct } = reported(results);
      checkFinite({ loss, gradientNorm: 0 });
      sums.loss += loss / batches.length;
      sums.pixels += pixels;
      sums.correct += correct;
      this.#accumulate(results, index === 0);
      statistics = this.#movedStatistics(results);
    }
    const feeds = this.#feeds(last.session, { ...this.#gradients, ...scalars, ...statistics });
    const results = await last.session.run(feeds, last.session.outputNames, targets);
    for (const [name, { data }] of Object.entries(statistics)) {
      ((targets[NAMES.next(name)] as Tensor).data as Float32Array).set(data as Float32Array);
    }
    return { ...sums, gradientNorm: numberOf(results, REPORT.gradientNorm) };
  }

  #accumulate(results: NamedTensors, isFirst: boolean): void {
    const gradients = Object.entries(results).filter(([name]) => name.startsWith(NAMES.gradient('')));
    if (isFirst) {
      this.#gradients = Object.fromEntries(gradients);
      return;
    }
    for (const [name, value] of gradients) addInto(this.#gradients[name] as Tensor, value);
  }

  #movedStatistics(results: NamedTensors): NamedTensors {
    const prefix = NAMES.next('');
    const moved = Object.entries(results).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(moved.map(([name, value]) => [name.slice(prefix.length), value]));
  }

  /** What a session takes: given tensors before those of the state. */
  #feeds({ inputNames }: Session, given: NamedTensors): NamedTensors {
    return Object.fromEntries(inputNames.map((name) => [name, (given[name] ?? this.#buffers.get(name)) as Tensor]));
  }

  #scalars({ rates, updates }: StepScalars): NamedTensors {
    const { averageDecay } = this.#definition;
    const fed: Record<string, Tensor> = {};
    for (const group of PARAMETER_GROUPS) {
      for (const [name, value] of Object.entries(this.#optimizer.scalars(rates[group], updates))) {
        fed[NAMES.scalar(group, name)] = float32([], [value]);
      }
    }
    if (averageDecay !== null) {
      fed[NAMES.averageShare] = float32([], [1 - averageDecayAt(averageDecay, updates)]);
    }
    return fed;
  }

  #checkBatches(batches: readonly Batch[]): void {
    const { accumulate, loss } = this.#definition;
    const { batch, height, width } = this.#shape;
    if (batches.length !== accumulate) {
      throw new UsageError(`A step takes ${accumulate} micro-batches, got ${batches.length}.`);
    }
    for (const { pixels, labels } of batches) {
      if (!sameShape(pixels.shape, [batch, 3, height, width]) || !sameShape(labels.shape, [batch, height, width])) {
        throw new ShapeError(
          `The step was compiled for pixels ${formatShape([batch, 3, height, width])} and labels ${formatShape([batch, height, width])}, got ${formatShape(pixels.shape)} and ${formatShape(labels.shape)}.`,
        );
      }
      const wrong = labels.data.find((label) => label >= this.#classes && label !== loss.ignoreIndex);
      if (wrong !== undefined) {
        throw new UsageError(
          `The labels hold ${wrong}, but the network has the classes 0 to ${this.#classes - 1}, and ${loss.ignoreIndex} is ignored. Map the data set's ids to the classes.`,
        );
      }
    }
  }
}

const fedBatch = ({ pixels, labels }: Batch): NamedTensors => ({ [PIXEL_VALUES]: pixels, [LABELS]: labels });

const numberOf = (results: NamedTensors, name: string): number => Number((results[name] as Tensor).data[0]);

const reported = (results: NamedTensors): Omit<StepResult, 'gradientNorm'> => ({
  loss: numberOf(results, REPORT.loss),
  pixels: numberOf(results, REPORT.pixels),
  correct: numberOf(results, REPORT.correct),
});

function addInto({ data }: Tensor, added: Tensor): void {
  const [sum, other] = [data as Float32Array, added.data as Float32Array];
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] as number) + (other[index] as number);
}

function checkFinite({ loss, gradientNorm }: Pick<StepResult, 'loss' | 'gradientNorm'>): void {
  const wrong = [
    ...(Number.isFinite(loss) ? [] : [`the loss is ${loss}`]),
    ...(Number.isFinite(gradientNorm) ? [] : [`the norm of the gradients is ${gradientNorm}`]),
  ];
  if (wrong.length > 0) {
    throw new RuntimeError(
      `The training step cannot go on: ${wrong.join(' and ')}. Weights and optimizer are as before the step. Lower the learning rate, clip the gradients, or look for damaged images.`,
    );
  }
}

function checkStep({ accumulate, clipNorm, averageDecay }: StepDefinition): void {
  const problems: string[] = [];
  if (!Number.isInteger(accumulate) || accumulate < 1) problems.push(`accumulate is at least 1, got ${accumulate}`);
  if (clipNorm !== null && !(clipNorm > 0)) problems.push(`clipNorm is positive, got ${clipNorm}`);
  if (averageDecay !== null && !(averageDecay >= 0 && averageDecay < 1)) {
    problems.push(`averageDecay is from 0 up to, not including, 1, got ${averageDecay}`);
  }
  if (problems.length > 0) throw new UsageError(`The training step does not fit: ${problems.join('; ')}.`);
}
