/** Rectifying what is rectified already changes nothing. */
import { Relu } from '../ops/elementwise.ts';
import { MaxPool } from '../ops/pool.ts';
import type { Node, Value } from '../value.ts';
import type { Rewrite } from './rewrite.ts';

export const removeRepeatedRelu: Rewrite = {
  name: 'remove-repeated-relu',
  apply: (node) =>
    node.op.name === Relu.name && isRectified(node.inputs[0] as Value) ? [node.inputs[0] as Value] : null,
};

/** Operators that give no negative numbers where they take none. */
const KEEP_SIGN: ReadonlySet<string> = new Set([MaxPool.name]);

function isRectified({ source }: Value): boolean {
  if (source.kind !== 'node') return false;
  const { op, inputs }: Node = source.node;
  return op.name === Relu.name || (KEEP_SIGN.has(op.name) && isRectified(inputs[0] as Value));
}
