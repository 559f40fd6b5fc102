import { describe, expect, test } from 'vitest';
import type { BenchmarkRow } from '../../../tasks/benchmark/benchmark.ts';
import { benchmarkTable, digits, operatorTable } from './table.ts';

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
