/**
 * The building blocks of RefineNet (Lin et al., CVPR 2017, section 3.2), in the paper's words: residual conv unit (RCU),
 * multi-resolution fusion, chained residual pooling (CRP), and the RefineNet block that joins them.
 */
import { type Dimension, evaluateDimension } from '../../graph/dimension.ts';
import { add } from '../../graph/ops/elementwise.ts';
import { maxPool } from '../../graph/ops/pool.ts';
import { type CoordinateTransformation, resize } from '../../graph/ops/resize.ts';
import type { Value } from '../../graph/value.ts';
import { conv2d } from '../../nn/layers.ts';
import type { Scope } from '../../nn/scope.ts';
import { ACTIVATIONS, type Activation } from '../activations.ts';

/** What a residual conv unit adds at its end: its input (the paper), or its rectified input (pytorch_refinenet). */
export type Skip = 'input' | 'rectified';

/** The order of a pooling block: 5x5 max pooling before the convolution (the paper) or after it ("improved pooling"). */
export type PoolingOrder = 'pool-conv' | 'conv-pool';

/** How values between samples are found. */
export type Interpolation = 'linear' | 'cubic';

export interface BlockOptions {
  /** Kernel of the fusion and pooling convolutions: 3 in RefineNet, 1 in Light-Weight RefineNet. */
  readonly kernel: 1 | 3;
  /** Residual conv units on each input, and after the pooling. */
  readonly units: { readonly adapt: number; readonly output: number };
  readonly pooling: { readonly order: PoolingOrder; readonly count: number };
  readonly skip: Skip;
  readonly activation: Activation;
  readonly upsampling: CoordinateTransformation;
  /** Linear when left out. */
  readonly interpolation?: Interpolation | undefined;
}

/** One input of a block, and whether it passes a fusion convolution before it is upsampled and summed. */
export interface BlockInput {
  readonly value: Value;
  readonly fuse: boolean;
}

/** x + conv2(relu(conv1(relu(x)))): 3x3 convolutions that keep the channels, the first one with a bias. */
export function residualConvUnit(
  scope: Scope,
  x: Value,
  { skip, activation }: Pick<BlockOptions, 'skip' | 'activation'>,
): Value {
  const activate = ACTIVATIONS[activation];
  const channels = x.shape[1] as number;
  const rectified = activate(x, scope.name);
  const first = conv2d(scope.at('conv1'), rectified, { channels, kernel: 3, bias: true });
  const second = conv2d(scope.at('conv2'), activate(first, scope.name), { channels, kernel: 3 });
  return add(skip === 'input' ? x : rectified, second, scope.name);
}

/** `count` residual conv units in a row, named 0, 1, ... */
export function residualConvUnits(
  scope: Scope,
  x: Value,
  count: number,
  options: Pick<BlockOptions, 'skip' | 'activation'>,
): Value {
  let y = x;
  for (let index = 0; index < count; index++) {
    const unit = scope.at(index);
    y = unit.mark([y], residualConvUnit(unit, y, options));
  }
  return y;
}

/**
 * Brings inputs [N, C_i, h_i, w_i] to the same channels by convolution and to the largest size by upsampling (bilinear in the
 * paper), and sums them: convolution first, then upsampling, then the sum. A single input passes unchanged.
 * @param channels of the result; the smallest C_i, as in the paper, when left out.
 */
export function multiResolutionFusion(
  scope: Scope,
  inputs: readonly BlockInput[],
  { kernel, upsampling, interpolation = 'linear' }: Pick<BlockOptions, 'kernel' | 'upsampling' | 'interpolation'>,
  channels: number = Math.min(...inputs.map(({ value }) => value.shape[1] as number)),
): Value {
  if (inputs.length === 1) return (inputs[0] as BlockInput).value;
  const values = inputs.map(({ value, fuse }, index) =>
    fuse ? conv2d(scope.at(index), value, { channels, kernel }) : value,
  );
  const target = { heightOf: largestAlong(values, 2), widthOf: largestAlong(values, 3) };
  const fused = values
    .map((value) => resize(value, target, upsampling, interpolation, scope.name))
    .reduce((sum, value) => add(sum, value, scope.name));
  return scope.mark(
    inputs.map(({ value }) => value),
    fused,
  );
}

/**
 * r = relu(x), then a chain of pooling blocks in which each takes the result of the one before; the result is r plus the
 * result of every block.
 */
export function chainedResidualPooling(
  scope: Scope,
  x: Value,
  { kernel, pooling, activation }: Pick<BlockOptions, 'kernel' | 'pooling' | 'activation'>,
): Value {
  const channels = x.shape[1] as number;
  const rectified = ACTIVATIONS[activation](x, scope.name);
  let path = rectified;
  let sum = rectified;
  for (let index = 1; index <= pooling.count; index++) {
    const block = scope.at(`block${index}`);
    const pool = (value: Value): Value => maxPool(value, 5, 1, 2, block.name);
    const convolve = (value: Value): Value => conv2d(block, value, { channels, kernel });
    path = pooling.order === 'pool-conv' ? convolve(pool(path)) : pool(convolve(path));
    sum = add(sum, path, scope.name);
  }
  return scope.mark([x], sum);
}

/**
 * The RefineNet block: residual conv units on every input, multi-resolution fusion, chained residual pooling, and the
 * output conv. Any number of inputs of any size and channel count; the result has the smallest channel count and the
 * largest size among them.
 */
export function refineNetBlock(scope: Scope, inputs: readonly BlockInput[], options: BlockOptions): Value {
  const adapted = inputs.map(({ value, fuse }, index) => ({
    value: residualConvUnits(scope.at('adapt').at(index), value, options.units.adapt, options),
    fuse,
  }));
  const fused = multiResolutionFusion(scope.at('fusion'), adapted, options);
  const pooled = chainedResidualPooling(scope.at('pooling'), fused, options);
  return residualConvUnits(scope.at('output'), pooled, options.units.output, options);
}

/** The value with the largest extent along an axis, the first of several; by what they come to at sizes of the image where they are open. */
function largestAlong(values: readonly Value[], axis: 2 | 3): Value {
  const sizes = new Map(values.map((value) => [value, sizeOfExtent(value.shape[axis] as Dimension)]));
  const size = (value: Value): number => sizes.get(value) as number;
  return values.reduce((largest, value) => (size(value) > size(largest) ? value : largest));
}

/**
 * Sizes of an image that tell extents apart: large ones, so that the stride decides, and of every remainder by up to 16, the largest
 * image divisor, which decides between extents of one stride that are rounded in other ways.
 */
const IMAGE_SIZES = Array.from({ length: 16 }, (_, remainder) => 32 * 720_720 + remainder);

const sizeOfExtent = (extent: Dimension): number =>
  IMAGE_SIZES.reduce((sum, size) => sum + evaluateDimension(extent, () => size), 0);
