/** The step that runs: feeds the loaded graph, sums over micro-batches, and updates the state. */
import { RuntimeError, ShapeError, UsageError } from '../../errors.ts';
import { PIXEL_VALUES } from '../../models/pixel-values.ts';
import type { NamedTensors, Session } from '../../runtime/backend.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import type { StateBuffers } from './state.ts';
import { type BatchShape, LABELS, NAMES, REPORT } from './step-graph.ts';
import type { Batch, StepDefinition, StepResult, StepScalars, TrainingState, TrainingStep } from './types.ts';
import type { Gradients, Update } from './update.ts';

/** A loaded graph from weights and a batch to gradients, and the random numbers that its dropout takes. */
export interface Program {
  readonly session: Session;
  readonly noise: DropoutNoise;
}

export interface CompiledParts {
  readonly definition: StepDefinition;
  readonly shape: BatchShape;
  readonly classes: number;
  readonly buffers: StateBuffers;
  readonly program: Program;
  readonly update: Update;
}

/** What micro-batches give. */
interface Observed {
  readonly sums: Omit<StepResult, 'gradientNorm'>;
  readonly gradients: Gradients;
  /** The running statistics after them. */
  readonly statistics: NamedTensors;
}

export class CompiledStep implements TrainingStep {
  readonly #parts: CompiledParts;

  constructor(parts: CompiledParts) {
    this.#parts = parts;
  }

  async run(
    batches: readonly Batch[],
    scalars: StepScalars,
    dropoutSeed: readonly (string | number)[],
  ): Promise<StepResult> {
    this.#checkBatches(batches);
    const { buffers, update } = this.#parts;
    const { sums, gradients, statistics } = await this.#observe(batches, dropoutSeed);
    const result = { ...sums, gradientNorm: gradients.norm };
    checkFinite(result);
    update.apply(buffers, gradients, statistics, scalars);
    return result;
  }

  state(): TrainingState {
    return this.#parts.buffers.view();
  }

  dispose(): Promise<void> {
    return this.#parts.program.session.dispose();
  }

  async #observe(batches: readonly Batch[], seed: readonly (string | number)[]): Promise<Observed> {
    const { program, update } = this.#parts;
    const sums = { loss: 0, pixels: 0, correct: 0 };
    let gradients: Gradients | undefined;
    // Running statistics move with each micro-batch; the state keeps the old ones until the step is done.
    let statistics: NamedTensors = {};
    for (const [index, batch] of batches.entries()) {
      const given = { ...fedBatch(batch), ...program.noise.draw([...seed, index]), ...statistics };
      const results = await program.session.run(this.#feeds(given));
      sums.loss += numberOf(results, REPORT.loss) / batches.length;
      sums.pixels += numberOf(results, REPORT.pixels);
      sums.correct += numberOf(results, REPORT.correct);
      statistics = withPrefix(results, NAMES.next(''));
      const found = gradientsOf(results);
      gradients = gradients ? update.sum(gradients, found) : found;
    }
    return { sums, gradients: gradients as Gradients, statistics };
  }

  /** What the session takes: given tensors before those of the state. */
  #feeds(given: NamedTensors): NamedTensors {
    const { program, buffers } = this.#parts;
    return Object.fromEntries(
      program.session.inputNames.map((name) => [name, (given[name] ?? buffers.get(name)) as Tensor]),
    );
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

/** Those results whose names begin so, by the rest of their names. */
function withPrefix(results: NamedTensors, prefix: string): NamedTensors {
  const found = Object.entries(results).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

const gradientsOf = (results: NamedTensors): Gradients => ({
  arrays: Object.fromEntries(
    Object.entries(withPrefix(results, NAMES.gradient(''))).map(([name, { data }]) => [name, data as Float32Array]),
  ),
  norm: numberOf(results, REPORT.gradientNorm),
});

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
