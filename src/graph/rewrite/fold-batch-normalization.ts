/** Batch normalization after a convolution becomes part of its weights. */
import { scalarLike } from '../ops/constants.ts';
import { Conv, type ConvAttributes, conv } from '../ops/conv.ts';
import { add, div, mul, sqrt, sub } from '../ops/elementwise.ts';
import { BatchNormalization, type BatchNormalizationAttributes } from '../ops/normalization.ts';
import { reshape } from '../ops/shape.ts';
import { knownShape, type Node, type Value } from '../value.ts';
import { isConstant, producer, type Rewrite } from './rewrite.ts';

/** weight (W x + b - mean) / s + bias is W' x + b' with W' = weight / s W and b' = weight / s (b - mean) + bias. */
export const foldBatchNormalization = (isWanted: (convolution: Node) => boolean = () => true): Rewrite => ({
  name: 'fold-batch-normalization',
  apply(node, original, { uses }) {
    if (node.op.name !== BatchNormalization.name) return null;
    const [x, ...statistics] = node.inputs as [Value, Value, Value, Value, Value];
    const convolution = producer(x, Conv.name);
    if (!convolution || uses(original.inputs[0] as Value) > 1 || !isWanted(convolution)) return null;
    const fixed = [...statistics, ...convolution.inputs.slice(1)].every((value) => !value || isConstant(value));
    return fixed ? [folded(convolution, statistics, node)] : null;
  },
});

function folded(
  convolution: Node,
  [gamma, beta, mean, variance]: readonly Value[],
  { attributes, scope }: Node,
): Value {
  const [x, weight, bias] = convolution.inputs as [Value, Value, Value | null | undefined];
  const { epsilon } = attributes as BatchNormalizationAttributes;
  const deviation = sqrt(add(variance as Value, scalarLike(variance as Value, epsilon), scope), scope);
  const scale = div(gamma as Value, deviation, scope);
  const channels = knownShape(scale)[0] as number;
  const center = bias ? sub(bias, mean as Value, scope) : null;
  const shift = center
    ? add(beta as Value, mul(scale, center, scope), scope)
    : sub(beta as Value, mul(scale, mean as Value, scope), scope);
  return conv(
    x,
    mul(weight, reshape(scale, [channels, 1, 1, 1], scope), scope),
    shift,
    convolution.attributes as ConvAttributes,
    convolution.scope,
  );
}
