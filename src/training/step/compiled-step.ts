/** The step that runs: feeds the loaded graph, sums over micro-batches, and updates the state. */
import type { NamedTensors, Session } from '../../runtime/backend.ts';
import { checkBatches, checkFiniteStep } from './check-step.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import { batchFeeds, feedsOf, numberOf, withPrefix } from './named-tensors.ts';
import { type BatchShape, NAMES, REPORT } from './graph.ts';
import type { StepState } from './step-state.ts';
import type { Teacher } from './teacher.ts';
import type {
  Batch,
  GradientExchange,
  GradientSums,
  Reduction,
  StepDefinition,
  StepResult,
  StepScalars,
  TrainingState,
  TrainingStep,
} from './types.ts';
import { divisorOf } from './update.ts';

/** A loaded graph from weights and a batch to gradients, and the random numbers that its dropout takes. */
export interface Program {
  readonly session: Session;
  readonly noise: DropoutNoise;
}

export interface CompiledParts {
  readonly definition: StepDefinition;
  readonly shape: BatchShape;
  readonly classes: number;
  readonly state: StepState<TrainingState>;
  readonly program: Program;
  readonly reduction: Reduction;
  readonly exchange: GradientExchange | undefined;
  /** Runs before the graph, which takes its logits. */
  readonly teacher: Teacher | undefined;
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
    const { exchange } = this.#parts;
    const own = await this.gradients(batches, dropoutSeed);
    return this.apply(exchange ? await exchange.sum(own) : own, scalars);
  }

  async gradients(batches: readonly Batch[], dropoutSeed: readonly (string | number)[]): Promise<GradientSums> {
    checkBatches(batches, this.#parts);
    const { program, state, reduction, exchange, teacher } = this.#parts;
    let sums: GradientSums | undefined;
    // Running statistics move with each micro-batch; the state keeps the old ones until the step is done.
    let statistics: NamedTensors = {};
    for (const [index, batch] of batches.entries()) {
      // As if all machines' micro-batches were one machine's, which takes the machines in turn.
      const place = exchange ? index * exchange.count + exchange.index : index;
      const given = {
        ...(await batchFeeds(batch, teacher)),
        ...program.noise.draw([...dropoutSeed, place]),
        ...statistics,
      };
      const results = await program.session.run(feedsOf(program.session, state, given));
      statistics = withPrefix(results, NAMES.next(''));
      const found = READ[reduction](results, batches.length);
      sums = sums ? joined(sums, found, state.add(sums.gradients, found.gradients)) : found;
    }
    // The parts of a mean weigh 1 together, rounding aside; of a sum, more may come from other machines before it is measured.
    const known = reduction === 'mean' ? { weight: 1 } : { norm: null };
    return { ...(sums as GradientSums), ...known, statistics: arraysOf(statistics) };
  }

  async apply(sums: GradientSums, scalars: StepScalars): Promise<StepResult> {
    const { state } = this.#parts;
    const divisor = divisorOf(sums.weight);
    const result = {
      loss: sums.loss / divisor,
      pixels: sums.pixels,
      correct: sums.correct,
      gradientNorm: (sums.norm ?? (await state.norm(sums))) / divisor,
    };
    checkFiniteStep(result);
    await state.update(sums, result.gradientNorm, scalars);
    return result;
  }

  state(): TrainingState {
    return this.#parts.state.read();
  }

  async dispose(): Promise<void> {
    const { program, teacher } = this.#parts;
    await Promise.all([program.session.dispose(), teacher?.dispose()]);
  }
}

const arraysOf = (tensors: NamedTensors): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array]));

/** What one micro-batch's results say; the statistics are those of the last one. */
const READ: Readonly<Record<Reduction, (results: NamedTensors, microBatches: number) => GradientSums>> = {
  // The graph gives each micro-batch's gradients its part of their mean.
  mean: (results, microBatches) => ({
    ...counted(results),
    loss: numberOf(results, REPORT.loss) / microBatches,
    weight: 1 / microBatches,
    norm: numberOf(results, REPORT.gradientNorm),
  }),
  sum: (results) => {
    const weight = numberOf(results, REPORT.weight);
    return { ...counted(results), loss: weight * numberOf(results, REPORT.loss), weight, norm: null };
  },
};

/** The sums with those of one more micro-batch, whose gradients are in them already. */
const joined = (sums: GradientSums, found: GradientSums, norm: number): GradientSums => ({
  ...sums,
  loss: sums.loss + found.loss,
  weight: sums.weight + found.weight,
  pixels: sums.pixels + found.pixels,
  correct: sums.correct + found.correct,
  norm,
});

const counted = (
  results: NamedTensors,
): Pick<GradientSums, 'gradients' | 'statistics' | 'pixels' | 'correct' | 'parts'> => ({
  gradients: arraysOf(withPrefix(results, NAMES.gradient(''))),
  statistics: {},
  pixels: numberOf(results, REPORT.pixels),
  correct: numberOf(results, REPORT.correct),
  parts: 1,
});
