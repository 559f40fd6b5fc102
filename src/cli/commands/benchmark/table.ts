/** What `benchmark` shows. */
import type { OperatorTime } from '../../../measurement/operator-times.ts';
import type { BenchmarkRow } from '../../../tasks/benchmark/benchmark.ts';
import { table } from '../../output.ts';
import { percent } from '../../../text.ts';

const COLUMNS: readonly (readonly [title: string, cell: (row: BenchmarkRow) => string])[] = [
  ['device', ({ device }) => device],
  ['size', ({ width, height }) => `${width}x${height}`],
  ['batch', ({ batch }) => String(batch)],
  ['p50 ms', ({ latency }) => digits(latency.p50)],
  ['p95 ms', ({ latency }) => digits(latency.p95)],
  ['images/s', ({ imagesPerSecond }) => digits(imagesPerSecond)],
  ['GFLOP/s', ({ gflops }) => digits(gflops)],
  ['of peak', ({ peakShare }) => percent(peakShare, 0)],
  ['peak MB', ({ memory }) => megabytes(memory.peak)],
  ['above start MB', ({ memory }) => megabytes(memory.aboveStart)],
  ['load s', ({ loadMilliseconds }) => (loadMilliseconds / 1000).toFixed(2)],
];

const LEFT_COLUMNS = 2;

export function benchmarkTable(rows: readonly BenchmarkRow[]): string {
  const lines = rows.map((row) => COLUMNS.map(([, cell]) => cell(row)));
  return table(
    [COLUMNS.map(([title]) => title), ...lines],
    COLUMNS.map((_, index) => index).filter((index) => index >= LEFT_COLUMNS),
  );
}

/** Rarer operators are summed up in a last line. */
const LEAST_SHARE = 0.005;

export function operatorTable(operators: readonly OperatorTime[]): string {
  const shown = operators.filter(({ share }) => share >= LEAST_SHARE);
  const others = operators.filter(({ share }) => share < LEAST_SHARE);
  const sum = (key: 'callsPerRun' | 'millisecondsPerRun' | 'share'): number =>
    others.reduce((total, operator) => total + operator[key], 0);
  const rest: readonly OperatorTime[] =
    others.length === 0
      ? []
      : [
          {
            operator: `${others.length} others`,
            callsPerRun: sum('callsPerRun'),
            millisecondsPerRun: sum('millisecondsPerRun'),
            share: sum('share'),
          },
        ];
  return table(
    [
      ['operator', 'calls', 'ms a run', 'share'],
      ...[...shown, ...rest].map(({ operator, callsPerRun, millisecondsPerRun, share }) => [
        operator,
        String(Math.round(callsPerRun)),
        millisecondsPerRun.toFixed(1),
        percent(share),
      ]),
    ],
    [1, 2, 3],
  );
}

/** Three digits that count, more only before the point. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const whole = Math.max(1, Math.floor(Math.log10(Math.abs(value) || 1)) + 1);
  return value.toFixed(Math.max(0, 3 - whole));
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
