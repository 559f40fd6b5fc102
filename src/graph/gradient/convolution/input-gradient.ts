/** The gradient of a convolution with respect to its input, as an operator, and the same as a convolution. */
import { elementCount } from '../../../tensor/shape.ts';
import { numbersLike } from '../../ops/constants.ts';
import { type ConvAttributes, conv, type Pair } from '../../ops/conv.ts';
import { convTranspose } from '../../ops/conv-transpose.ts';
import { matMul } from '../../ops/matmul.ts';
import { padPlane } from '../../ops/pad.ts';
import { reshape, transpose } from '../../ops/shape.ts';
import { applyOne, knownShape, type Op, required, type Value } from '../../value.ts';
import { type ConvGradientAttributes, convolutionProducts, type Extents, unreached } from './attributes.ts';

/** Inputs: the gradient of the outputs [N, out, ...] and the weight. Output: the gradient of x. */
export const ConvInputGradient: Op<ConvGradientAttributes> = {
  name: 'ConvInputGradient',
  infer: (inputs, { shape }) => [{ dtype: required(inputs, 0).dtype, shape }],
  decompose: ([gradient, weight], attributes) => inputGradient(gradient as Value, weight as Value, attributes),
  multiplyAdds: ([gradient, weight]) => convolutionProducts(gradient as Value, weight as Value),
};

/** The gradient of x, from that of the outputs. */
export const convInputGradient = (gradient: Value, weight: Value, x: Value, attributes: ConvAttributes): Value =>
  applyOne(ConvInputGradient, [gradient, weight], { ...attributes, shape: knownShape(x) as Extents });

/** The gradient with respect to x [N, C, H, W] is a transposed convolution, or the same as a convolution with the kernel turned around. */
function inputGradient(gradient: Value, weight: Value, attributes: ConvGradientAttributes): Value {
  const { stride, dilation, pads, groups } = attributes;
  const [, , ...kernel] = knownShape(weight) as Extents;
  // A weight of more numbers than the gradient takes longer to turn around than a transposed convolution loses.
  if (stride[0] > 1 || stride[1] > 1 || elementCount(knownShape(weight)) > elementCount(knownShape(gradient))) {
    const outputPadding = unreached(attributes.shape, { ...attributes, kernel });
    return convTranspose(gradient, weight, { stride, dilation, pads, groups, outputPadding });
  }
  return convolvedBack(gradient, turned(weight, groups), kernel, attributes);
}

/** The gradient of x where the stride is 1: a convolution with the kernel turned around. @param kernel its height and width. */
export function convolvedBack(
  gradient: Value,
  turnedWeight: Value,
  kernel: Pair,
  { dilation, pads, groups }: ConvAttributes,
): Value {
  const reach = [0, 1].map((axis) => (dilation[axis] as number) * ((kernel[axis] as number) - 1)) as unknown as Pair;
  const opposite = pads.map((amount, side) => (reach[side % 2] as number) - amount) as unknown as Extents;
  // Padding beyond the kernel's reach saw nothing of x: its gradient is cut off.
  const inside = padPlane(gradient, opposite.map((amount) => Math.min(amount, 0)) as unknown as Extents);
  return conv(inside, turnedWeight, null, {
    dilation,
    groups,
    pads: opposite.map((amount) => Math.max(amount, 0)) as unknown as Extents,
  });
}

/** The kernel turned by 180 degrees, its channel axes exchanged: [out, C / groups, ...] becomes [C, out / groups, ...]. */
function turned(weight: Value, groups: number): Value {
  const [outputs, perGroup, height, width] = knownShape(weight) as Extents;
  const positions = height * width;
  // Reversing single numbers by Slice is slow on the CPU; multiplying by the matrix that reverses takes a sixth of its time.
  const reversal = Float32Array.from({ length: positions ** 2 }, (_, at) =>
    (at % positions) + Math.floor(at / positions) === positions - 1 ? 1 : 0,
  );
  const flat = reshape(weight, [outputs * perGroup, positions]);
  const reversed = positions === 1 ? flat : matMul(flat, numbersLike(weight, [positions, positions], reversal));
  const shape = [groups * perGroup, outputs / groups, height, width];
  if (perGroup === 1 && outputs === groups) return reshape(reversed, shape);
  // Axes of extent 1 lead the engine to a way of transposing that takes five times as long.
  const [axes, order] =
    groups === 1 && positions === 1
      ? [
          [outputs, perGroup],
          [1, 0],
        ]
      : [
          [groups, outputs / groups, perGroup, positions],
          [0, 2, 1, 3],
        ];
  return reshape(transpose(reshape(reversed, axes), order), shape);
}
