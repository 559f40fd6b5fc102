/** Layers with named parameters, in PyTorch's names and with PyTorch's default initialisation. */
import { conv } from '../graph/ops/conv.ts';
import { mul } from '../graph/ops/elementwise.ts';
import { batchNormalization } from '../graph/ops/normalization.ts';
import { type Initializer, input, type Value } from '../graph/value.ts';
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

/** Batch normalisation with parameters `weight`, `bias` and statistics `running_mean`, `running_var`, each [C]. */
export function batchNorm2d(scope: Scope, x: Value, epsilon = 1e-5): Value {
  const shape = [x.shape[1] as number];
  const zero: Initializer = { kind: 'constant', value: 0 };
  const one: Initializer = { kind: 'constant', value: 1 };
  return batchNormalization(
    x,
    [
      scope.parameter('weight', shape, one),
      scope.parameter('bias', shape, zero),
      scope.parameter('running_mean', shape, zero),
      scope.parameter('running_var', shape, one),
    ],
    epsilon,
    scope.name,
  );
}

/** The name under which a dropout's mask is fed in training. */
export const dropoutMaskName = (scope: Scope): string => `dropout:${scope.name}`;

/**
 * Element-wise dropout. In training, x times a fed mask of x's shape whose elements are 0 or 1 / (1 - probability);
 * in evaluation, or with probability 0, x itself.
 */
export function dropout(scope: Scope, x: Value, probability: number): Value {
  if (scope.mode === 'evaluation' || probability === 0) return x;
  return mul(x, input(dropoutMaskName(scope), x.dtype, x.shape), scope.name);
}
