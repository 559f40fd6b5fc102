/** What a measurement leaves: `results.json`. */
import { percentile } from '../src/measurement/statistics.ts';
import type { BenchDevice, Case, ContestantName, OperatorShare } from './assignment.ts';
import type { Differences } from './differences.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly system: string;
  /** Names and versions: Node, the engines, PyTorch. */
  readonly software: readonly string[];
}

/** Seconds of every round, or why there are none. */
export interface Timed {
  readonly seconds: readonly number[];
  readonly load: number;
  /** Bytes of the process, at most. */
  readonly peak: number;
  /** From the reference's output. */
  readonly differences: Differences;
}

export interface Failed {
  readonly failed: string;
}

export interface CaseResult extends Case {
  readonly date: string;
  /** Whose output the others' are compared with. */
  readonly reference: ContestantName | null;
  readonly contestants: Readonly<Partial<Record<ContestantName, Timed | Failed>>>;
  /** Floating-point operations of the plain network, and of a matrix product a second at most, on the same engine. */
  readonly operations: number;
  readonly peakOperations: number;
  /** Where the time of ours goes; for one case of each network and task. */
  readonly operators?: readonly OperatorShare[];
}

export interface Results {
  readonly machine: Machine;
  /** The CPU when left out. */
  readonly device?: BenchDevice;
  readonly threads: number;
  readonly cases: readonly CaseResult[];
}

/** Undefined if it did not take part or failed. */
export function timesOf({ contestants }: CaseResult, name: ContestantName): Timed | undefined {
  const found = contestants[name];
  return found && 'seconds' in found ? found : undefined;
}

export const fastestOf = ({ seconds }: Timed): number => percentile(seconds, 0);
export const medianOf = ({ seconds }: Timed): number => percentile(seconds, 0.5);

/** How many times as fast as another one ours is, by the fastest and by the median; undefined if one of them is missing. */
export function ratios(
  result: CaseResult,
  other: ContestantName,
): { readonly fastest: number; readonly median: number } | undefined {
  const [own, others] = [timesOf(result, 'ours'), timesOf(result, other)];
  if (!own || !others) return undefined;
  return { fastest: fastestOf(others) / fastestOf(own), median: medianOf(others) / medianOf(own) };
}

export const isSameCase = (a: Case, b: Case): boolean =>
  a.task === b.task && a.network === b.network && a.width === b.width && a.height === b.height && a.batch === b.batch;
