/**
 * The graph of a training step up to its gradients, a pure function of what is fed: from weights and a batch to the loss, the
 * gradients and the new running statistics. What the update does with them is in update-rules.ts.
 */
import { gradient } from '../../graph/gradient/gradient.ts';
import type { GradientRules } from '../../graph/gradient/rule.ts';
import { add, sqrt } from '../../graph/ops/elementwise.ts';
import { sumOfSquares } from '../../graph/ops/sum-of-squares.ts';
import { constant, input, type Parameter, type Value } from '../../graph/value.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { network, networkParameters } from '../../models/network.ts';
import { pixelValues } from '../../models/pixel-values.ts';
import { type MovingStatistic, movingStatistics } from '../../nn/running-statistics.ts';
import { type Mode, scope } from '../../nn/scope.ts';
import { float32 } from '../../tensor/tensor.ts';
import { globMatcher } from '../../glob-patterns.ts';
import { type LossValues, totalLoss } from '../losses/index.ts';
import { type FrozenSplit, splitFrozen } from './frozen-part.ts';
import { type Trainable, trainables } from './parameter-groups.ts';
import type { StepDefinition } from './types.ts';

/** The extents of a batch, all known. */
export interface BatchShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** What a batch holds beside labels: pixels, or what the network's frozen part gives for them. */
export type BatchContent = 'pixels' | 'features';

/** The name of the labels' input, uint8 [N, H, W]. */
export const LABELS = 'labels';

/** The name of the input of a teacher's logits, float32 [N, K, h, w]. */
export const TEACHER_LOGITS = 'teacher-logits';

/** The outputs that say how a step went, all of shape []; the norm is there of gradients of a mean, the weight of those of a sum. */
export const REPORT = {
  loss: 'loss',
  weight: 'loss-weight',
  pixels: 'pixels',
  correct: 'correct',
  gradientNorm: 'gradient-norm',
} as const;

/** How tensors beside the weights are called, after their parameters. */
export const NAMES = {
  slot: (slot: string, parameter: string): string => `${slot}:${parameter}`,
  ema: (parameter: string): string => `ema:${parameter}`,
  gradient: (parameter: string): string => `gradient:${parameter}`,
  /** What becomes of a tensor of the state. */
  next: (tensor: string): string => `next:${tensor}`,
} as const;

/** The roles of a parameter's tensors, `weight`, its slots in the optimizer, and `ema`, with the names that they are fed under. */
export const namesByRole = (
  name: string,
  slots: readonly string[],
): readonly (readonly [role: string, name: string])[] => [
  ['weight', name],
  ...slots.map((slot) => [slot, NAMES.slot(slot, name)] as const),
  ['ema', NAMES.ema(name)],
];

/** What a step changes of a network. */
export interface NetworkParts {
  /** Every tensor of the network's state. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly trainables: readonly Trainable[];
  /** How layers behave in training. */
  readonly mode: Mode;
}

/**
 * @throws UsageError if a pattern of frozen names fits none, or nothing is left to train.
 */
export function networkParts(network: NetworkDefinition, step: StepDefinition): NetworkParts {
  const parameters = networkParameters(network);
  const isFrozen = globMatcher(step.frozen, [...parameters.keys()], 'parameter');
  return {
    parameters,
    trainables: trainables(parameters, step),
    mode: {
      dropout: true,
      batchStatistics: (layer) => step.batchNorm === 'trained' && !isFrozen(`${layer}.running_mean`),
    },
  };
}

export interface GradientValues extends LossValues {
  /** By parameter. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** The running statistics, and what the batch moves them towards. */
  readonly statistics: readonly MovingStatistic[];
}

/** The network's logits for pixels while it trains, float32 [N, K, h, w]. @throws ShapeError if they are too few for it. */
export const trainingLogits = (
  definition: NetworkDefinition,
  { mode }: NetworkParts,
  { batch, height, width }: BatchShape,
): Value => network(definition, pixelValues({ batch, height, width }), scope('', mode));

/**
 * The network split where its frozen part ends.
 * @throws UsageError if nothing of it is frozen.
 */
export const frozenSplit = (definition: NetworkDefinition, parts: NetworkParts, shape: BatchShape): FrozenSplit =>
  splitFrozen(trainingLogits(definition, parts, shape), new Set(parts.trainables.map(({ name }) => name)));

export interface GradientOptions {
  /** By which the gradients, not the loss, are multiplied: by the batch's weight they are those of a sum; 1 when left out. */
  readonly factor?: (loss: LossValues) => Value;
  /** The shape of a teacher's logits; none when left out. */
  readonly teacher?: readonly number[] | undefined;
  /** Whether a batch holds pixels, when left out, or what the network's frozen part gives for them. */
  readonly takes?: BatchContent | undefined;
  /** Rules of operators in place of their own. */
  readonly rules?: Partial<GradientRules> | undefined;
}

/** From weights and a batch to the loss and its gradients. */
export function gradientValues(
  definition: NetworkDefinition,
  { loss }: StepDefinition,
  parts: NetworkParts,
  shape: BatchShape,
  { factor = () => number(1), teacher, takes = 'pixels', rules }: GradientOptions = {},
): GradientValues {
  const { batch, height, width } = shape;
  const { trainables } = parts;
  const logits =
    takes === 'pixels' ? trainingLogits(definition, parts, shape) : frozenSplit(definition, parts, shape).result;
  const taught = teacher && input(TEACHER_LOGITS, 'float32', teacher);
  const values = totalLoss(logits, input(LABELS, 'uint8', [batch, height, width]), loss, taught);
  const parameters = trainables.map(({ parameter }) => parameter);
  const gradients = gradient(values.loss, parameters, factor(values), rules);
  return {
    ...values,
    gradients: new Map(trainables.map(({ name }, index) => [name, gradients[index] as Value])),
    statistics: movingStatistics([logits]),
  };
}

/** A number as a value of shape []. */
export const number = (value: number): Value => constant(float32([], [value]));

/** The Euclidean norm of all gradients together. */
export const globalNorm = (gradients: readonly Value[]): Value =>
  sqrt(gradients.map((value) => sumOfSquares(value)).reduce((sum, square) => add(sum, square)));
