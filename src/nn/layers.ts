/** Layers with named parameters, in PyTorch's names and with PyTorch's default initialization. */

import { greaterOrEqual } from '../graph/ops/comparison.ts';
import { scalarLike } from '../graph/ops/constants.ts';
import { conv } from '../graph/ops/conv.ts';
import { mul } from '../graph/ops/elementwise.ts';
import { batchNormalization, trainingBatchNormalization } from '../graph/ops/normalization.ts';
import { cast } from '../graph/ops/structure.ts';
import { type Initializer, input, type Value } from '../graph/value.ts';
import { STATISTICS_MOMENTUM } from './running-statistics.ts';
import type { Scope } from './scope.ts';

export interface Conv2dOptions {
  readonly channels: number;
  /** Height and width of the kernel. */
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  /** How a fresh weight is drawn; PyTorch's default for Conv2d when left out. */
  readonly initializer?: Initializer;
}

/**
 * A convolution with parameters `weight` [channels, C / groups, kernel, kernel] and, if asked, `bias` [channels].
 * Zero padding of dilation (kernel - 1) / 2 on every side keeps the size at stride 1.
 */
export function conv2d(scope: Scope, x: Value, options: Conv2dOptions): Value {
  const { channels, kernel, stride = 1, dilation = 1, groups = 1, bias = false } = options;
  const perGroup = (x.shape[1] as number) / groups;
  // torch.nn.Conv2d draws weight and bias from U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
  const byFanIn: Initializer = { kind: 'uniform', bound: 1 / Math.sqrt(perGroup * kernel * kernel) };
  const weight = scope.parameter('weight', [channels, perGroup, kernel, kernel], options.initializer ?? byFanIn);
  const padding = (dilation * (kernel - 1)) / 2;
  return conv(
    x,
    weight,
    bias ? scope.parameter('bias', [channels], byFanIn) : null,
    { stride: [stride, stride], dilation: [dilation, dilation], pads: [padding, padding, padding, padding], groups },
    scope.name,
  );
}

/**
 * Batch normalization with parameters `weight`, `bias` and statistics `running_mean`, `running_var`, each [C]. Where the
 * scope's mode asks for the batch's own statistics, `runningStatistics` tells how the running ones move.
 */
export function batchNorm2d(scope: Scope, x: Value, epsilon = 1e-5): Value {
  const shape = [x.shape[1] as number];
  const zero: Initializer = { kind: 'constant', value: 0 };
  const one: Initializer = { kind: 'constant', value: 1 };
  const parameters = [
    scope.parameter('weight', shape, one),
    scope.parameter('bias', shape, zero),
    scope.parameter('running_mean', shape, zero),
    scope.parameter('running_var', shape, one),
  ] as const;
  return scope.mode.batchStatistics(scope.name)
    ? trainingBatchNormalization(x, parameters, { epsilon, momentum: STATISTICS_MOMENTUM }, scope.name).y
    : batchNormalization(x, parameters, epsilon, scope.name);
}

/** What the names of the inputs begin with that dropout takes its random numbers from. */
export const DROPOUT_INPUT = 'dropout:';

/**
 * Element-wise dropout. In training, each element is 0 where a number fed under the layer's name, uniform in [0, 1), lies
 * below the probability, and else x / (1 - probability); in evaluation, or with probability 0, x itself.
 */
export function dropout(scope: Scope, x: Value, probability: number): Value {
  if (!scope.mode.dropout || probability === 0) return x;
  const drawn = input(DROPOUT_INPUT + scope.name, x.dtype, x.shape);
  const kept = cast(greaterOrEqual(drawn, scalarLike(x, probability), scope.name), x.dtype, scope.name);
  return mul(x, mul(kept, scalarLike(x, 1 / (1 - probability)), scope.name), scope.name);
}
