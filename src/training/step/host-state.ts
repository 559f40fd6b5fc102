/** The state of training in this process's memory, updated there in place. */
import type { Arrays } from '../../runtime/kernel.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { BoundOptimizer } from '../optimizers/index.ts';
import { StateBuffers } from './state.ts';
import type { NetworkParts } from './graph.ts';
import type { StepState } from './step-state.ts';
import type { GradientSums, StepScalars, TrainingState } from './types.ts';
import { Update } from './update.ts';
import type { UpdateDefinition } from './update-rules.ts';

export interface HostStateOptions {
  /** Where to begin; what an update changes is copied. */
  readonly state: TrainingState;
  readonly parts: NetworkParts;
  readonly definition: UpdateDefinition;
  readonly optimizer: BoundOptimizer;
}

export class HostState implements StepState<TrainingState> {
  readonly #buffers: StateBuffers;
  readonly #update: Update;

  private constructor(buffers: StateBuffers, update: Update) {
    this.#buffers = buffers;
    this.#update = update;
  }

  /** @throws WeightsError if a tensor of the state is missing or has another shape; all of them in one message. */
  static async create({ state, parts, definition, optimizer }: HostStateOptions): Promise<HostState> {
    const buffers = new StateBuffers(state, parts, optimizer.slots, definition.averageDecay !== null);
    const { trainables } = parts;
    return new HostState(buffers, await Update.create({ definition, optimizer, trainables }, buffers.memory));
  }

  feed(name: string): Tensor | undefined {
    return this.#buffers.get(name);
  }

  add(gradients: Arrays, added: Arrays): number {
    return this.#update.add(gradients, added);
  }

  norm({ gradients }: GradientSums): number {
    return this.#update.norm(gradients);
  }

  update(sums: GradientSums, norm: number, scalars: StepScalars): void {
    this.#update.apply(this.#buffers, sums, norm, scalars);
  }

  read(): TrainingState {
    return this.#buffers.view();
  }
}
