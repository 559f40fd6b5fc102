import { beforeAll, describe, expect, test } from 'vitest';
import { PAPER_BLOCK } from '../../../test/golden/block-options.ts';
import { fillScaled, fillWeights } from '../../../test/golden/formula.ts';
import { runGraph } from '../../../test/golden/run-graph.ts';
import { relu } from '../../graph/ops/elementwise.ts';
import { input, type Value } from '../../graph/value.ts';
import { parametersOf } from '../../graph/walk.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import { scope } from '../../nn/scope.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { refineNetBlock, residualConvUnit } from './blocks.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const shapesOf = (y: Value) => [...parametersOf([y])].map(([name, { shape }]) => [name, shape] as const);

describe('the RefineNet block', () => {
  const options = { ...PAPER_BLOCK, pooling: { order: 'pool-conv', count: 4 } } as const;

  test.each([
    [[[4, 7, 9]], [4, 7, 9]],
    [
      [
        [8, 4, 5],
        [6, 7, 9],
      ],
      [6, 7, 9],
    ],
    [
      [
        [16, 1, 1],
        [4, 3, 12],
        [8, 11, 2],
        [5, 6, 6],
        [7, 2, 3],
      ],
      [4, 11, 12],
    ],
  ])('takes inputs %j of any number, size and channel count, and gives %j', async (sizes, expected) => {
    const feeds = Object.fromEntries(sizes.map((size, index) => [`x${index}`, fillScaled(`x${index}`, [2, ...size])]));
    const inputs = sizes.map((size, index) => ({ value: input(`x${index}`, 'float32', [2, ...size]), fuse: true }));
    const y = refineNetBlock(scope('block'), inputs, options);
    expect(y.shape).toEqual([2, ...expected]);
    const results = await runGraph(backend, { y }, fillWeights(shapesOf(y)), feeds);
    expect(results.y?.shape).toEqual([2, ...expected]);
  });

  test('with a rectified skip is the ordinary unit of a rectified input, as pytorch_refinenet computes it', async () => {
    const x = input('x', 'float32', [1, 8, 7, 9]);
    const rectified = residualConvUnit(scope('rcu'), x, { ...options, skip: 'rectified' });
    const ordinary = residualConvUnit(scope('rcu'), relu(x), options);
    const plain = residualConvUnit(scope('rcu'), x, options);
    const weights = fillWeights(shapesOf(plain));
    const { a, b, c } = await runGraph(backend, { a: rectified, b: ordinary, c: plain }, weights, {
      x: fillScaled('x', [1, 8, 7, 9]),
    });
    expect([...(a?.data ?? [])]).toEqual([...(b?.data ?? [])]);
    expect(relativeDifference(c?.data as Float32Array, a?.data as Float32Array)).toBeGreaterThan(0.1);
  });
});
