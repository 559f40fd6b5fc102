import { beforeAll, describe, expect, test } from 'vitest';
import { operators, runEach } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import { greater, less } from '../ops/comparison.ts';
import { scalarLike } from '../ops/constants.ts';
import { mul } from '../ops/elementwise.ts';
import { cast } from '../ops/structure.ts';
import { input, type Value } from '../value.ts';
import { maskAsHardSigmoid } from './mask-as-hard-sigmoid.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const [a, b] = [input('a', 'float32', ['n']), input('b', 'float32', ['n'])];

/** Neighbors, the largest and the smallest that are not subnormal, and what overflows when taken from one another. */
const NUMBERS = [0, -0, 1, 1 + 2 ** -23, -1, 2 ** -126, 2 ** -125, -(2 ** -126), 1e-20, 3, 5e8, 3.4e38, -3.4e38];

describe('a mask as a steep ramp', () => {
  test.each<[string, Value]>([
    ['a > b', greater(a, b)],
    ['a > 0', greater(a, scalarLike(a, 0))],
    ['a > 1', greater(a, scalarLike(a, 1))],
  ])('is 0 and 1 where %s is false and true, for any pair of numbers', async (_, comparison) => {
    const plain = { y: mul(cast(comparison, 'float32'), b) };
    const rewritten = rewrite(plain, maskAsHardSigmoid);
    expect(operators(rewritten)).toContain('HardSigmoid');
    expect(operators(rewritten)).not.toContain('Greater');
    const pairs = NUMBERS.flatMap((left) => NUMBERS.map((right) => [left, right] as const));
    const feeds = [
      {
        a: float32(
          [pairs.length],
          Float32Array.from(pairs, ([left]) => left),
        ),
        b: float32(
          [pairs.length],
          Float32Array.from(pairs, ([, right]) => right),
        ),
      },
    ];
    const [[expected], [got]] = (await Promise.all(
      [plain, rewritten].map((outputs) => runEach(backend, outputs, new Map(), feeds)),
    )) as [[{ y: Tensor<'float32'> }], [{ y: Tensor<'float32'> }]];
    expect([...got.y.data].map((one) => one + 0)).toEqual([...expected.y.data].map((one) => one + 0));
  });

  const double = input('d', 'float64', ['n']);
  test.each<[string, Value]>([
    ['of another comparison', cast(less(a, b), 'float32')],
    ['of float64', cast(greater(double, double), 'float32')],
    ['in another type', cast(greater(a, b), 'float64')],
    ['of what is no comparison', cast(double, 'float32')],
  ])('leaves a mask %s', (_, y) => {
    expect(rewrite({ y }, maskAsHardSigmoid).y).toBe(y);
  });
});
