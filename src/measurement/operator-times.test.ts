import { describe, expect, test } from 'vitest';
import type { ProfileEvent } from './machine.ts';
import { operatorTimes } from './operator-times.ts';

describe('operatorTimes', () => {
  const run = (ts: number): ProfileEvent => ({ cat: 'Session', name: 'model_run', ts, dur: 100 });
  const node = (ts: number, op_name: string, dur: number, provider = 'CPUExecutionProvider'): ProfileEvent => ({
    cat: 'Node',
    name: `${op_name}_kernel_time`,
    ts,
    dur,
    args: { op_name, provider },
  });

  test('averages over the runs that count, most expensive first', () => {
    // The engine writes a run down when it has ended, after its operators.
    const events = [
      node(11, 'Conv', 9000),
      run(10),
      node(111, 'Conv', 3000),
      node(112, 'Add', 500),
      node(113, 'Conv', 1000),
      run(110),
      node(211, 'Conv', 2000),
      node(212, 'Add', 1500),
      run(210),
    ];
    expect(operatorTimes(events, 1)).toEqual([
      { operator: 'Conv', callsPerRun: 1.5, millisecondsPerRun: 3, share: 0.75 },
      { operator: 'Add', callsPerRun: 1, millisecondsPerRun: 1, share: 0.25 },
    ]);
  });

  test('tells providers other than the CPU apart', () => {
    const events = [run(0), node(1, 'Conv', 100, 'WebGpuExecutionProvider'), node(2, 'Conv', 300)];
    expect(operatorTimes(events, 0).map(({ operator }) => operator)).toEqual(['Conv', 'Conv (WebGpu)']);
  });

  test('of a profile without runs is empty', () => {
    expect(operatorTimes([], 1)).toEqual([]);
    expect(operatorTimes([run(0), node(1, 'Conv', 100)], 1)).toEqual([]);
  });
});
