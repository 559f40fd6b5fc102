/** Max pooling over height and width. */
import { ShapeError } from '../../errors.ts';
import { ints } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { Dimension } from '../dimension.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';
import { type Window, windowOutputSize } from './conv.ts';

/** Padding never wins: it counts as minus infinity, as in PyTorch. */
export const MaxPool: Op<Window> = {
  name: 'MaxPool',
  infer(inputs, window) {
    const x = required(inputs, 0);
    if (x.shape.length !== 4) throw new ShapeError(`x must have 4 axes, got ${formatShape(x.shape)}.`);
    const [batch, channels, height, width] = x.shape as [Dimension, Dimension, Dimension, Dimension];
    return [{ dtype: x.dtype, shape: [batch, channels, ...windowOutputSize([height, width], window)] }];
  },
  onnxAttributes({ kernel, stride, dilation, pads }) {
    return { kernel_shape: ints(kernel), strides: ints(stride), dilations: ints(dilation), pads: ints(pads) };
  },
};

/** The largest value in each `kernel` x `kernel` window; x [N, C, H, W]. */
export function maxPool(x: Value, kernel: number, stride: number, padding: number, scope?: string): Value {
  const window: Window = {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [1, 1],
    pads: [padding, padding, padding, padding],
  };
  return applyOne(MaxPool, [x], window, scope);
}
