/** How the running statistics of batch normalization move in training, found in the graph itself. */
import { BatchNormalization, movedBy, unbiasedVariance } from '../graph/ops/normalization.ts';
import { knownShape, type Node, type Parameter, parameter, required, type Value } from '../graph/value.ts';
import { reach } from '../graph/walk.ts';

/** How far one batch moves the running statistics, as PyTorch's `momentum`. */
export const STATISTICS_MOMENTUM = 0.1;

/** The last part of the statistics' names, and what they start from. */
const STATISTICS = { running_mean: 0, running_var: 1 } as const;

/** Whether a tensor of this name is moved by batches, not by gradients. */
export const isStatistic = (name: string): boolean =>
  Object.keys(STATISTICS).some((last) => name === last || name.endsWith(`.${last}`));

/** A running statistic, and what it moves towards: a batch's mean or unbiased variance. */
export interface MovingStatistic {
  readonly running: Parameter;
  readonly ofBatch: Value;
}

/** Every batch normalization in the graph that normalizes by the batch instead of by given statistics moves its running ones. */
export function movingStatistics(outputs: Iterable<Value>): readonly MovingStatistic[] {
  return reach(outputs).nodes.flatMap((node): readonly MovingStatistic[] => {
    if (node.op.name !== BatchNormalization.name) return [];
    const [x, mean, variance] = [0, 3, 4].map((index) => required(node.inputs, index)) as [Value, Value, Value];
    if (mean.source.kind === 'parameter') return [];
    const layer = layerOf(node);
    const running = (last: keyof typeof STATISTICS): Parameter =>
      parameter(`${layer}.${last}`, knownShape(mean), { kind: 'constant', value: STATISTICS[last] });
    return [
      { running: running('running_mean'), ofBatch: mean },
      { running: running('running_var'), ofBatch: unbiasedVariance(x, variance) },
    ];
  });
}

/** Running statistics after a batch, by name. */
export const movedStatistics = (statistics: readonly MovingStatistic[]): ReadonlyMap<string, Value> =>
  new Map(
    statistics.map(({ running, ofBatch }) => [running.source.name, movedBy(STATISTICS_MOMENTUM, running, ofBatch)]),
  );

/** The running statistics of everything that outputs depend on, after this batch, by name. */
export const runningStatistics = (outputs: Iterable<Value>): ReadonlyMap<string, Value> =>
  movedStatistics(movingStatistics(outputs));

/** The layer is named by its weight, as a state dict names it. */
function layerOf({ inputs, scope }: Node): string {
  const { source } = required(inputs, 1);
  return source.kind === 'parameter' ? source.name.replace(/\.weight$/, '') : scope;
}
