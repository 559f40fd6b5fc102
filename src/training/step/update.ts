/** The update of the state, beside the engine: from gradients to weights, optimizer tensors and the weights' EMA, in place. */
import { elementwiseKernel } from '../../graph/kernel/elementwise-kernel.ts';
import { type Arrays, LoadedKernel } from '../../runtime/kernel.ts';
import type { KernelMemory } from '../../runtime/kernel-memory.ts';
import type { BoundOptimizer } from '../optimizers/index.ts';
import type { Trainable } from './parameter-groups.ts';
import type { StateBuffers } from './state.ts';
import type { GradientSums, StepScalars } from './types.ts';
import {
  emaRule,
  parameterRule,
  squaresRule,
  sumRule,
  type UPDATE_SCALARS,
  type UpdateDefinition,
} from './update-rules.ts';

/** The EMA (exponential moving average) follows quickly at first: its decay is at most (1 + updates) / (10 + updates). */
export function emaDecayAt(decay: number, updates: number): number {
  return Math.min(decay, (1 + updates) / (10 + updates));
}

export interface UpdateParts {
  readonly definition: UpdateDefinition;
  readonly optimizer: BoundOptimizer;
  readonly trainables: readonly Trainable[];
}

type Kernels = Readonly<Record<'decaying' | 'free' | 'ema' | 'sum' | 'squares', LoadedKernel>>;

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
      ema: emaRule(),
      sum: sumRule(),
      squares: squaresRule(),
    };
    const loaded = Object.entries(rules).map(
      async ([name, rule]) => [name, await LoadedKernel.load(elementwiseKernel(rule), memory)] as const,
    );
    return new Update(parts, Object.fromEntries(await Promise.all(loaded)) as Kernels);
  }

  /** Adds the second gradients to the first, which it changes. @returns the Euclidean norm of the sums. */
  add(gradients: Arrays, added: Arrays): number {
    return rootOfSum(
      Object.entries(gradients).map(([name, sum]) => this.#kernels.sum.run({ sum, added: arrayOf(added, name) })),
    );
  }

  /** The Euclidean norm of all gradients together. */
  norm(gradients: Arrays): number {
    return rootOfSum(Object.values(gradients).map((array) => this.#kernels.squares.run({ array })));
  }

  /**
   * Changes the state.
   * @param norm of the gradients of the mean.
   */
  apply(
    buffers: StateBuffers,
    { gradients, weight, statistics, parts }: GradientSums,
    norm: number,
    { rates, updates }: StepScalars,
  ): void {
    const { definition, optimizer, trainables } = this.#parts;
    const { averageDecay } = definition;
    const shared = updateScalars(definition, { norm, weight, updates });
    for (const { name, group, decays } of trainables) {
      this.#kernels[decays ? 'decaying' : 'free'].run(
        { ...buffers.arrays(name), gradient: arrayOf(gradients, name) },
        { ...optimizer.scalars(rates[group], updates), ...shared },
      );
    }
    for (const [name, sum] of Object.entries(statistics)) {
      const arrays = buffers.arrays(name);
      arrayOf(arrays, 'weight').set(parts === 1 ? sum : sum.map((value) => value / parts));
      if (averageDecay !== null) this.#kernels.ema.run(arrays, { emaRate: shared.emaRate });
    }
  }
}

/**
 * The numbers that are the same for all parameters of an update, computed in float64.
 * @param norm of the gradients of the mean.
 * @param weight that the gradients are divided by.
 */
export function updateScalars(
  { clipNorm, averageDecay }: UpdateDefinition,
  { norm, weight, updates }: { readonly norm: number; readonly weight: number; readonly updates: number },
): Record<(typeof UPDATE_SCALARS)[number], number> {
  return {
    scale: (clipNorm === null ? 1 : clipFactor(norm, clipNorm)) / divisorOf(weight),
    emaRate: averageDecay === null ? 0 : 1 - emaDecayAt(averageDecay, updates),
  };
}

/** What sums are divided by for their mean; without a scored pixel they are 0, and so is the mean. */
export const divisorOf = (weight: number): number => (weight === 0 ? 1 : weight);

const rootOfSum = (values: readonly number[]): number => Math.sqrt(values.reduce((total, one) => total + one, 0));

const arrayOf = (arrays: Arrays, name: string): Float32Array => arrays[name] as Float32Array;

/** Clips as torch.nn.utils.clip_grad_norm_ does. */
const clipFactor = (norm: number, limit: number): number => Math.min(limit / (norm + 1e-6), 1);
