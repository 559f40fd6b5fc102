/** The weight gradient of a convolution in few launches: what each kernel position saw is laid out, and multiplied once. */
import type { Pair, Window } from '../../ops/conv.ts';
import { add } from '../../ops/elementwise.ts';
import { matMul } from '../../ops/matmul.ts';
import { padPlane } from '../../ops/pad.ts';
import { reduceSum } from '../../ops/reduction.ts';
import { reshape, transpose } from '../../ops/shape.ts';
import { concat } from '../../ops/structure.ts';
import { knownShape, type Value } from '../../value.ts';
import { type ConvGradientAttributes, type Extents, isPointwise } from '../convolution/attributes.ts';
import { byImages, LAID_OUT_AT_ONCE, unfold } from './windows.ts';

/**
 * With respect to the weight [out, C / groups, kh, kw]: products of the gradient [N, out, P] with windows [N, P, C kh kw], summed over
 * images. Windows that are too many go kernel row by kernel row, and some images at a time.
 */
export function weightGradientByWindows(
  gradient: Value,
  x: Value,
  attributes: ConvGradientAttributes,
  atOnce = LAID_OUT_AT_ONCE,
): Value {
  const { groups, stride, dilation, pads, shape } = attributes;
  const [outputs, perGroup, height, width] = shape;
  const [batch, , rows, columns] = knownShape(gradient) as Extents;
  const pixels = rows * columns;
  const kernel: Pair = [height, width];
  const isPoint = isPointwise(kernel, attributes);
  const perRow = batch * perGroup * groups * width * pixels;
  if (!isPoint && perRow > atOnce && batch > 1) {
    const ofImages = ([own, seen]: readonly Value[]): Value =>
      weightGradientByWindows(own as Value, seen as Value, attributes, atOnce);
    return byImages([gradient, x], perRow, atOnce, ofImages).reduce((sum, part) => add(sum, part));
  }
  const g = reshape(gradient, [batch, groups, outputs / groups, pixels]);
  const product = (seen: Value, count: number): Value => {
    const perChannel = [batch, pixels, groups, perGroup * count];
    // The engine's own convolutions leave channels last, so that this order costs nothing.
    const flat = reshape(transpose(seen, [0, 2, 3, 1]), perChannel);
    const matrices = groups === 1 ? reshape(flat, [batch, 1, pixels, perGroup * count]) : transpose(flat, [0, 2, 1, 3]);
    const sum = reduceSum(matMul(g, matrices), 0);
    return reshape(sum, [outputs, perGroup, count]);
  };
  if (isPoint) return reshape(product(x, 1), shape);
  const window = { kernel, stride, dilation, pads };
  if (perRow * height <= atOnce) {
    return reshape(product(unfold(x, window), height * width), shape);
  }
  const ofRow = (row: number): Value =>
    reshape(product(unfold(...rowOf(x, window, row)), width), [outputs, perGroup, 1, width]);
  return concat([...Array(height).keys()].map(ofRow), 2);
}

/** The rows of x that one row of the kernel saw, and the windows of that row. */
function rowOf(x: Value, { kernel, stride, dilation, pads }: Window, row: number): [x: Value, window: Window] {
  const [height, width] = kernel;
  const [top, left, bottom, right] = pads;
  const above = row * dilation[0];
  const below = (height - 1 - row) * dilation[0];
  const seen = padPlane(x, [top - above, 0, bottom - below, 0]);
  return [seen, { kernel: [1, width], stride, dilation, pads: [0, left, 0, right] }];
}
