/** How the running statistics of batch normalization move in training, found in the graph itself. */
import { BatchNormalization, movedStatistics } from '../graph/ops/normalization.ts';
import { knownShape, type Node, type Parameter, parameter, required, type Value } from '../graph/value.ts';
import { reach } from '../graph/walk.ts';

/** How far one batch moves the running statistics, as PyTorch's `momentum`. */
export const STATISTICS_MOMENTUM = 0.1;

/** The last part of the statistics' names, and what they start from. */
const STATISTICS = { running_mean: 0, running_var: 1 } as const;

/** Whether a tensor of this name is moved by batches, not by gradients. */
export const isStatistic = (name: string): boolean =>
  Object.keys(STATISTICS).some((last) => name === last || name.endsWith(`.${last}`));

/**
 * The running statistics after this batch, by name: for every batch normalization in the graph that normalizes by the batch
 * instead of by given statistics, the mean and the unbiased variance of its batch enter the running ones.
 */
export function runningStatistics(outputs: Iterable<Value>): ReadonlyMap<string, Value> {
  const moved = new Map<string, Value>();
  for (const node of reach(outputs).nodes) {
    if (node.op.name !== BatchNormalization.name) continue;
    const [x, mean, variance] = [0, 3, 4].map((index) => required(node.inputs, index)) as [Value, Value, Value];
    if (mean.source.kind === 'parameter') continue;
    const layer = layerOf(node);
    const running = (last: keyof typeof STATISTICS): Parameter =>
      parameter(`${layer}.${last}`, knownShape(mean), { kind: 'constant', value: STATISTICS[last] });
    const old = { mean: running('running_mean'), variance: running('running_var') };
    const { runningMean, runningVar } = movedStatistics(x, { mean, variance }, old, STATISTICS_MOMENTUM);
    moved.set(old.mean.source.name, runningMean).set(old.variance.source.name, runningVar);
  }
  return moved;
}

/** The layer is named by its weight, as a state dict names it. */
function layerOf({ inputs, scope }: Node): string {
  const { source } = required(inputs, 1);
  return source.kind === 'parameter' ? source.name.replace(/\.weight$/, '') : scope;
}
