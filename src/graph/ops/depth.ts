/** Moving blocks of pixels into channels, and back: SpaceToDepth and DepthToSpace. */
import { ShapeError } from '../../errors.ts';
import { int } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import { type Dimension, multiplyDimension } from '../dimension.ts';
import { applyOne, type Op, required, type Shape, type Value } from '../value.ts';

export interface BlockAttributes {
  /** Height and width of a block. */
  readonly block: number;
}

/** x [N, C, H, W] to [N, block² C, H / block, W / block]: channel (i block + j) C + c holds pixel (i, j) of every block. */
export const SpaceToDepth: Op<BlockAttributes> = {
  name: 'SpaceToDepth',
  infer(inputs, { block }) {
    const x = required(inputs, 0);
    const [batch, channels, height, width] = planes(x.shape);
    return [
      {
        dtype: x.dtype,
        shape: [batch, channels * block ** 2, divided(height, block, x.shape), divided(width, block, x.shape)],
      },
    ];
  },
  onnxAttributes: ({ block }) => ({ blocksize: int(block) }),
  vjp: ({ gradient, attributes: { block } }) => [depthToSpace(gradient, block)],
};

/** The inverse of SpaceToDepth. */
export const DepthToSpace: Op<BlockAttributes> = {
  name: 'DepthToSpace',
  infer(inputs, { block }) {
    const x = required(inputs, 0);
    if (x.shape.length !== 4 || typeof x.shape[1] !== 'number') {
      throw new ShapeError(`x must have 4 axes with known channels, got ${formatShape(x.shape)}.`);
    }
    const [batch, channels, ...size] = x.shape as [Dimension, number, Dimension, Dimension];
    const grown = size.map((extent) => multiplyDimension(extent, block));
    return [{ dtype: x.dtype, shape: [batch, divided(channels, block ** 2, x.shape), ...grown] }];
  },
  onnxAttributes: ({ block }) => ({ blocksize: int(block) }),
  vjp: ({ gradient, attributes: { block } }) => [spaceToDepth(gradient, block)],
};

export const spaceToDepth = (x: Value, block: number, place?: string): Value =>
  applyOne(SpaceToDepth, [x], { block }, place);

export const depthToSpace = (x: Value, block: number, place?: string): Value =>
  applyOne(DepthToSpace, [x], { block }, place);

function planes(shape: Shape): [Dimension, number, number, number] {
  if (shape.length !== 4 || shape.slice(1).some((extent) => typeof extent !== 'number')) {
    throw new ShapeError(`x must have 4 axes with known channels, height and width, got ${formatShape(shape)}.`);
  }
  return shape as [Dimension, number, number, number];
}

function divided(extent: number, divisor: number, shape: Shape): number {
  if (extent % divisor !== 0)
    throw new ShapeError(
      `${formatShape(shape)} cannot be taken apart into blocks: ${extent} is no multiple of ${divisor}.`,
    );
  return extent / divisor;
}
