/** Whether contestants computed the same. */
import { EXPORT_TOLERANCE, relativeDifference } from '../src/inference/check-export.ts';
import type { Task } from './assignment.ts';

/** Relative differences of what a task gives, by its name. */
export type Differences = Readonly<Partial<Record<'logits' | 'loss' | 'gradients', number>>>;

/**
 * What is allowed. Logits and loss are continuous in the weights and pixels, gradients are not: rounding moves a rectifier or a
 * maximum that is about even to the other side, and a share e of them moves the gradient by about the root of e. PyTorch's own
 * gradients in float32 and in float64 differ by 1.1e-2 for Light-Weight RefineNet on MobileNetV2 (128 x 128, batch 2).
 */
const ALLOWED: Readonly<Record<keyof Differences, number>> = {
  logits: EXPORT_TOLERANCE,
  loss: EXPORT_TOLERANCE,
  gradients: 3e-2,
};

/** A task's results are logits; in training the loss, followed by all gradients. */
export function differencesOf(task: Task, values: Float32Array, reference: Float32Array): Differences {
  if (task !== 'training') return { logits: relativeDifference(values, reference) };
  const part = (from: number, to?: number) =>
    relativeDifference(values.subarray(from, to), reference.subarray(from, to));
  return { loss: part(0, 1), gradients: part(1) };
}

/** What is beyond the allowed, in words; undefined if nothing is. */
export function problemWith(differences: Differences): string | undefined {
  const wrong = entriesOf(differences).filter(([name, value]) => !(value <= ALLOWED[name]));
  if (wrong.length === 0) return undefined;
  return wrong
    .map(
      ([name, value]) =>
        `${name} differ by ${value.toExponential(1)} relative, allowed are ${ALLOWED[name].toExponential(0)}`,
    )
    .join('; ');
}

/** The largest of each kind. */
export function largest(all: readonly Differences[]): Differences {
  const most: Partial<Record<keyof Differences, number>> = {};
  for (const [name, value] of all.flatMap(entriesOf)) most[name] = Math.max(most[name] ?? 0, value);
  return most;
}

export const entriesOf = (differences: Differences): readonly [keyof Differences, number][] =>
  Object.entries(differences) as [keyof Differences, number][];
