import { beforeAll, describe, expect, test } from 'vitest';
import { toOnnx } from '../graph/to-onnx.ts';
import { input, type Value } from '../graph/value.ts';
import { parametersOf, reach } from '../graph/walk.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend, NamedTensors } from '../runtime/backend.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { batchNorm2d, dropout } from './layers.ts';
import { isStatistic, runningStatistics } from './running-statistics.ts';
import { type Mode, scope } from './scope.ts';

const TRAINING: Mode = { dropout: true, batchStatistics: () => true };

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function run(outputs: Record<string, Value>, weights: Weights, feeds: NamedTensors): Promise<NamedTensors> {
  const bytes = encodeModel(toOnnx(outputs, weights, { storage: 'inline' }));
  const session = await backend.createSession({ bytes, weights: new Map() });
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

const numbers = (results: NamedTensors, name: string): number[] => Array.from(results[name]?.data as Float32Array);

describe('dropout', () => {
  const x = input('x', 'float32', [6]);

  test('keeps what is drawn at the probability or above it, and makes up for the rest', async () => {
    const y = dropout(scope('decoder.head', TRAINING), x, 0.75);
    const feeds = {
      x: float32([6], [1, 2, 3, 4, 5, 6]),
      'dropout:decoder.head': float32([6], [0, 0.74, 0.75, 0.76, 0.99, 0.5]),
    };
    expect(numbers(await run({ y }, new Map(), feeds), 'y')).toEqual([0, 0, 12, 16, 20, 0]);
  });

  test('is nothing in evaluation or with probability 0', () => {
    expect(dropout(scope('a'), x, 0.5)).toBe(x);
    expect(dropout(scope('a', TRAINING), x, 0)).toBe(x);
  });
});

describe('batch normalization', () => {
  const x = input('x', 'float32', [1, 2, 1, 4]);
  const feeds = { x: float32([1, 2, 1, 4], [1, 2, 3, 4, 0, 0, 8, 8]) };
  const weights: Weights = new Map([
    ['bn.weight', float32([2], [1, 2])],
    ['bn.bias', float32([2], [0, 5])],
    ['bn.running_mean', float32([2], [1, 1])],
    ['bn.running_var', float32([2], [1, 4])],
  ]);

  test('by running statistics moves none', async () => {
    const y = batchNorm2d(scope('bn'), x, 0);
    expect(numbers(await run({ y }, weights, feeds), 'y')).toEqual([0, 1, 2, 3, 4, 4, 12, 12]);
    expect(runningStatistics([y]).size).toBe(0);
  });

  test('by the batch moves its running statistics, by their names, towards mean and unbiased variance', async () => {
    const y = batchNorm2d(scope('bn', TRAINING), x, 0);
    const moved = runningStatistics([y]);
    expect([...moved.keys()]).toEqual(['bn.running_mean', 'bn.running_var']);
    const outputs = { y, mean: moved.get('bn.running_mean') as Value, variance: moved.get('bn.running_var') as Value };
    const results = await run(outputs, weights, feeds);
    const close = (name: string, expected: readonly number[]): void =>
      numbers(results, name).forEach((value, index) => {
        expect(value).toBeCloseTo(expected[index] as number, 5);
      });
    close('y', [-1.5, -0.5, 0.5, 1.5].map((value) => value / Math.sqrt(1.25)).concat([3, 3, 7, 7]));
    close('mean', [0.9 + 0.25, 0.9 + 0.4]);
    close('variance', [0.9 + (0.1 * 5) / 3, 0.9 * 4 + (0.1 * 64) / 3]);
  });

  test('is told layer by layer which statistics to take', () => {
    const mode: Mode = { dropout: false, batchStatistics: (layer) => layer === 'b' };
    const both = ['a', 'b'].map((name) => batchNorm2d(scope(name, mode), x));
    expect([...runningStatistics(both).keys()]).toEqual(['b.running_mean', 'b.running_var']);
    expect([...parametersOf(both).keys()].filter(isStatistic)).toEqual(['a.running_mean', 'a.running_var']);
    expect(reach(both).inputs.size).toBe(1);
  });
});
