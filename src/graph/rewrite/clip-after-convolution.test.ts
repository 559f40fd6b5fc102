import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { operators, runEach } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { scalarLike } from '../ops/constants.ts';
import { add, Clip, clip, relu, relu6 } from '../ops/elementwise.ts';
import { applyOne, input, type Value } from '../value.ts';
import { clipAfterConvolution } from './clip-after-convolution.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const x = input('x', 'float32', ['batch', 3, 'height', 'width']);
const sum = add(x, x);

describe('clipping a sum after a convolution that changes nothing', () => {
  test.each([
    [0, 6],
    [-1, 0.5],
  ])('gives the same numbers between %d and %d', async (least, most) => {
    const plain = { y: clip(sum, least, most) };
    const rewritten = rewrite(plain, clipAfterConvolution);
    expect(operators(rewritten)).toEqual(['Add', 'Conv', 'Clip']);
    expect(rewritten.y.shape).toEqual(plain.y.shape);
    const feeds = [{ x: fillScaled('x', [2, 3, 9, 7], 5) }];
    const [[expected], [got]] = (await Promise.all(
      [plain, rewritten].map((outputs) => runEach(backend, outputs, new Map(), feeds)),
    )) as [[{ y: Tensor<'float32'> }], [{ y: Tensor<'float32'> }]];
    expect(got.y.data).toEqual(expected.y.data);
    // All three cases are there: below, between and above.
    expect([Math.min(...got.y.data), Math.max(...got.y.data)]).toEqual([least, most]);
    expect(got.y.data.some((value) => value > least && value < most)).toBe(true);
  });

  const double = input('d', 'float64', [1, 3, 4, 4]);
  const row = input('r', 'float32', [1, 3]);
  const open = input('o', 'float32', [1, 'channels', 4, 4]);
  const OTHERS: readonly [string, Value][] = [
    ['of what is no sum', relu6(relu(x))],
    ['of an input', relu6(x)],
    ['of what is no image', relu6(add(row, row))],
    ['of float64', relu6(add(double, double))],
    ['of an open number of channels', relu6(add(open, open))],
    [
      'at a bound that changes from run to run',
      applyOne(Clip, [sum, scalarLike(x, 0), input('top', 'float32', [])], null),
    ],
  ];

  test.each(OTHERS)('leaves clipping %s', (_, y) => {
    expect(rewrite({ y }, clipAfterConvolution).y).toBe(y);
  });
});
