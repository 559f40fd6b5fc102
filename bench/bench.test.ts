import { describe, expect, test } from 'vitest';
import { fitsInMemory, selectCases } from './cases.ts';
import { chart, shortName } from './chart.ts';
import { differencesOf, problemWith } from './differences.ts';
import { report } from './report.ts';
import { type CaseResult, ratios, type Results, type Timed } from './results.ts';

const timed = (...seconds: number[]): Timed => ({ seconds, load: 1, peak: 5e8, differences: { logits: 2e-6 } });

const result = (over: Partial<CaseResult> = {}): CaseResult => ({
  task: 'inference',
  network: 'refinenet-lw-resnet50',
  width: 512,
  height: 512,
  batch: 1,
  date: '2026-01-02T03:04:05.000Z',
  reference: 'stock',
  contestants: { ours: timed(0.2, 0.3, 0.5), stock: timed(0.4, 0.9, 0.6), pytorch: { failed: 'ended with SIGKILL' } },
  operations: 2e10,
  peakOperations: 2e11,
  ...over,
});

const results = (...cases: CaseResult[]): Results => ({
  machine: {
    processor: 'A <fast> one',
    cores: 2,
    memory: 24 * 2 ** 30,
    system: 'Linux 6.1',
    software: ['Node 20', 'PyTorch 1'],
  },
  threads: 2,
  cases,
});

describe('ratios', () => {
  test('are those of the fastest rounds and of the medians', () => {
    expect(ratios(result(), 'stock')).toEqual({ fastest: 2, median: 2 });
    expect(
      ratios(result({ contestants: { ours: timed(0.2, 0.5, 0.5), stock: timed(0.4, 0.9, 0.6) } }), 'stock'),
    ).toEqual({
      fastest: 2,
      median: 1.2,
    });
  });

  test('are missing with a contestant that failed or did not take part', () => {
    expect(ratios(result(), 'pytorch')).toBeUndefined();
    expect(ratios(result({ contestants: { stock: timed(1) } }), 'stock')).toBeUndefined();
  });
});

describe('report', () => {
  test('has a row for each case, with times, ratios, roofline and differences', () => {
    const rows = report(results(result()))
      .split('\n')
      .filter((line) => line.startsWith('| refinenet'));
    expect(rows).toEqual([
      '| refinenet-lw-resnet50 | 512 x 512 | 1 | 200 (300) | 400 (600) | - | **2.00** (2.00) | - | 100 | 50 % | 500, 500, - | 2e-6 |',
    ]);
  });

  test('says why a contestant was not measured, and on which machine the others were', () => {
    const text = report(results(result()));
    expect(text).toContain('- refinenet-lw-resnet50, 512 x 512, batch 1, PyTorch: ended with SIGKILL');
    expect(text).toContain('A <fast> one, 2 cores, 24 GiB, Linux 6.1; Node 20, PyTorch 1; 2 threads each; 2026-01-02.');
  });

  test('all rows of a table have as many cells as its head', () => {
    const step = result({ task: 'training', contestants: { ours: timed(1), pytorch: timed(2) } });
    for (const line of [report(results(result(), step, result({ batch: 4 })))].flatMap((text) => text.split('\n\n'))) {
      const rows = line.split('\n').filter((row) => row.startsWith('|'));
      expect(new Set(rows.map((row) => row.split('|').length)).size).toBeLessThanOrEqual(1);
    }
  });
});

describe('chart', () => {
  test('draws a bar for each ratio, and growth only where there are several sizes', () => {
    const one = chart(results(result()));
    expect(one.match(/fill="#2563eb"/g)).toHaveLength(2);
    expect(one).toContain('>2.00<');
    expect(one).not.toContain('pixels');
    expect(chart(results(result(), result({ width: 1024, height: 1024 })))).toContain('thousands of pixels');
  });

  test('names networks by family and depth', () => {
    expect(shortName('refinenet-resnet101')).toBe('RefineNet-101');
    expect(shortName('refinenet-lw-mobilenetv2')).toBe('Light-Weight-MobileNetV2');
  });
});

describe('differences', () => {
  test('of logits beyond 1e-4 are a problem', () => {
    const reference = Float32Array.of(3, 4);
    expect(problemWith(differencesOf('inference', Float32Array.of(3, 4.0004), reference))).toBeUndefined();
    expect(problemWith(differencesOf('inference', Float32Array.of(3, 4.002), reference))).toBe(
      'logits differ by 4.0e-4 relative, allowed are 1e-4',
    );
    expect(problemWith(differencesOf('inference', Float32Array.of(3, Number.NaN), reference))).toContain('NaN');
  });

  test('of a training step are told apart: its first number is the loss, the others are gradients', () => {
    const found = differencesOf('training', Float32Array.of(2, 3, 4.5), Float32Array.of(2, 3, 4));
    expect(found).toEqual({ loss: 0, gradients: 0.1 });
    expect(problemWith(found)).toBe('gradients differ by 1.0e-1 relative, allowed are 3e-2');
  });

  test('another number of values is never the same', () => {
    expect(problemWith(differencesOf('inference', new Float32Array(3), new Float32Array(4)))).toContain('Infinity');
  });
});

describe('cases', () => {
  test('without a selection include the usual steps of training', () => {
    const cases = selectCases({ tasks: ['training'] });
    expect(cases).toContainEqual({
      task: 'training',
      network: 'refinenet-resnet50',
      width: 256,
      height: 256,
      batch: 2,
    });
    expect(cases).toContainEqual({
      task: 'training',
      network: 'refinenet-lw-resnet18',
      width: 256,
      height: 256,
      batch: 8,
    });
  });

  test('of a selection are its grid, task by task', () => {
    const selection = {
      tasks: ['wasm', 'inference'] as const,
      networks: ['refinenet-lw-resnet18'],
      sizes: [{ width: 64, height: 32 }],
      batches: [1, 2],
    };
    expect(selectCases(selection).map(({ task, batch }) => [task, batch])).toEqual([
      ['inference', 1],
      ['inference', 2],
      ['wasm', 1],
      ['wasm', 2],
    ]);
  });

  test('of training that would not fit in memory are known before', () => {
    const step = { task: 'training', network: 'refinenet-resnet101', width: 1024, height: 1024, batch: 4 } as const;
    expect(fitsInMemory(step, 3, 24 * 2 ** 30)).toBe(false);
    expect(fitsInMemory({ ...step, width: 128, height: 128, batch: 1 }, 3, 24 * 2 ** 30)).toBe(true);
  });
});
