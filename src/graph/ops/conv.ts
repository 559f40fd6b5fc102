/** Two-dimensional convolution: strided, dilated, grouped, depthwise; padding is always explicit. */
import { ShapeError } from '../../errors.ts';
import { int, ints } from '../../onnx/model.ts';
import { elementCount, formatShape } from '../../tensor/shape.ts';
import { addToDimension, type Dimension, floorDivideDimension } from '../dimension.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';

/** A pair of numbers for height and width. */
export type Pair = readonly [number, number];

export interface ConvAttributes {
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Zeros added at top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  readonly groups: number;
}

/** A sliding window over height and width, as convolution and pooling share it. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pads: readonly [number, number, number, number];
}

export const Conv: Op<ConvAttributes> = {
  name: 'Conv',
  infer(inputs, attributes) {
    const x = required(inputs, 0);
    const weight = required(inputs, 1);
    const bias = inputs[2] ?? null;
    if (x.shape.length !== 4 || weight.shape.length !== 4) {
      throw new ShapeError(`x and the weight must have 4 axes (${describe(x, weight)}).`);
    }
    const [batch, channels, height, width] = x.shape as [Dimension, Dimension, Dimension, Dimension];
    const [outputs, perGroup, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
    const { groups } = attributes;
    if (channels !== perGroup * groups) {
      throw new ShapeError(
        `x has ${channels} channels but the weight takes ${perGroup * groups}${groups > 1 ? ` in ${groups} groups` : ''} (${describe(x, weight)}).`,
      );
    }
    if (outputs % groups !== 0) {
      throw new ShapeError(
        `${outputs} output channels cannot be split into ${groups} groups (${describe(x, weight)}).`,
      );
    }
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
      throw new ShapeError(`the bias must have shape [${outputs}], got ${formatShape(bias.shape)}.`);
    }
    const kernel: Pair = [kernelHeight, kernelWidth];
    const size = windowOutputSize([height, width], { ...attributes, kernel });
    return [{ dtype: x.dtype, shape: [batch, outputs, ...size] }];
  },
  onnxAttributes({ stride, dilation, pads, groups }, inputs) {
    return {
      kernel_shape: ints(required(inputs, 1).shape.slice(2) as number[]),
      strides: ints(stride),
      dilations: ints(dilation),
      pads: ints(pads),
      group: int(groups),
    };
  },
  multiplyAdds(inputs, outputs) {
    const weight = required(inputs, 1).shape as readonly number[];
    return elementCount((outputs[0] as Value).shape as readonly number[]) * elementCount(weight.slice(1));
  },
};

/** `weight * x (+ bias)`; x [N, C, H, W], weight [out, C / groups, kh, kw], bias [out]. */
export function conv(
  x: Value,
  weight: Value,
  bias: Value | null,
  attributes: Partial<ConvAttributes> = {},
  scope?: string,
): Value {
  const full: ConvAttributes = { stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0], groups: 1, ...attributes };
  return applyOne(Conv, bias ? [x, weight, bias] : [x, weight], full, scope);
}

/**
 * Height and width after sliding a window: floor((size + pads - dilation (kernel - 1) - 1) / stride) + 1.
 * @throws ShapeError if the window is larger than the padded input.
 */
export function windowOutputSize(size: readonly [Dimension, Dimension], window: Window): [Dimension, Dimension] {
  const along = (axis: 0 | 1): Dimension => {
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const padding = (window.pads[axis] as number) + (window.pads[axis + 2] as number);
    const extent = size[axis];
    if (typeof extent === 'number' && extent + padding < reach) {
      throw new ShapeError(
        `a window of ${reach} does not fit ${axis === 0 ? 'height' : 'width'} ${extent} with ${padding} of padding.`,
      );
    }
    return addToDimension(floorDivideDimension(addToDimension(extent, padding - reach), window.stride[axis]), 1);
  };
  return [along(0), along(1)];
}

function describe(x: Value, weight: Value): string {
  return `x: ${formatShape(x.shape)}, weight: ${formatShape(weight.shape)}`;
}
