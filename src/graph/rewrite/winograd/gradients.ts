/** The gradients of convolutions in Winograd's form, wherever a cost model finds that faster. */
import type { ConvGradientAttributes } from '../../gradient/convolution/attributes.ts';
import { ConvInputGradient } from '../../gradient/convolution/input-gradient.ts';
import { ConvWeightGradient } from '../../gradient/convolution/weight-gradient.ts';
import { conv, type ConvAttributes } from '../../ops/conv.ts';
import { matMul, matrixTranspose } from '../../ops/matmul.ts';
import { reshape, transpose } from '../../ops/shape.ts';
import { type Node, type Value, within } from '../../value.ts';
import type { Rewrite } from '../rewrite.ts';
import { type ChooseTile, isPlain3x3 } from './rule.ts';
import {
  matrixValue,
  missing,
  stacked,
  tilesOf,
  transformedKernels,
  transformedTiles,
  winogradConvolution,
} from './convolution.ts';
import { type Matrix, type Tile, transposed, winogradMatrices } from './matrices.ts';

/** The gradients of 3 x 3 convolutions at stride 1 with one row and column of padding, in the form that was chosen for each. */
export const winogradGradients = (choose: ChooseTile): Rewrite => ({
  name: 'winograd-gradients',
  apply(node) {
    const form = GRADIENT_FORMS[node.op.name];
    const tile = form && isPlain3x3Gradient(node) ? choose(node) : null;
    if (!form || tile === null) return null;
    const [gradient, other] = node.inputs as [Value, Value];
    return [within(node.scope, () => form(gradient, other, tile))];
  },
});

type GradientForm = (gradient: Value, other: Value, tile: Tile) => Value;

const GRADIENT_FORMS: Readonly<Record<string, GradientForm>> = {
  [ConvInputGradient.name]: winogradInputGradient,
  [ConvWeightGradient.name]: winogradWeightGradient,
};

/** Whether a gradient belongs to a convolution that has a Winograd form. */
function isPlain3x3Gradient({ op, inputs, attributes }: Node): boolean {
  const [gradient, other] = inputs as [Value, Value];
  const weight = op.name === ConvWeightGradient.name ? (attributes as ConvGradientAttributes).shape : other.shape;
  return gradient.dtype === 'float32' && isPlain3x3(weight, attributes as ConvAttributes);
}

/**
 * The gradient with respect to x of such a convolution: a convolution of the gradient [N, K, H, W] with the kernel turned
 * around and its channel axes exchanged. Turning exchanges columns of the kernel matrix. The engine joins the exchange of axes
 * with the product over channels, which takes longer for it at each of the n² positions; where they are many, exchanging 9
 * numbers a kernel before the transform takes less.
 */
function winogradInputGradient(gradient: Value, weight: Value, tile: Tile): Value {
  const turned = reversedColumns(winogradMatrices(tile).kernel);
  const kernels = (of: Value): Value => transformedKernels(of, matrixValue(weight, turned));
  const exchanged = tile === 2 ? matrixTranspose(kernels(weight)) : kernels(transpose(weight, [1, 0, 2, 3]));
  return winogradConvolution(gradient, exchanged, null, tile);
}

/**
 * The gradient with respect to the weight [K, C, 3, 3]: with d the transformed tiles of x and e those of the gradient, which
 * pass the output's transform backwards, e d' summed over tiles is the gradient of the transformed kernels.
 */
function winogradWeightGradient(gradient: Value, x: Value, tile: Tile): Value {
  const { output, kernel } = winogradMatrices(tile);
  const [outputs, inputs] = [gradient, x].map(({ shape }) => shape[1] as number) as [number, number];
  const planes = stacked(gradient, tile);
  const [below, beside] = planes.shape.slice(2).map((extent) => missing(extent as number, tile)) as [number, number];
  const windows = conv(planes, reshape(matrixValue(x, transposed(output)), [output.columns, 1, tile, tile]), null, {
    stride: [tile, tile],
    pads: [0, 0, below, beside],
  });
  const products = tilesOf(windows, outputs).byPosition;
  const product = matMul(products, matrixTranspose(transformedTiles(x, tile).byPosition));
  const flat = reshape(product, [kernel.rows, outputs * inputs]);
  return reshape(matMul(matrixTranspose(flat), matrixValue(x, kernel)), [outputs, inputs, 3, 3]);
}

function reversedColumns({ rows, columns, numbers }: Matrix): Matrix {
  const reversed = numbers.map((_, at) => numbers[at - (at % columns) + columns - 1 - (at % columns)] as number);
  return { rows, columns, numbers: reversed };
}
