/** 3 x 3 convolutions at stride 1 in Winograd's form, in standard operators. */
import { type Dimension, isStatic, multiplyDimension } from '../../dimension.ts';
import { numbersLike, wholeNumbers } from '../../ops/constants.ts';
import { conv } from '../../ops/conv.ts';
import { add } from '../../ops/elementwise.ts';
import { gather } from '../../ops/gather.ts';
import { matMul, matrixTranspose } from '../../ops/matmul.ts';
import { pad } from '../../ops/pad.ts';
import { reshape, reshapeOpen, transpose } from '../../ops/shape.ts';
import { concat, cropPlaneTo, shapeOf, slice } from '../../ops/structure.ts';
import { tensor } from '../../../tensor/tensor.ts';
import { constant, knownShape, type Value } from '../../value.ts';
import { type Matrix, type Tile, transposed, winogradMatrices, winogradOutputLine } from './matrices.ts';

type Extents = readonly [Dimension, number, Dimension, Dimension];

/** Whether the extents of x [N, C, H, W] allow Winograd's form: only a single image may have an open height or width. */
export const hasTiles = ({ shape }: Value): boolean => shape[0] === 1 || isStatic(shape);

/**
 * `weight * x (+ bias)` with one row and column of zeros around x [N, C, H, W]. With n = tile + 2 and T tiles in all images:
 *
 * 1. Each n x n tile of x is transformed to n² numbers: [n², C, T].
 * 2. At each of these positions, a matrix product over channels: [n², K, C] times [n², C, T].
 * 3. The products are transformed to m x m outputs a tile, in their places.
 * @param kernels the transformed weight, [n², K, C].
 * @param bias [K].
 */
export function winogradConvolution(x: Value, kernels: Value, bias: Value | null, tile: Tile, scope?: string): Value {
  const tiles = transformedTiles(x, tile, scope);
  const products = matMul(kernels, tiles.byPosition, scope);
  const plane = outputPlane(products, tiles, x, tile, scope);
  return bias ? add(plane, reshape(bias, [knownShape(bias)[0] as number, 1, 1], scope), scope) : plane;
}

/** Numbers of all T tiles of some channels, n² a tile. */
export interface TransformedTiles {
  /** [n², C, T] */
  readonly byPosition: Value;
  /** The same, its last two axes the rows and columns of tiles of all images together. */
  readonly inRows: Value;
}

/** The transformed tiles of x [N, C, H, W]. */
export const transformedTiles = (x: Value, tile: Tile, scope?: string): TransformedTiles =>
  inputTiles(stacked(x, tile, scope), x.shape[1] as number, tile, scope);

/**
 * From products [n², K, T] of x's tiles to [N, K, H, W]. Along the height first, as one product; then along the width, where the
 * m outputs of neighboring tiles come to stand beside each other: lines of the plane, which only have to be put in their order.
 */
export function outputPlane(
  products: Value,
  { inRows }: TransformedTiles,
  x: Value,
  tile: Tile,
  scope?: string,
): Value {
  const [outputs, count] = products.shape.slice(1) as [number, Dimension];
  const [rows, columns] = inRows.shape.slice(2) as [Dimension, Dimension];
  const line = winogradOutputLine(tile);
  const side = line.columns;
  const across = multiplyDimension(count, outputs);
  const flat = reshapeOpen(products, [side, multiplyDimension(across, side)], wholeNumbers(side, -1), scope);
  const high = matMul(matrixValue(x, line), flat, scope);
  const byColumn = reshapeOpen(high, [tile, side, across], wholeNumbers(tile, side, -1), scope);
  const wide = matMul(matrixTranspose(byColumn), matrixValue(x, transposed(line)), scope);
  const width = multiplyDimension(columns, tile);
  if (x.shape[0] !== 1)
    return imagesOfLines(reshape(wide, [tile, outputs, rows as number, width as number], scope), x, scope);
  const lines = reshapeOpen(
    wide,
    [tile, outputs, rows, width],
    concat([wholeNumbers(tile, outputs), extentsOf(inRows, 2, 3, scope), wholeNumbers(-1)], 0, scope),
    scope,
  );
  const inOrder = transpose(lines, [1, 2, 0, 3], scope);
  const shape = [1, outputs, multiplyDimension(rows, tile), width];
  return cropPlaneTo(reshapeOpen(inOrder, shape, wholeNumbers(1, outputs, -1, 0), scope), x, scope);
}

/** A weight [K, C, 3, 3] transformed to [n², K, C]. @param kernelTransform the kernel matrix, [n², 9]. */
export function transformedKernels(weight: Value, kernelTransform: Value, scope?: string): Value {
  const [outputs, inputs, height, width] = knownShape(weight) as [number, number, number, number];
  const taps = matrixTranspose(reshape(weight, [outputs * inputs, height * width], scope));
  const positions = knownShape(kernelTransform)[0] as number;
  return reshape(matMul(kernelTransform, taps, scope), [positions, outputs, inputs], scope);
}

/**
 * The transformed n x n tiles of planes. As a convolution with n² kernels and a stride of one tile, this pads, cuts and transforms
 * in one pass, and works at any size.
 */
function inputTiles(planes: Value, channels: number, tile: Tile, scope?: string): TransformedTiles {
  const [height, width] = planes.shape.slice(2) as [Dimension, Dimension];
  const side = tile + 2;
  const { input } = winogradMatrices(tile);
  const kernels = reshape(matrixValue(planes, input), [input.rows, 1, side, side], scope);
  // Beyond the row and column around x, zeros that fill the last tile: as many as any size may need, where it is open.
  const after = (extent: Dimension): number => 1 + (typeof extent === 'number' ? missing(extent, tile) : tile - 1);
  const pads = [1, 1, after(height), after(width)] as const;
  return tilesOf(conv(planes, kernels, null, { stride: [tile, tile], pads }, scope), channels, scope);
}

/** Takes the tiles out of planes that were convolved with n² kernels: one plane a channel, or one of all channels below one another. */
export function tilesOf(convolved: Value, channels: number, scope?: string): TransformedTiles {
  const [planes, positions, rows, columns] = convolved.shape as readonly [number, number, Dimension, Dimension];
  if (planes === channels) {
    const shape = [channels, positions, multiplyDimension(rows, columns)];
    const flat = reshapeOpen(convolved, shape, wholeNumbers(0, 0, -1), scope);
    return { byPosition: transpose(flat, [1, 0, 2], scope), inRows: convolved };
  }
  const count = ((rows as number) / channels) * (columns as number);
  const inRows = reshape(convolved, [positions, channels, (rows as number) / channels, columns as number], scope);
  return { byPosition: reshape(inRows, [positions, channels, count], scope), inRows };
}

/** What is missing to a whole number of tiles. */
export const missing = (extent: number, tile: Tile): number => (tile - (extent % tile)) % tile;

/** The height of an image in a stack: with at least one row of zeros before the next image, and whole tiles in all together. */
export function stackedHeight(images: number, height: number, tile: Tile): number {
  let tall = height + 1;
  while ((images * tall) % tile > 0) tall++;
  return tall;
}

/**
 * The planes of x [N, C, H, W]. Of one image they are [C, 1, H, W]. The images of a batch lie below one another, so that their
 * tiles are those of one tall image, and so do the channels, [1, 1, C N H', W]: then its tiles come out by position.
 */
export function stacked(x: Value, tile: Tile, scope?: string): Value {
  const [batch, channels, height, width] = x.shape as Extents;
  if (batch === 1) return reshapeOpen(x, [channels, 1, height, width], wholeNumbers(-1, 1, 0, 0), scope);
  const [images, rows] = [batch, height] as [number, number];
  const tall = stackedHeight(images, rows, tile);
  const padded = pad(x, [{ axis: 2, start: 0, end: tall - rows }], 0, scope);
  return reshape(transpose(padded, [1, 0, 2, 3], scope), [1, 1, channels * images * tall, width as number], scope);
}

/**
 * The opposite of stacking: from lines [m, K, rows of tiles in all images, W or more] of a stack to [N, K, H, W] of x's height and
 * width. Picking each line takes the engine less than putting all in order and cutting away those between the images.
 */
function imagesOfLines(lines: Value, x: Value, scope?: string): Value {
  const [tile, channels, rows, wide] = knownShape(lines) as readonly [number, number, number, number];
  const [images, , height, width] = knownShape(x) as readonly [number, number, number, number];
  const flat = reshape(lines, [tile * channels * rows, wide], scope);
  const inOrder = gather(flat, linesInOrder({ tile, channels, rows, images, height }), 0, scope);
  const planes = reshape(inOrder, [images, channels, height, wide], scope);
  return wide === width ? planes : slice(planes, 3, 0, width, scope);
}

interface LineExtents {
  readonly tile: number;
  readonly channels: number;
  readonly rows: number;
  readonly images: number;
  readonly height: number;
}

/** Where the lines of images stand in a stack's; one value for all convolutions of the same extents, as it has up to millions of numbers. */
function linesInOrder(extents: LineExtents): Value {
  const key = Object.values(extents).join();
  const known = linesKnown.get(key)?.deref();
  if (known) return known;
  const { tile, channels, rows, images, height } = extents;
  const pitch = (tile * rows) / images;
  const picked = Int32Array.from({ length: images * channels * height }, (_, at) => {
    const row = Math.floor(at / (channels * height)) * pitch + (at % height);
    const channel = Math.floor(at / height) % channels;
    return ((row % tile) * channels + channel) * rows + Math.floor(row / tile);
  });
  const value = constant(tensor('int32', [picked.length], picked));
  linesKnown.set(key, new WeakRef(value));
  return value;
}

const linesKnown = new Map<string, WeakRef<Value>>();

/** Some of a value's extents, int64: numbers where they are known. */
function extentsOf(x: Value, start: number, end: number, scope?: string): Value {
  const known = x.shape.slice(start, end);
  const areKnown = known.every((extent) => typeof extent === 'number');
  return areKnown ? wholeNumbers(...(known as number[])) : slice(shapeOf(x, scope), 0, start, end, scope);
}

/** A transform's matrix as a constant of another value's type. */
export const matrixValue = (like: Pick<Value, 'dtype'>, { rows, columns, numbers }: Matrix): Value =>
  numbersLike(like, [rows, columns], numbers);
