/** Residual networks (He et al., CVPR 2016) without their classifier, in torchvision's names. */
import { add, relu } from '../../graph/ops/elementwise.ts';
import { maxPool } from '../../graph/ops/pool.ts';
import type { Initializer, Value } from '../../graph/value.ts';
import { batchNorm2d, type Conv2dOptions, conv2d } from '../../nn/layers.ts';
import type { Scope } from '../../nn/scope.ts';
import { type Encoder, type Step, stageSteps, type StridePlacement } from './encoder.ts';

type Block = 'basic' | 'bottleneck';

const EXPANSION: Readonly<Record<Block, number>> = { basic: 1, bottleneck: 4 };

/** Widths of the four stages before expansion. */
const STAGE_WIDTHS = [64, 128, 256, 512] as const;

/** A ResNet of this block type with so many blocks in its four stages, tapped after each stage. */
export function resnet(block: Block, blockCounts: readonly [number, number, number, number]): Encoder {
  return {
    activation: 'relu',
    taps: STAGE_WIDTHS.map((width, stage) => ({
      name: `layer${stage + 1}`,
      channels: width * EXPANSION[block],
      stride: 4 << stage,
    })),
    forward(scope, x, { stridePlacement = '3x3', encoderStride } = {}) {
      const stem = relu(convNorm(scope, ['conv1', 'bn1'], x, { channels: 64, kernel: 7, stride: 2 }), scope.name);
      let y = maxPool(stem, 3, 2, 1, scope.at('maxpool').name);
      const stages = blockCounts.map((repeats, stage) => ({ stride: stage > 0 ? 2 : 1, repeats }));
      const steps = stageSteps(stages, 4, encoderStride);
      return STAGE_WIDTHS.map((width, stage) => {
        for (const [index, step] of (steps[stage] as readonly Step[]).entries()) {
          y = BLOCKS[block](scope.at(`layer${stage + 1}`).at(index), y, width, step, stridePlacement);
        }
        return y;
      });
    },
  };
}

type BlockFunction = (scope: Scope, x: Value, width: number, step: Step, placement: StridePlacement) => Value;

/** Two 3x3 convolutions around a skip connection. */
export const basicBlock: BlockFunction = (scope, x, width, { stride, dilation, after }) => {
  const first = convNorm(scope, ['conv1', 'bn1'], x, { channels: width, kernel: 3, stride, dilation });
  const inner = { channels: width, kernel: 3, dilation: after };
  const second = convNorm(scope, ['conv2', 'bn2'], relu(first, scope.name), inner);
  return relu(add(second, shortcut(scope, x, width, stride), scope.name), scope.name);
};

/** 1x1 to `width`, 3x3, 1x1 to 4 `width`, around a skip connection. */
export const bottleneck: BlockFunction = (scope, x, width, { stride, dilation, after }, placement) => {
  const channels = width * EXPANSION.bottleneck;
  const strides = placement === '3x3' ? [1, stride] : [stride, 1];
  const reduced = convNorm(scope, ['conv1', 'bn1'], x, { channels: width, kernel: 1, stride: strides[0] as number });
  const spatial = convNorm(scope, ['conv2', 'bn2'], relu(reduced, scope.name), {
    channels: width,
    kernel: 3,
    stride: strides[1] as number,
    dilation: placement === '3x3' ? dilation : after,
  });
  const expanded = convNorm(scope, ['conv3', 'bn3'], relu(spatial, scope.name), { channels, kernel: 1 });
  return relu(add(expanded, shortcut(scope, x, channels, stride), scope.name), scope.name);
};

const BLOCKS: Readonly<Record<Block, BlockFunction>> = { basic: basicBlock, bottleneck };

/** The skip connection: x itself, or a projection where size or channels change. */
function shortcut(scope: Scope, x: Value, channels: number, stride: number): Value {
  if (stride === 1 && x.shape[1] === channels) return x;
  return convNorm(scope.at('downsample'), ['0', '1'], x, { channels, kernel: 1, stride });
}

function convNorm(scope: Scope, [conv, norm]: readonly [string, string], x: Value, options: Conv2dOptions): Value {
  // He initialization by fan-out, as torchvision's ResNets are drawn.
  const initializer: Initializer = { kind: 'normal', std: Math.sqrt(2 / (options.channels * options.kernel ** 2)) };
  return batchNorm2d(scope.at(norm), conv2d(scope.at(conv), x, { initializer, ...options }));
}
