import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { formulaWeights, runEach } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { Dimension } from '../dimension.ts';
import { Conv, type ConvAttributes, conv } from '../ops/conv.ts';
import { add, relu } from '../ops/elementwise.ts';
import { maxPool } from '../ops/pool.ts';
import { input, parameter, type Value } from '../value.ts';
import { reach } from '../walk.ts';
import { rewrite } from './rewrite.ts';
import { sumAfterConvolution } from './sum-after-convolution.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = { kind: 'normal', std: 1 } as const;
const x = input('x', 'float32', ['batch', 4, 'height', 'width'] as Dimension[]);
const pointwise = (name: string, value: Value): Value => conv(value, parameter(name, [4, 4, 1, 1], drawn), null);

/** Chained residual pooling of so many blocks. */
function chain(blocks: number): Value {
  let [path, sum]: [Value, Value] = [x, x];
  for (let index = 0; index < blocks; index++) {
    path = pointwise(`w${index}`, maxPool(path, 5, 1, 2));
    sum = add(sum, path);
  }
  return sum;
}

const identities = (y: Value): number =>
  reach([y]).nodes.filter(({ op, attributes }) => op.name === Conv.name && (attributes as ConvAttributes).groups === 4)
    .length;

describe('sums right after their convolutions', () => {
  test('give the same numbers, for all but the last block of chained residual pooling', async () => {
    const plain = { y: chain(4) };
    const rewritten = rewrite(plain, sumAfterConvolution);
    expect(rewritten.y.shape).toEqual(plain.y.shape);
    expect(identities(rewritten.y)).toBe(3);
    const feeds = [{ x: fillScaled('x', [1, 4, 9, 7]) }, { x: fillScaled('other', [2, 4, 3, 5]) }];
    const weights = formulaWeights(plain);
    const [expected, got] = await Promise.all(
      [plain, rewritten].map((outputs) => runEach(backend, outputs, weights, feeds)),
    );
    expect(got).toEqual(expected);
  });

  const shared = pointwise('w', x);
  const OTHERS: readonly [string, Value][] = [
    ['of a convolution that nothing else takes', add(x, shared)],
    ['that another convolution is computed together with', add(pointwise('v', x), shared)],
    ['of what is no convolution', add(x, relu(shared))],
    ['with what is spread over the planes', add(input('b', 'float32', [4, 1, 1]), shared)],
  ];

  test.each(OTHERS)('leave a sum %s', (name, y) => {
    const outputs = name.startsWith('of a convolution') ? { y } : { y, shared };
    expect(rewrite(outputs, sumAfterConvolution).y).toBe(y);
  });
});
