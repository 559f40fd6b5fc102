/** The update of the state, beside the engine: from gradients to weights, optimiser tensors and moving averages, in place. */
import { elementwiseKernel } from '../../graph/kernel/elementwise-kernel.ts';
import type { NamedTensors } from '../../runtime/backend.ts';
import { type Arrays, LoadedKernel } from '../../runtime/kernel.ts';
import type { KernelMemory } from '../../runtime/kernel-memory.ts';
import type { BoundOptimizer } from '../optimizers/index.ts';
import type { Trainable } from './parameter-groups.ts';
import type { StateBuffers } from './state.ts';
import type { StepDefinition, StepScalars } from './types.ts';
import { averageRule, parameterRule, sumRule } from './update-rules.ts';

/** The moving average follows quickly at first: its decay is at most (1 + updates) / (10 + updates). */
export function averageDecayAt(decay: number, updates: number): number {
  return Math.min(decay, (1 + updates) / (10 + updates));
}

/** Gradients by the names of their parameters, as their numbers in a row. */
export interface Gradients {
  readonly arrays: Arrays;
  /** The Euclidean norm of all of them together. */
  readonly norm: number;
}

export interface UpdateParts {
  readonly definition: Pick<StepDefinition, 'clipNorm' | 'averageDecay'>;
  readonly optimizer: BoundOptimizer;
  readonly trainables: readonly Trainable[];
}

type Kernels = Readonly<Record<'decaying' | 'free' | 'average' | 'sum', LoadedKernel>>;

export class Update {
  readonly #parts: UpdateParts;
  readonly #kernels: Kernels;

  private constructor(parts: UpdateParts, kernels: Kernels) {
    this.#parts = parts;
    this.#kernels = kernels;
  }

  /** @param memory where the state lies. */
  static async create(parts: UpdateParts, memory: KernelMemory): Promise<Update> {
    const { definition, optimizer } = parts;
    const rules = {
      decaying: parameterRule(definition, optimizer, true),
      free: parameterRule(definition, optimizer, false),
      average: averageRule(),
      sum: sumRule(),
    };
    const loaded = Object.entries(rules).map(
      async ([name, rule]) => [name, await LoadedKernel.load(elementwiseKernel(rule), memory)] as const,
    );
    return new Update(parts, Object.fromEntries(await Promise.all(loaded)) as Kernels);
  }

  /** Adds the second gradients to the first, whose arrays it changes. */
  sum({ arrays }: Gradients, added: Gradients): Gradients {
    const squares = Object.entries(arrays).map(([name, sum]) =>
      this.#kernels.sum.run({ sum, added: arrayOf(added.arrays, name) }),
    );
    return { arrays, norm: Math.sqrt(squares.reduce((total, one) => total + one, 0)) };
  }

  /**
   * Changes the state.
   * @param statistics the running statistics after the batch.
   */
  apply(buffers: StateBuffers, gradients: Gradients, statistics: NamedTensors, { rates, updates }: StepScalars): void {
    const { definition, optimizer, trainables } = this.#parts;
    const { clipNorm, averageDecay } = definition;
    const share = averageDecay === null ? 0 : 1 - averageDecayAt(averageDecay, updates);
    const clip = clipNorm === null ? 1 : clipFactor(gradients.norm, clipNorm);
    for (const { name, group, decays } of trainables) {
      this.#kernels[decays ? 'decaying' : 'free'].run(
        { ...buffers.arrays(name), gradient: arrayOf(gradients.arrays, name) },
        { ...optimizer.scalars(rates[group], updates), clip, share },
      );
    }
    for (const [name, { data }] of Object.entries(statistics)) {
      const arrays = buffers.arrays(name);
      arrayOf(arrays, 'weight').set(data as Float32Array);
      if (averageDecay !== null) this.#kernels.average.run(arrays, { share });
    }
  }
}

const arrayOf = (arrays: Arrays, name: string): Float32Array => arrays[name] as Float32Array;

/** As torch.nn.utils.clip_grad_norm_. */
const clipFactor = (norm: number, limit: number): number => Math.min(limit / (norm + 1e-6), 1);
