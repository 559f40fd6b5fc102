/** How the running statistics of batch normalisation move in training, found in the graph itself. */
import { scalarLike } from '../graph/ops/constants.ts';
import { add, mul } from '../graph/ops/elementwise.ts';
import { BatchNormalization } from '../graph/ops/normalization.ts';
import { knownShape, type Node, parameter, required, type Value } from '../graph/value.ts';
import { reach } from '../graph/walk.ts';

/** How far one batch moves the running statistics, as PyTorch's `momentum`. */
export const STATISTICS_MOMENTUM = 0.1;

/** The last part of the statistics' names, and what they start from. */
const STATISTICS = { running_mean: 0, running_var: 1 } as const;

/** Whether a tensor of this name is moved by batches, not by gradients. */
export const isStatistic = (name: string): boolean =>
  Object.keys(STATISTICS).some((last) => name === last || name.endsWith(`.${last}`));

/**
 * The running statistics after this batch, by name: for every batch normalisation in the graph that normalises by the batch
 * instead of by given statistics, the mean and the unbiased variance of its batch enter the running ones.
 */
export function runningStatistics(outputs: Iterable<Value>): ReadonlyMap<string, Value> {
  const moved = new Map<string, Value>();
  for (const node of reach(outputs).nodes) {
    if (node.op.name !== BatchNormalization.name) continue;
    const [mean, variance] = [required(node.inputs, 3), required(node.inputs, 4)];
    if (mean.source.kind === 'parameter') continue;
    const layer = layerOf(node);
    moved.set(`${layer}.running_mean`, towards(`${layer}.running_mean`, STATISTICS.running_mean, mean));
    const count = elementsPerChannel(required(node.inputs, 0));
    const unbiased = mul(variance, scalarLike(variance, count / (count - 1)), layer);
    moved.set(`${layer}.running_var`, towards(`${layer}.running_var`, STATISTICS.running_var, unbiased));
  }
  return moved;
}

/** The layer is named by its weight, as a state dict names it. */
function layerOf({ inputs, place }: Node): string {
  const { source } = required(inputs, 1);
  return source.kind === 'parameter' ? source.name.replace(/\.weight$/, '') : place;
}

function towards(name: string, initial: number, observed: Value): Value {
  const running = parameter(name, knownShape(observed), { kind: 'constant', value: initial });
  const kept = mul(running, scalarLike(running, 1 - STATISTICS_MOMENTUM));
  return add(kept, mul(observed, scalarLike(observed, STATISTICS_MOMENTUM)));
}

function elementsPerChannel(x: Value): number {
  return knownShape(x).reduce((product, extent, axis) => (axis === 1 ? product : product * extent), 1);
}
