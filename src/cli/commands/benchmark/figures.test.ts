import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProfileEvent } from '../../../platform/node/profiled-backend.ts';
import { batches, devices, sizes } from './options.ts';
import { operatorTimes } from './profile.ts';
import { percentile, spreadOf } from './statistics.ts';
import { type BenchmarkRow, benchmarkTable, digits, operatorTable } from './table.ts';

describe('percentile', () => {
  test('interpolates between neighbours as numpy.percentile does', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([4, 1, 3, 2], 0.95)).toBeCloseTo(3.85, 12);
    expect(percentile([15, 20, 35, 40, 50], 0.4)).toBeCloseTo(29, 12);
  });

  test('of one value is that value, of none NaN', () => {
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test('lies between the extremes, and leaves the values as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
        fc.double({ noNaN: true, min: 0, max: 1 }),
        (values, share) => {
          const before = [...values];
          const result = percentile(values, share);
          expect(result).toBeGreaterThanOrEqual(Math.min(...values));
          expect(result).toBeLessThanOrEqual(Math.max(...values));
          expect(values).toEqual(before);
        },
      ),
    );
  });

  test('sorts by number, not by text', () => {
    expect(spreadOf([100, 9, 20])).toEqual({ fastest: 9, p50: 20, p95: 92, mean: 43 });
  });
});

describe('options of benchmark', () => {
  test('sizes are squares by one number, and width x height, each once', () => {
    expect(sizes('256, 512x384,256x256')).toEqual([
      { width: 256, height: 256 },
      { width: 512, height: 384 },
    ]);
  });

  test.each(['', '16', '512x', '512x16', '512,,256', '-512', '512.5', '1e3', 'x512', '100000'])(
    'size %j is refused',
    (text) => {
      expect(() => sizes(text)).toThrow(
        `--size takes sides of at least 32 pixels such as 512 or 512x384 (width x height), separated by commas; got "${text}".`,
      );
    },
  );

  test('batches and devices are lists, each entry once', () => {
    expect(batches('1,4,1')).toEqual([1, 4]);
    expect(devices('cpu,wasm,cpu')).toEqual(['cpu', 'wasm']);
  });

  test('a batch of none and an unknown device are refused', () => {
    expect(() => batches('1,0')).toThrow('--batch takes a whole number of at least 1, got "0".');
    expect(() => devices('cpu,gpu')).toThrow('--device takes cpu, webgpu, cuda, coreml, dml, wasm; got "gpu".');
  });
});

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

describe('tables', () => {
  const row: BenchmarkRow = {
    device: 'cpu',
    width: 512,
    height: 384,
    batch: 4,
    latency: { fastest: 100, p50: 123.4, p95: 1234.6, mean: 500 },
    imagesPerSecond: 32.41,
    gflops: 98.76,
    peakShare: 0.5,
    memory: { peak: 1.5e9, aboveStart: 2e8 },
    loadMilliseconds: 1260,
  };

  test('a row of figures has the units that its column names', () => {
    const [head, line] = benchmarkTable([row]).split('\n') as [string, string];
    expect(head.split(/ {2,}/)).toEqual([
      'device',
      'size',
      'batch',
      'p50 ms',
      'p95 ms',
      'images/s',
      'GFLOP/s',
      'of peak',
      'peak MB',
      'above start MB',
      'load s',
    ]);
    expect(line.split(/ {2,}/)).toEqual([
      'cpu',
      '512x384',
      '4',
      '123',
      '1235',
      '32.4',
      '98.8',
      '50 %',
      '1500',
      '200',
      '1.26',
    ]);
  });

  test('rare operators are one line', () => {
    const shares = [0.98, 0.012, 0.004, 0.004];
    const operators = shares.map((share, index) => ({
      operator: `Op${index}`,
      callsPerRun: 2,
      millisecondsPerRun: 10 * share,
      share,
    }));
    const lines = operatorTable(operators).split('\n').slice(1);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['Op0', '2', '9.8', '98.0 %'],
      ['Op1', '2', '0.1', '1.2 %'],
      ['2 others', '4', '0.1', '0.8 %'],
    ]);
  });

  test.each([
    [0.01234, '0.01'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [1234.5, '1235'],
    [0, '0.00'],
    [Number.NaN, '-'],
  ])('digits of %d are %s', (value, text) => {
    expect(digits(value)).toBe(text);
  });
});
