/** Where the state of training lives and changes: beside the engine (`HostState`), or on a device. */
import type { Arrays } from '../../runtime/kernel.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { GradientSums, StepScalars, TrainingState } from './types.ts';

/** @typeParam Read what reading the state gives: tensors at once, or a promise where they are fetched from a device. */
export interface StepState<Read = TrainingState | Promise<TrainingState>> {
  /** What the graph of a step is fed for one of its inputs; undefined if it is none of the state's. */
  feed(name: string): Tensor | undefined;
  /** Adds the second gradients to the first, which it changes. @returns the Euclidean norm of the sums. */
  add(gradients: Arrays, added: Arrays): number;
  /** The Euclidean norm of summed gradients, before they are divided by their weight. */
  norm(sums: GradientSums): number | Promise<number>;
  /**
   * One update.
   * @param norm of the mean's gradients, which clipping looks at.
   */
  update(sums: GradientSums, norm: number, scalars: StepScalars): void | Promise<void>;
  /** The state after the last update; a view that the next one overwrites. */
  read(): Read;
}
