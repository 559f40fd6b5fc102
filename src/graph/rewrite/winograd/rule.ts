/** Convolutions in Winograd's form, wherever a cost model finds that faster. */
import { Conv, type ConvAttributes } from '../../ops/conv.ts';
import type { Node, Shape, Value } from '../../value.ts';
import type { Rewrite } from '../rewrite.ts';
import { hasTiles, transformedKernels, winogradConvolution } from './convolution.ts';
import type { Tile } from './matrices.ts';

/** The tile for a convolution, or null to leave it as it is. */
export type ChooseTile = (convolution: Node) => Tile | null;

/**
 * 3 x 3 convolutions at stride 1 with one row and column of padding, in the form that was chosen for each.
 * @param kernelTransform the kernel matrix [n², 9] of a tile.
 */
export const winograd = (choose: ChooseTile, kernelTransform: (tile: Tile) => Value): Rewrite => ({
  name: 'winograd',
  apply(node) {
    const tile = isWinogradEligible(node) ? choose(node) : null;
    if (tile === null) return null;
    const [x, weight, bias = null] = node.inputs as [Value, Value, Value | null | undefined];
    const kernels = transformedKernels(weight, kernelTransform(tile), node.scope);
    return [winogradConvolution(x, kernels, bias, tile, node.scope)];
  },
});

/** Whether a node is a convolution that has a Winograd form. */
export const isWinogradEligible = (node: Node): boolean =>
  isPlain3x3Convolution(node) && hasTiles(node.inputs[0] as Value);

/** Whether a node is a 3 x 3 convolution at stride 1 with one row and column of padding. */
export function isPlain3x3Convolution({ op, inputs, attributes }: Node): boolean {
  const [x, weight] = inputs as [Value, Value];
  return op.name === Conv.name && x.dtype === 'float32' && isPlain3x3(weight.shape, attributes as ConvAttributes);
}

/** Whether a weight of this shape is moved so. */
export function isPlain3x3([, , height, width]: Shape, { stride, dilation, pads, groups }: ConvAttributes): boolean {
  return height === 3 && width === 3 && [...stride, ...dilation, ...pads, groups].every((one) => one === 1);
}
