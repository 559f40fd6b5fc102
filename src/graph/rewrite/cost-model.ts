/** What a convolution takes in each of its forms on a kind of machine, and so the form to take. */
import type { MachineCosts } from '../../runtime/machine-costs.ts';
import { type Dimension, evaluateDimension } from '../dimension.ts';
import type { OperatorName } from '../gradient/operators.ts';
import { Conv } from '../ops/conv.ts';
import type { Node, Value } from '../value.ts';
import { stackedHeight } from './winograd/convolution.ts';
import { TILES, type Tile } from './winograd/matrices.ts';

/** A convolution's extents: batch, output and input channels, output height and width. */
export interface ConvolutionExtents {
  readonly batch: number;
  readonly outputs: number;
  readonly inputs: number;
  readonly height: number;
  readonly width: number;
}

/** How the choice is made. */
export interface TileChoice {
  readonly costs: MachineCosts;
  /** Whether weights are transformed at loading, or at each run. */
  readonly ahead: boolean;
  /** Whether for a step of training. */
  readonly training?: boolean;
  /** The most bytes that a convolution's transformed tiles, kernels and products may take together. */
  readonly limit: number;
  /** Numbers for extents that are open. */
  readonly extentOf: (name: string) => number;
}

/** Gains below this share of a convolution's time are not worth another form. */
const LEAST_GAIN = 0.05;

/** The costs of the forms that operators have by themselves in training. */
const TRAINING = {
  Conv: 'forward',
  ConvInputGradient: 'input',
  ConvWeightGradient: 'weight',
} as const satisfies { readonly [Name in OperatorName]?: keyof MachineCosts['training'] };

type ConvolutionName = keyof typeof TRAINING;

/** The fastest tile for a convolution, or null if none is faster than the convolution itself. */
export function chooseTile(node: Node, choice: TileChoice): Tile | null {
  const extents = convolutionExtents(node, choice.extentOf);
  const least = worthwhile(convolutionTime(extents, choice.costs, plainMultiplyAdd(node, choice)));
  const faster = tileTimes(extents, choice).filter(({ time }) => time < least);
  return faster.sort((a, b) => a.time - b.time)[0]?.tile ?? null;
}

/** Whether a convolution takes less as one of three times as many outputs, one for each row of the kernel, than in any other form. */
export function takesKernelRows(node: Node, choice: TileChoice): boolean {
  const extents = convolutionExtents(node, choice.extentOf);
  const itself = convolutionTime(extents, choice.costs, plainMultiplyAdd(node, choice));
  const others = [itself, ...tileTimes(extents, choice).map(({ time }) => time)];
  return kernelRowsTime(extents, choice.costs) < worthwhile(Math.min(...others));
}

/** What another form may take at most to be worth it. */
const worthwhile = (time: number): number => (1 - LEAST_GAIN) * time;

/** The tiles that come into question, and what they take. */
function tileTimes(
  extents: ConvolutionExtents,
  { costs, ahead, limit }: TileChoice,
): { readonly tile: Tile; readonly time: number }[] {
  // The times hold where channels fill a kernel's block: products over fewer were measured slower in any form.
  if (Math.min(extents.inputs, extents.outputs) < costs.convolution.block) return [];
  return TILES.filter((tile) => winogradBytes(extents, tile) <= limit).map((tile) => ({
    tile,
    time: winogradTime(extents, tile, costs, ahead),
  }));
}

/**
 * Moving and adding the results of rows takes as long, for each number of the output, as so many multiply-adds of a convolution:
 * 1.2 ms for 21 classes at 128 x 128.
 */
const ROW_SUMS = 400;

/** It costs what the convolution costs that it becomes, with three numbers of a kernel in place of nine, and the sums of its rows. */
export function kernelRowsTime(extents: ConvolutionExtents, costs: MachineCosts): number {
  const { batch, outputs, height, width } = extents;
  const sums = batch * outputs * height * width * ROW_SUMS * costs.convolution.multiplyAdd;
  return convolutionTime({ ...extents, outputs: 3 * outputs }, costs) / 3 + sums;
}

function plainMultiplyAdd({ op }: Node, { costs, training = false }: TileChoice): number {
  return training ? costs.training[TRAINING[op.name as ConvolutionName]] : costs.convolution.multiplyAdd;
}

/** @param multiplyAdd inference's when left out. */
export function convolutionTime(
  { batch, outputs, inputs, height, width }: ConvolutionExtents,
  { convolution: { block, multiplyAdd: own } }: MachineCosts,
  multiplyAdd = own,
): number {
  const filled = (channels: number): number => Math.ceil(channels / block) * block;
  return batch * filled(outputs) * filled(inputs) * 9 * height * width * multiplyAdd;
}

export function winogradTime(extents: ConvolutionExtents, tile: Tile, costs: MachineCosts, ahead: boolean): number {
  const { outputs, inputs } = extents;
  const { input, output, kernel } = costs.tiles[tile];
  const positions = (tile + 2) ** 2;
  const tiles = tileCount(extents, tile);
  const kernels = outputs * inputs;
  const product = positions * kernels * (tiles * costs.product.multiplyAdd + 4 * costs.product.byte);
  return product + tiles * (inputs * input + outputs * output) + (ahead ? 0 : kernels * kernel);
}

function tileCount({ batch, height, width }: ConvolutionExtents, tile: Tile): number {
  const tall = batch === 1 ? height : batch * stackedHeight(batch, height, tile);
  return Math.ceil(tall / tile) * Math.ceil(width / tile);
}

/** What passes between the parts of Winograd's form. */
export function winogradBytes(extents: ConvolutionExtents, tile: Tile): number {
  const { outputs, inputs } = extents;
  const numbers = (tile + 2) ** 2 * (tileCount(extents, tile) * (inputs + outputs) + inputs * outputs);
  return numbers * Float32Array.BYTES_PER_ELEMENT;
}

/** The extents of a convolution, or of one of its gradients, which multiply as much. */
function convolutionExtents(node: Node, extentOf: TileChoice['extentOf']): ConvolutionExtents {
  const [first, second] = node.inputs as [Value, Value];
  const [y] = node.outputs as [Value];
  // What stands for the outputs [N, K, H, W], and for the inputs [N, C, H, W].
  const [wide, channels] = ((): [Value, Dimension] => {
    if (node.op.name === Conv.name) return [y, first.shape[1] as Dimension];
    return [
      first,
      (node.op.name === ('ConvInputGradient' satisfies ConvolutionName) ? y : second).shape[1] as Dimension,
    ];
  })();
  const [batch, outputs, height, width] = wide.shape.map((extent) => evaluateDimension(extent, extentOf)) as [
    number,
    number,
    number,
    number,
  ];
  return { batch, outputs, inputs: channels as number, height, width };
}
