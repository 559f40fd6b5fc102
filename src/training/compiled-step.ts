/** The step that runs: feeds the loaded graphs, sums over micro-batches, and keeps the state between steps. */
import { RuntimeError, ShapeError, UsageError } from '../errors.ts';
import { PIXEL_VALUES } from '../models/refinenet.ts';
import type { NamedTensors, Session } from '../runtime/backend.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import type { BoundOptimizer } from './optimizers/index.ts';
import type { StateBuffers } from './state.ts';
import { type BatchShape, LABELS, NAMES, REPORT } from './step-graph.ts';
import {
  type Batch,
  PARAMETER_GROUPS,
  type StepDefinition,
  type StepResult,
  type StepScalars,
  type TrainingState,
  type TrainingStep,
} from './types.ts';

/** A loaded graph, and the random numbers that its dropout takes. */
export interface Program {
  readonly session: Session;
  readonly noise: DropoutNoise;
}

/** The moving average follows quickly at first: its decay is at most (1 + updates) / (10 + updates). */
export function averageDecayAt(decay: number, updates: number): number {
  return Math.min(decay, (1 + updates) / (10 + updates));
}

export interface CompiledParts {
  readonly definition: StepDefinition;
  readonly shape: BatchShape;
  readonly classes: number;
  readonly optimizer: BoundOptimizer;
  readonly buffers: StateBuffers;
  /** One that does all, or one for the gradients and one for the update. */
  readonly programs: readonly [Program, Program?];
}

export class CompiledStep implements TrainingStep {
  readonly #parts: CompiledParts;
  /** The sum of gradients over micro-batches. */
  #gradients: Record<string, Tensor> = {};

  constructor(parts: CompiledParts) {
    this.#parts = parts;
  }

  async run(
    batches: readonly Batch[],
    scalars: StepScalars,
    dropoutSeed: readonly (string | number)[],
  ): Promise<StepResult> {
    this.#checkBatches(batches);
    const fed = this.#scalars(scalars);
    const [first, last] = this.#parts.programs;
    const result = last
      ? await this.#runSplit([first, last], batches, fed, dropoutSeed)
      : await this.#runFused(first, batches[0] as Batch, fed, dropoutSeed);
    checkFinite(result);
    this.#parts.buffers.swap();
    return result;
  }

  state(): TrainingState {
    return this.#parts.buffers.view();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#parts.programs.map((program) => program?.session.dispose()));
  }

  async #runFused(
    { session, noise }: Program,
    batch: Batch,
    scalars: NamedTensors,
    seed: readonly (string | number)[],
  ): Promise<StepResult> {
    const feeds = this.#feeds(session, { ...fedBatch(batch), ...scalars, ...noise.draw([...seed, 0]) });
    const results = await session.run(feeds, session.outputNames, this.#parts.buffers.targets());
    return { ...reported(results), gradientNorm: numberOf(results, REPORT.gradientNorm) };
  }

  async #runSplit(
    [first, last]: readonly [Program, Program],
    batches: readonly Batch[],
    scalars: NamedTensors,
    seed: readonly (string | number)[],
  ): Promise<StepResult> {
    const sums = { loss: 0, pixels: 0, correct: 0 };
    const targets = this.#parts.buffers.targets();
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
    return Object.fromEntries(
      inputNames.map((name) => [name, (given[name] ?? this.#parts.buffers.get(name)) as Tensor]),
    );
  }

  #scalars({ rates, updates }: StepScalars): NamedTensors {
    const { averageDecay } = this.#parts.definition;
    const fed: Record<string, Tensor> = {};
    for (const group of PARAMETER_GROUPS) {
      for (const [name, value] of Object.entries(this.#parts.optimizer.scalars(rates[group], updates))) {
        fed[NAMES.scalar(group, name)] = float32([], [value]);
      }
    }
    if (averageDecay !== null) {
      fed[NAMES.averageShare] = float32([], [1 - averageDecayAt(averageDecay, updates)]);
    }
    return fed;
  }

  #checkBatches(batches: readonly Batch[]): void {
    const { accumulate, loss } = this.#parts.definition;
    const { batch, height, width } = this.#parts.shape;
    if (batches.length !== accumulate) {
      throw new UsageError(`A step takes ${accumulate} micro-batches, got ${batches.length}.`);
    }
    for (const { pixels, labels } of batches) {
      if (!sameShape(pixels.shape, [batch, 3, height, width]) || !sameShape(labels.shape, [batch, height, width])) {
        throw new ShapeError(
          `The step was compiled for pixels ${formatShape([batch, 3, height, width])} and labels ${formatShape([batch, height, width])}, got ${formatShape(pixels.shape)} and ${formatShape(labels.shape)}.`,
        );
      }
      const wrong = labels.data.find((label) => label >= this.#parts.classes && label !== loss.ignoreIndex);
      if (wrong !== undefined) {
        throw new UsageError(
          `The labels hold ${wrong}, but the network has the classes 0 to ${this.#parts.classes - 1}, and ${loss.ignoreIndex} is ignored. Map the data set's ids to the classes.`,
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
