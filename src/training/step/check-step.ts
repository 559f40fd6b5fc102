/** What a training step refuses before it computes, and after. */
import { RuntimeError, ShapeError, UsageError } from '../../errors.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { BatchContent, BatchShape } from './graph.ts';
import { BATCH_NORM_MODES, type Batch, type StepDefinition, type StepResult } from './types.ts';

/** @throws UsageError if there is a teacher of batches that hold features. */
export function checkTaught(taught: boolean, takes: BatchContent | undefined): void {
  if (!taught || takes !== 'features') return;
  throw new UsageError(
    'A teacher looks at pixels, which are not kept of remembered views. Train without one of the two.',
  );
}

/** What fits in each field of a definition that has no check of its own. */
const FIELDS = {
  accumulate: { fits: (value) => Number.isInteger(value) && Number(value) >= 1, range: 'a whole number of at least 1' },
  batchNorm: { fits: isOneOf(BATCH_NORM_MODES), range: `one of ${BATCH_NORM_MODES.join(', ')}` },
  decayNormAndBias: { fits: (value) => typeof value === 'boolean', range: 'true or false' },
  clipNorm: { fits: (value) => value === null || Number(value) > 0, range: 'positive' },
  averageDecay: {
    fits: (value) => value === null || (Number(value) >= 0 && Number(value) < 1),
    range: 'from 0 up to, not including, 1',
  },
} as const satisfies Partial<Record<keyof StepDefinition, { fits: (value: unknown) => boolean; range: string }>>;

/** All of a definition that is outside its range. */
export function stepProblems(definition: StepDefinition): string[] {
  return Object.entries(FIELDS).flatMap(([field, { fits, range }]) => {
    const value = definition[field as keyof typeof FIELDS];
    return fits(value) ? [] : [`${field} is ${range}, got ${value}`];
  });
}

/** @throws UsageError with all of a definition that is outside its range. */
export function checkStep(definition: StepDefinition): void {
  const problems = stepProblems(definition);
  if (problems.length > 0) throw new UsageError(`The training step does not fit: ${problems.join('; ')}.`);
}

function isOneOf(values: readonly unknown[]): (value: unknown) => boolean {
  return (value) => values.includes(value);
}

export interface BatchRules {
  readonly definition: Pick<StepDefinition, 'accumulate' | 'loss'>;
  readonly shape: BatchShape;
  readonly classes: number;
}

/** @throws UsageError, ShapeError if the batches are not what a step was compiled for. */
export function checkBatches(batches: readonly Batch[], { definition, shape, classes }: BatchRules): void {
  const { accumulate, loss } = definition;
  const { batch, height, width } = shape;
  if (batches.length !== accumulate) {
    throw new UsageError(`A step takes ${accumulate} micro-batches, got ${batches.length}.`);
  }
  for (const each of batches) {
    const { labels } = each;
    if ('pixels' in each) checkExtents('pixels', each.pixels.shape, [batch, 3, height, width]);
    checkExtents('labels', labels.shape, [batch, height, width]);
    const wrong = labels.data.find((label) => label >= classes && label !== loss.ignoreIndex);
    if (wrong !== undefined) {
      throw new UsageError(
        `The labels hold ${wrong}, but the network has the classes 0 to ${classes - 1}, and ${loss.ignoreIndex} is ignored. Map the data set's ids to the classes.`,
      );
    }
  }
}

function checkExtents(name: string, given: readonly number[], wanted: readonly number[]): void {
  if (sameShape(given, wanted)) return;
  throw new ShapeError(`The step was compiled for ${name} ${formatShape(wanted)}, got ${formatShape(given)}.`);
}

/** @throws RuntimeError if a step's loss or the norm of its gradients is no finite number. */
export function checkFiniteStep({ loss, gradientNorm }: Pick<StepResult, 'loss' | 'gradientNorm'>): void {
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
