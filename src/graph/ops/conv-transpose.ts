/** The transposed convolution, which gradients of strided convolutions need. */
import { ShapeError } from '../../errors.ts';
import { int, ints } from '../../onnx/model.ts';
import { elementCount, formatShape } from '../../tensor/shape.ts';
import type { Dimension } from '../dimension.ts';
import { applyOne, knownShape, type Op, required, type Value } from '../value.ts';
import type { ConvAttributes, Pair } from './conv.ts';

export interface ConvTransposeAttributes extends ConvAttributes {
  /** Rows and columns added at the end, fewer than the stride. */
  readonly outputPadding: Pair;
}

/** Inputs: x [N, in, H, W], weight [in, out / groups, kh, kw]. The attributes are those of the convolution it transposes. */
export const ConvTranspose: Op<ConvTransposeAttributes> = {
  name: 'ConvTranspose',
  infer(inputs, { stride, dilation, pads, groups, outputPadding }) {
    const x = required(inputs, 0);
    const weight = required(inputs, 1);
    if (x.shape.length !== 4 || weight.shape.length !== 4 || x.shape[1] !== weight.shape[0]) {
      throw new ShapeError(
        `x and the weight must have 4 axes and the same number of channels (x: ${formatShape(x.shape)}, weight: ${formatShape(weight.shape)}).`,
      );
    }
    const [, perGroup, ...kernel] = knownShape(weight) as [number, number, number, number];
    const [, , ...size] = knownShape(x) as [number, number, number, number];
    const along = (axis: 0 | 1): number =>
      (size[axis] - 1) * stride[axis] +
      dilation[axis] * (kernel[axis] - 1) +
      1 +
      outputPadding[axis] -
      (pads[axis] as number) -
      (pads[axis + 2] as number);
    return [{ dtype: x.dtype, shape: [x.shape[0] as Dimension, perGroup * groups, along(0), along(1)] }];
  },
  onnxAttributes: ({ stride, dilation, pads, groups, outputPadding }, inputs) => ({
    kernel_shape: ints(required(inputs, 1).shape.slice(2) as number[]),
    strides: ints(stride),
    dilations: ints(dilation),
    pads: ints(pads),
    output_padding: ints(outputPadding),
    group: int(groups),
  }),
  multiplyAdds: ([x, weight]) =>
    elementCount((x as Value).shape as number[]) * elementCount(((weight as Value).shape as number[]).slice(1)),
};

/** The gradient of a convolution with respect to its input, as an operator. */
export const convTranspose = (x: Value, weight: Value, attributes: ConvTransposeAttributes, scope?: string): Value =>
  applyOne(ConvTranspose, [x, weight], attributes, scope);
