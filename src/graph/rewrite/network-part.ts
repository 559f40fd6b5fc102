/** Which part of a graph is the network itself: everything up to the last weights. */
import type { Node, Value } from '../value.ts';
import { reach } from '../walk.ts';
import type { Outputs } from './rewrite.ts';

/**
 * The scope of what makes numbers of an image's bytes. It stays in float32, in which nothing of a byte is lost, and which is the only
 * type that DequantizeLinear gives in this opset.
 */
export const PIXELS = 'pixels';

/**
 * The nodes that take parameters and all before them, in an order in which they can be computed. What only reads the
 * network's result, such as upsampling and softmax, is not among them.
 */
export function networkNodes(outputs: Outputs): readonly Node[] {
  const { nodes } = reach(Object.values(outputs));
  const needed = new Set<Value>();
  const found = nodes.toReversed().filter(({ inputs, outputs: results }) => {
    const isPart =
      inputs.some((value) => value?.source.kind === 'parameter') || results.some((each) => needed.has(each));
    if (isPart) for (const value of inputs) if (value) needed.add(value);
    return isPart;
  });
  return found.toReversed();
}
