/** What a graph costs: parameters and multiply-adds, per scope. */
import { ShapeError } from '../errors.ts';
import { elementCount, formatShape } from '../tensor/shape.ts';
import { isStatic } from './dimension.ts';
import type { Node, Value } from './value.ts';
import { reach } from './walk.ts';

export interface NodeCost {
  readonly scope: string;
  readonly op: string;
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/**
 * The cost of every node that the outputs reach, in execution order. A parameter counts where it is first used.
 * @throws ShapeError if an extent is open: give the graph's inputs known sizes.
 */
export function nodeCosts(outputs: Iterable<Value>): NodeCost[] {
  const counted = new Set<string>();
  return reach(outputs).nodes.map((node) => ({
    scope: node.scope,
    op: node.op.name,
    outputShape: staticShape(node),
    parameters: ownParameters(node, counted),
    multiplyAdds: node.op.multiplyAdds?.(node.inputs, node.outputs, node.attributes) ?? 0,
  }));
}

function staticShape(node: Node): readonly number[] {
  const { shape } = node.outputs[0] as Value;
  if (!isStatic(shape)) {
    throw new ShapeError(
      `${node.scope}: cannot count the work of open extents ${formatShape(shape)}. Fix the input's size.`,
    );
  }
  return shape;
}

function ownParameters(node: Node, counted: Set<string>): number {
  let total = 0;
  for (const value of node.inputs) {
    if (value?.source.kind !== 'parameter' || counted.has(value.source.name)) continue;
    counted.add(value.source.name);
    if (!isStatistic(value.source.name)) total += elementCount(value.shape as readonly number[]);
  }
  return total;
}

/** Running statistics are buffers, not parameters, in PyTorch's count and so in ours. */
function isStatistic(name: string): boolean {
  return name.endsWith('.running_mean') || name.endsWith('.running_var');
}
