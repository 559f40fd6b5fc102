/** Two linear 1 x 1 convolutions in a row become one, where that is less work. */
import { Conv, type ConvAttributes, conv } from '../../ops/conv.ts';
import { add } from '../../ops/elementwise.ts';
import { matMul } from '../../ops/matmul.ts';
import { reshape } from '../../ops/shape.ts';
import { knownShape, type Node, type Value } from '../../value.ts';
import { isConstant, producer, type Rewrite } from '../rewrite.ts';

/** B (A x + a) + b is (B A) x + (B a + b). Light-Weight RefineNet has such pairs before each fusion. */
export const mergePointwise: Rewrite = {
  name: 'merge-pointwise',
  apply(node, original, { uses }) {
    const first = producer(node.inputs[0], Conv.name);
    if (!first || !isPointwise(node) || !isPointwise(first) || uses(original.inputs[0] as Value) > 1) return null;
    const [inner, middle, outer] = channels(first, node);
    if (inner * outer > middle * (inner + outer)) return null;
    return [merged(first, node, [inner, middle, outer])];
  },
};

function merged(first: Node, second: Node, [inner, middle, outer]: readonly [number, number, number]): Value {
  const [x, a, ofA = null] = first.inputs as [Value, Value, Value | null | undefined];
  const [, b, ofB = null] = second.inputs as [Value, Value, Value | null | undefined];
  const { scope } = second;
  const outerMatrix = reshape(b, [outer, middle], scope);
  const product = matMul(outerMatrix, reshape(a, [middle, inner], scope), scope);
  const passed = ofA && reshape(matMul(outerMatrix, reshape(ofA, [middle, 1], scope), scope), [outer], scope);
  const bias = passed && ofB ? add(passed, ofB, scope) : (passed ?? ofB);
  return conv(x, reshape(product, [outer, inner, 1, 1], scope), bias, {}, scope);
}

/** Whether a node is a plain 1 x 1 convolution with weights that are known at loading. */
function isPointwise(node: Node): boolean {
  if (node.op.name !== Conv.name) return false;
  const { stride, pads, groups } = node.attributes as ConvAttributes;
  const plain = [...stride, groups].every((one) => one === 1) && pads.every((none) => none === 0);
  const [, , height, width] = knownShape(node.inputs[1] as Value) as readonly [number, number, number, number];
  return plain && height === 1 && width === 1 && node.inputs.slice(1).every((value) => !value || isConstant(value));
}

function channels(first: Node, second: Node): readonly [number, number, number] {
  const [middle, inner] = knownShape(first.inputs[1] as Value) as readonly [number, number];
  return [inner, middle, knownShape(second.inputs[1] as Value)[0] as number];
}
