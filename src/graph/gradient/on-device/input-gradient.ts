/** The gradient of a convolution with respect to its input in few launches. */
import { convTranspose } from '../../ops/conv-transpose.ts';
import { matMul } from '../../ops/matmul.ts';
import { reshape, transpose } from '../../ops/shape.ts';
import { sliceRanges } from '../../ops/structure.ts';
import { knownShape, type Value } from '../../value.ts';
import { type ConvGradientAttributes, type Extents, isPointwise, unreached } from '../convolution/attributes.ts';
import { convolvedBack } from '../convolution/input-gradient.ts';

/** A convolution wherever the stride allows it: the engine computes transposed ones number by number, and convolutions by tiles. */
export function inputGradientOnDevice(gradient: Value, weight: Value, attributes: ConvGradientAttributes): Value {
  const { stride, dilation, pads, groups, shape } = attributes;
  const [outputs, perGroup, ...kernel] = knownShape(weight) as Extents;
  if (isPointwise(kernel, attributes)) {
    const [batch, channels, height, width] = shape;
    const matrix = transpose(reshape(weight, [outputs, channels]), [1, 0]);
    return reshape(matMul(matrix, reshape(gradient, [batch, outputs, height * width])), shape);
  }
  // Depthwise, there is nothing to tile.
  if (stride.some((step) => step > 1) || (groups > 1 && perGroup === 1)) {
    const outputPadding = unreached(shape, { ...attributes, kernel });
    return convTranspose(gradient, weight, { stride, dilation, pads, groups, outputPadding });
  }
  return convolvedBack(gradient, turned(weight, groups), kernel, attributes);
}

/** The weight [out, C / groups, kh, kw] turned around in its plane, and its channels exchanged within each group. */
function turned(weight: Value, groups: number): Value {
  const [outputs, perGroup, height, width] = knownShape(weight) as Extents;
  const reversed = sliceRanges(
    weight,
    [height, width].flatMap((extent, index) =>
      extent === 1 ? [] : [{ axis: index + 2, start: extent - 1, end: -1, step: -1 }],
    ),
  );
  if (groups === 1) return transpose(reversed, [1, 0, 2, 3]);
  const perOutput = reshape(reversed, [groups, outputs / groups, perGroup, height * width]);
  return reshape(transpose(perOutput, [0, 2, 1, 3]), [groups * perGroup, outputs / groups, height, width]);
}
