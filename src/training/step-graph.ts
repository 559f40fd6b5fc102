/**
 * The graphs of a training step, pure functions of what is fed: from weights and a batch to gradients, and from weights,
 * gradients and optimiser state to new weights and state. Alone, a step is both in one graph; between replicas or over
 * micro-batches the gradients are summed in between.
 */
import { gradient } from '../graph/gradient.ts';
import { scalarLike } from '../graph/ops/constants.ts';
import { add, div, min, mul, sqrt, sub } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/shape.ts';
import { sumOfSquares } from '../graph/ops/sum-of-squares.ts';
import { constant, input, knownShape, type Parameter, type Value, type ValueType, within } from '../graph/value.ts';
import { parametersOf } from '../graph/walk.ts';
import type { NetworkDefinition } from '../models/definition.ts';
import { pixelValues, refineNet } from '../models/refinenet.ts';
import { runningStatistics } from '../nn/running-statistics.ts';
import { type Mode, scope } from '../nn/scope.ts';
import { elementCount } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';
import { wildcards } from '../wildcard.ts';
import { totalLoss } from './losses/index.ts';
import type { BoundOptimizer } from './optimizers/index.ts';
import { type Trainable, trainables } from './parameter-groups.ts';
import type { ParameterGroup, StepDefinition } from './types.ts';

/** The extents of a batch, all known. */
export interface BatchShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** The name of the labels' input, uint8 [N, H, W]. */
export const LABELS = 'labels';

/** The outputs that say how a step went, all of shape []. */
export const REPORT = { loss: 'loss', pixels: 'pixels', correct: 'correct', gradientNorm: 'gradient-norm' } as const;

/** How tensors beside the weights are called, after their parameters. */
export const NAMES = {
  slot: (slot: string, parameter: string): string => `${slot}:${parameter}`,
  average: (parameter: string): string => `average:${parameter}`,
  gradient: (parameter: string): string => `gradient:${parameter}`,
  /** What becomes of a tensor of the state. */
  next: (tensor: string): string => `next:${tensor}`,
  scalar: (group: ParameterGroup, scalar: string): string => `${group}:${scalar}`,
  /** 1 minus the moving average's decay. */
  averageShare: 'average-share',
} as const;

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
  const parameters = parametersOf([refineNet(network, pixelValues())]);
  const isFrozen = wildcards(step.frozen, [...parameters.keys()], 'parameter');
  return {
    parameters,
    trainables: trainables(parameters, step),
    mode: {
      dropout: true,
      batchStatistics: (layer) => step.batchNorm === 'trained' && !isFrozen(`${layer}.running_mean`),
    },
  };
}

export interface GradientValues {
  readonly loss: Value;
  readonly pixels: Value;
  readonly correct: Value;
  /** By parameter. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** The running statistics after the batch, by name. */
  readonly statistics: ReadonlyMap<string, Value>;
}

/**
 * From weights and a batch to the loss and its gradients.
 * @param share of this batch in the mean over all micro-batches: the gradients, not the loss, are multiplied by it.
 */
export function gradientValues(
  network: NetworkDefinition,
  { loss: definition }: StepDefinition,
  { trainables, mode }: NetworkParts,
  { batch, height, width }: BatchShape,
  share = 1,
): GradientValues {
  const logits = refineNet(network, pixelValues({ batch, height, width }), scope('', mode));
  const values = totalLoss(logits, input(LABELS, 'uint8', [batch, height, width]), definition);
  const parameters = trainables.map(({ parameter }) => parameter);
  const gradients = gradient(values.loss, parameters, constant(float32([], [share])));
  return {
    ...values,
    gradients: new Map(trainables.map(({ name }, index) => [name, gradients[index] as Value])),
    statistics: runningStatistics([logits]),
  };
}

export interface UpdateValues {
  readonly gradientNorm: Value;
  /**
   * New weights, optimiser tensors and moving averages, by the names that they are fed under, their numbers on one axis:
   * to give an output its shape again the engine would copy it.
   */
  readonly state: ReadonlyMap<string, Value>;
}

/**
 * From weights, gradients, optimiser state and scalars to what they become.
 * @param statistics the running statistics after the batch, by name; only the moving average takes them.
 */
export function updateValues(
  { clipNorm, averageDecay }: Pick<StepDefinition, 'clipNorm' | 'averageDecay'>,
  optimizer: BoundOptimizer,
  parameters: readonly Trainable[],
  gradients: ReadonlyMap<string, Value>,
  statistics: ReadonlyMap<string, Value>,
): UpdateValues {
  return within('update', () => {
    const gradientNorm = globalNorm([...gradients.values()]);
    const factor = clipNorm === null ? null : clipFactor(gradientNorm, clipNorm);
    const state = new Map<string, Value>();
    const scalarsOf = scalarInputs(optimizer);
    for (const { name, parameter, group, decays } of parameters) {
      const raw = gradients.get(name) as Value;
      const fed = (slot: string): Value => inARow(input(NAMES.slot(slot, name), parameter.dtype, parameter.shape));
      const gradient = inARow(raw);
      const { weight, slots } = optimizer.update({
        weight: inARow(parameter),
        gradient: factor ? mul(gradient, factor) : gradient,
        slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, fed(slot)])),
        scalars: scalarsOf(group),
        decays,
      });
      state.set(name, weight);
      for (const [slot, value] of Object.entries(slots)) state.set(NAMES.slot(slot, name), value);
    }
    if (averageDecay !== null) {
      const share = input(NAMES.averageShare, 'float32', []);
      const follow = (name: string, { dtype, shape }: ValueType, value: Value): void => {
        const average = inARow(input(NAMES.average(name), dtype, shape));
        state.set(NAMES.average(name), add(average, mul(sub(inARow(value), average), share)));
      };
      for (const { name, parameter } of parameters) follow(name, parameter, state.get(name) as Value);
      for (const [name, value] of statistics) follow(name, value, value);
    }
    return { gradientNorm, state };
  });
}

/**
 * A value's numbers on one axis. With a number the CPU engine multiplies arrays that end in axes of extent 1, as weights of 1 x 1
 * convolutions do, forty times slower.
 */
const inARow = (value: Value): Value => reshape(value, [elementCount(knownShape(value))]);

/** The Euclidean norm of all gradients together. */
function globalNorm(gradients: readonly Value[]): Value {
  return sqrt(gradients.map((value) => sumOfSquares(value)).reduce((sum, square) => add(sum, square)));
}

/** As torch.nn.utils.clip_grad_norm_. */
function clipFactor(norm: Value, limit: number): Value {
  return min(div(scalarLike(norm, limit), add(norm, scalarLike(norm, 1e-6))), scalarLike(norm, 1));
}

/** The optimiser's scalars of each group, as inputs. */
function scalarInputs(optimizer: BoundOptimizer): (group: ParameterGroup) => Readonly<Record<string, Value>> {
  const names = Object.keys(optimizer.scalars(0, 0));
  return (group) => Object.fromEntries(names.map((name) => [name, input(NAMES.scalar(group, name), 'float32', [])]));
}
