import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { operators, runEach } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { scalarLike } from '../ops/constants.ts';
import { add, Clip, clip, relu, relu6 } from '../ops/elementwise.ts';
import { applyOne, input, type Value } from '../value.ts';
import { clipAsRelu } from './clip-as-relu.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const x = input('x', 'float32', ['batch', 3, 'height', 'width']);
const sum = add(x, x);

describe('clipping a sum by rectifications', () => {
  test.each([6, 1, 0.5])('gives the same numbers but for the rounding of the upper bound %d', async (top) => {
    const plain = { y: clip(sum, 0, top) };
    const rewritten = rewrite(plain, clipAsRelu);
    expect(operators(rewritten)).not.toContain('Clip');
    expect(rewritten.y.shape).toEqual(plain.y.shape);
    const feeds = [{ x: fillScaled('x', [2, 3, 9, 7], 5) }];
    const [[expected], [got]] = (await Promise.all(
      [plain, rewritten].map((outputs) => runEach(backend, outputs, new Map(), feeds)),
    )) as [[{ y: Tensor<'float32'> }], [{ y: Tensor<'float32'> }]];
    const errors = got.y.data.map((value, at) => Math.abs(value - (expected.y.data[at] as number)));
    expect(Math.max(...errors)).toBeLessThan(top * 2 ** -23);
    // All three cases are there: below, between and above.
    const [least, most] = [Math.min(...got.y.data), Math.max(...got.y.data)];
    expect([least, most]).toEqual([0, top]);
    expect(got.y.data.some((value) => value > 0 && value < top)).toBe(true);
  });

  const double = input('d', 'float64', [1, 3, 4, 4]);
  const open = input('o', 'float32', [1, 'channels', 4, 4]);
  const OTHERS: readonly [string, Value][] = [
    ['of what is no sum', relu6(relu(x))],
    ['of an input', relu6(x)],
    ['from another number than 0', clip(sum, -1, 6)],
    ['of float64', relu6(add(double, double))],
    ['of an open number of channels', relu6(add(open, open))],
    [
      'at a bound that changes from run to run',
      applyOne(Clip, [sum, scalarLike(x, 0), input('top', 'float32', [])], null),
    ],
  ];

  test.each(OTHERS)('leaves clipping %s', (_, y) => {
    expect(rewrite({ y }, clipAsRelu).y).toBe(y);
  });
});
