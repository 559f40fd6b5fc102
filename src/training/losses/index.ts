/** The losses by name, and their sum. */
import { UsageError } from '../../errors.ts';
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, mul } from '../../graph/ops/elementwise.ts';
import { knownShape, type Value, within } from '../../graph/value.ts';
import { LOSS_RESOLUTIONS, type LossDefinition, type LossName } from '../step/types.ts';
import { crossEntropy } from './cross-entropy.ts';
import { dice } from './dice.ts';
import { distill } from './distill.ts';
import { focal } from './focal.ts';
import type { Loss } from './loss.ts';
import { lovaszSoftmax } from './lovasz-softmax.ts';
import { pixels } from './pixels.ts';

export const LOSSES: Readonly<Record<LossName, Loss>> = {
  'cross-entropy': crossEntropy,
  focal,
  dice,
  'lovasz-softmax': lovaszSoftmax,
  distill,
};

export const LOSS_NAMES = Object.keys(LOSSES) as readonly LossName[];

export interface LossValues {
  /** The mean loss, shape []. */
  readonly loss: Value;
  /**
   * What the mean counts: the class weights of the scored pixels summed up, shape []. Loss times weight is a sum, which can be
   * added to that of other batches; divided by all their weight, it is the mean over all pixels for cross entropy and focal
   * loss and distillation. Losses of overlap have no such sum: Dice and Lovasz-softmax become the weighted mean of each batch's own.
   */
  readonly weight: Value;
  /** Scored pixels at the resolution of the loss, and those of them whose label has the largest logit; float32 []. */
  readonly pixels: Value;
  readonly correct: Value;
}

/**
 * The weighted sum of a definition's losses.
 * @param logits float32 [N, K, h, w].
 * @param labels uint8 [N, H, W].
 * @param teacher a teacher's logits, float32 [N, K, any, any], which distillation takes.
 * @throws UsageError if the definition does not fit the classes; all problems in one message.
 */
export function totalLoss(logits: Value, labels: Value, definition: LossDefinition, teacher?: Value): LossValues {
  checkLoss(definition, knownShape(logits)[1] as number, teacher !== undefined);
  return within('loss', () => {
    const shared = pixels(logits, labels, definition, teacher);
    const terms = definition.terms.map((term) => {
      const value = LOSSES[term.name](shared, term);
      return term.weight === 1 ? value : mul(value, scalarLike(value, term.weight));
    });
    return {
      loss: terms.reduce((sum, term) => add(sum, term)),
      weight: shared.weightSum,
      pixels: shared.scored,
      correct: shared.correct,
    };
  });
}

/** @throws UsageError if a definition does not fit the classes; all problems in one message. */
export function checkLoss(
  { terms, classWeights, resolution, ignoreIndex }: LossDefinition,
  classes: number,
  isTaught: boolean,
): void {
  const problems: string[] = [];
  if (terms.length === 0) problems.push('there is no term');
  for (const { name, weight, gamma = 0, temperature = 1 } of terms) {
    if (!Object.hasOwn(LOSSES, name)) problems.push(`there is no loss "${name}", they are ${LOSS_NAMES.join(', ')}`);
    if (!(weight > 0)) problems.push(`the weight of ${name} is positive, got ${weight}`);
    if (!(gamma >= 0)) problems.push(`gamma is not negative, got ${gamma}`);
    if (!(temperature > 0)) problems.push(`the temperature is positive, got ${temperature}`);
    if (name === 'distill' && !isTaught) problems.push('distill learns from a teacher, but there is none');
  }
  if (classWeights && classWeights.length !== classes) {
    problems.push(`there is one weight for each of ${classes} classes, got ${classWeights.length}`);
  }
  if (classWeights?.some((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))) {
    problems.push(`class weights are not negative, got ${classWeights.join(', ')}`);
  }
  if (classWeights?.every((weight) => weight === 0)) {
    problems.push(`one class weight at least is positive, got ${classWeights.join(', ')}`);
  }
  if (!LOSS_RESOLUTIONS.includes(resolution)) {
    problems.push(`the resolution is one of ${LOSS_RESOLUTIONS.join(', ')}, got ${resolution}`);
  }
  if (!Number.isInteger(ignoreIndex) || ignoreIndex < 0 || ignoreIndex > 255) {
    problems.push(`the ignored label is from 0 to 255, got ${ignoreIndex}`);
  }
  if (problems.length > 0) throw new UsageError(`The loss does not fit: ${problems.join('; ')}.`);
}
