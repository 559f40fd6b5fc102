/** What is computed twice from the same values is computed once. */
import type { Tensor } from '../../../tensor/tensor.ts';
import type { Node, Value } from '../../value.ts';
import type { Rewrite } from '../rewrite.ts';

/** Constants of up to so many numbers are compared by their numbers, larger ones are equal only to themselves. */
const COMPARED_NUMBERS = 4096;

/**
 * A rule for one graph: of nodes with the same operator, attributes and inputs the first one stays. In training, the gradient
 * of a convolution's weight takes the tiles of its input that the convolution itself made.
 */
export function mergeEqual(): Rewrite {
  const identities = new Map<Value | string, number>();
  const identity = (key: Value | string): number => {
    const known = identities.get(key) ?? identities.size;
    identities.set(key, known);
    return known;
  };
  const known = new Map<string, readonly Value[]>();
  return {
    name: 'merge-equal',
    apply(node) {
      const key = nodeKey(node, (value) => identity(constantKey(value) ?? value));
      const first = known.get(key);
      if (!first) known.set(key, node.outputs);
      return first ?? null;
    },
  };
}

function nodeKey({ op, inputs, attributes, outputs }: Node, identity: (value: Value) => number): string {
  const from = inputs.map((value) => (value ? identity(value) : null));
  return JSON.stringify([op.name, from, outputs.length, attributes], exactly);
}

function constantKey({ source }: Value): string | null {
  if (source.kind !== 'constant') return null;
  const { dtype, shape, data }: Tensor = source.tensor;
  return data.length > COMPARED_NUMBERS ? null : JSON.stringify([dtype, shape, Array.from<unknown>(data)], exactly);
}

/** JSON has no integers of 64 bits, no infinities and no negative zero. */
function exactly(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) && !Object.is(value, -0) ? value : `number ${Object.is(value, -0) ? '-0' : value}`;
}
