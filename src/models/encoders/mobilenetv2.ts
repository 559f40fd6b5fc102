/**
 * MobileNetV2 (Sandler et al., CVPR 2018) as Light-Weight RefineNet uses it: tapped after each of seven stages, without the last
 * 1x1 convolution and classifier, and with an expansion convolution in the first inverted residual too (torchvision's has
 * none there).
 */
import { add, relu6 } from '../../graph/ops/elementwise.ts';
import type { Initializer, Value } from '../../graph/value.ts';
import { batchNorm2d, type Conv2dOptions, conv2d } from '../../nn/layers.ts';
import type { Scope } from '../../nn/scope.ts';
import { type Encoder, type Step, stageSteps, type Tap } from './encoder.ts';

/** Inverted residuals of one stage: expansion factor, output channels, repeats, stride of the first. */
interface Stage {
  readonly expansion: number;
  readonly channels: number;
  readonly repeats: number;
  readonly stride: number;
  /** The stage's tap, named as in light-weight-refinenet. */
  readonly tap: string;
}

const STEM_CHANNELS = 32;

const STAGES: readonly Stage[] = [
  { expansion: 1, channels: 16, repeats: 1, stride: 1, tap: 'layer2' },
  { expansion: 6, channels: 24, repeats: 2, stride: 2, tap: 'layer3' },
  { expansion: 6, channels: 32, repeats: 3, stride: 2, tap: 'layer4' },
  { expansion: 6, channels: 64, repeats: 4, stride: 2, tap: 'layer5' },
  { expansion: 6, channels: 96, repeats: 3, stride: 1, tap: 'layer6' },
  { expansion: 6, channels: 160, repeats: 3, stride: 2, tap: 'layer7' },
  { expansion: 6, channels: 320, repeats: 1, stride: 1, tap: 'layer8' },
];

/** Width multiplier 1.0; parameters are `features.{i}.conv.*` as in torchvision. */
export const mobilenetv2: Encoder = {
  activation: 'relu6',
  taps: tapsOf(STAGES),
  forward(scope, x, { encoderStride } = {}) {
    const features = scope.at('features');
    const stem = features.at(0);
    let y = relu6(convNorm(stem.at(0), stem.at(1), x, { channels: STEM_CHANNELS, kernel: 3, stride: 2 }), stem.name);
    let index = 1;
    const values: Value[] = [];
    const steps = stageSteps(STAGES, 2, encoderStride);
    for (const [stage, { expansion, channels }] of STAGES.entries()) {
      for (const step of steps[stage] as readonly Step[]) {
        y = invertedResidual(features.at(index++).at('conv'), y, { expansion, channels, ...step });
      }
      values.push(y);
    }
    return values;
  },
};

/**
 * Expand 1x1, depthwise 3x3, project 1x1 without activation; x is added where size and channels stay.
 * Parameters: `0.0`, `0.1` expansion and its batch norm, `1.0`, `1.1` depthwise, `2`, `3` projection.
 */
export function invertedResidual(
  scope: Scope,
  x: Value,
  { expansion, channels, ...step }: Step & { readonly expansion: number; readonly channels: number },
): Value {
  const filtered = expandAndFilter(scope, x, (x.shape[1] as number) * expansion, step);
  const projected = convNorm(scope.at(2), scope.at(3), filtered, { channels, kernel: 1 });
  return step.stride === 1 && x.shape[1] === channels ? add(x, projected, scope.name) : projected;
}

/** The first two thirds of an inverted residual: 1x1 to `hidden` channels, then depthwise 3x3, each with batch norm and ReLU6. */
export function expandAndFilter(
  scope: Scope,
  x: Value,
  hidden: number,
  { stride, dilation }: Pick<Step, 'stride' | 'dilation'>,
): Value {
  const expand = scope.at(0);
  const depthwise = scope.at(1);
  const expanded = convNorm(expand.at(0), expand.at(1), x, { channels: hidden, kernel: 1 });
  const filtered = convNorm(depthwise.at(0), depthwise.at(1), relu6(expanded, expand.name), {
    channels: hidden,
    kernel: 3,
    stride,
    dilation,
    groups: hidden,
  });
  return relu6(filtered, depthwise.name);
}

function convNorm(convScope: Scope, normScope: Scope, x: Value, options: Conv2dOptions): Value {
  // He initialization by the fan-out of a group, which keeps the size of signals where batch norm keeps its statistics. torchvision
  // counts the outputs of all groups: its depthwise weights are up to 31 times smaller, which statistics of the batch make up for.
  const fanOut = (options.channels * options.kernel ** 2) / (options.groups ?? 1);
  const initializer: Initializer = { kind: 'normal', std: Math.sqrt(2 / fanOut) };
  return batchNorm2d(normScope, conv2d(convScope, x, { initializer, ...options }));
}

function tapsOf(stages: readonly Stage[]): readonly Tap[] {
  let total = 2;
  return stages.map(({ channels, stride, tap }) => {
    total *= stride;
    return { name: tap, channels, stride: total };
  });
}
