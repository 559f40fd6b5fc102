/** Where the time of a graph goes: operators by their share, from the engine's profile. */
import type { ProfileEvent } from './machine.ts';

export interface OperatorTime {
  /** The engine's name for it, with the provider where that is not the CPU: `Conv`, `Conv (WebGpu)`. */
  readonly operator: string;
  readonly callsPerRun: number;
  readonly millisecondsPerRun: number;
  /** Its share of the time of all operators, from 0 to 1. */
  readonly share: number;
}

/**
 * Sums up a profile's runs, the most expensive operator first.
 * @param warmup runs at the beginning that do not count.
 */
export function operatorTimes(events: readonly ProfileEvent[], warmup: number): readonly OperatorTime[] {
  const runs = events.filter(({ name }) => name === 'model_run').sort((a, b) => a.ts - b.ts);
  const counted = runs.slice(warmup);
  const from = counted[0]?.ts ?? Number.POSITIVE_INFINITY;
  const sums = new Map<string, { calls: number; microseconds: number }>();
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || ts < from || args?.op_name === undefined || !name.endsWith('_kernel_time')) continue;
    const provider = args.provider?.replace(/ExecutionProvider$/, '') ?? 'CPU';
    const operator = provider === 'CPU' ? args.op_name : `${args.op_name} (${provider})`;
    const sum = sums.get(operator) ?? { calls: 0, microseconds: 0 };
    sums.set(operator, { calls: sum.calls + 1, microseconds: sum.microseconds + dur });
  }
  const total = [...sums.values()].reduce((sum, { microseconds }) => sum + microseconds, 0);
  return [...sums]
    .map(([operator, { calls, microseconds }]) => ({
      operator,
      callsPerRun: calls / counted.length,
      millisecondsPerRun: microseconds / 1000 / counted.length,
      share: microseconds / total,
    }))
    .sort((a, b) => b.share - a.share);
}
