import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { differences, operators } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { add, clip, neg, relu } from '../ops/elementwise.ts';
import { maxPool } from '../ops/pool.ts';
import { input, type Value } from '../value.ts';
import { removeRepeatedRelu } from './remove-repeated-relu.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const x = input('x', 'float32', [1, 3, 'height', 'width']);
const pool = (value: Value): Value => maxPool(value, 5, 1, 2);

describe('removing repeated rectification', () => {
  test('gives the same numbers with fewer operators', async () => {
    const once = relu(x);
    const twice = relu(once);
    const plain = { once, twice, pooled: neg(relu(pool(pool(twice)))) };
    const rewritten = rewrite(plain, removeRepeatedRelu);
    expect(operators(plain)).toEqual(['Relu', 'Relu', 'MaxPool', 'MaxPool', 'Relu', 'Neg']);
    expect(operators(rewritten)).toEqual(['Relu', 'MaxPool', 'MaxPool', 'Neg']);
    expect(await differences(backend, plain, rewritten, [{ x: fillScaled('x', [1, 3, 7, 9]) }])).toEqual([0]);
  });

  test('takes any number of them in a row', () => {
    expect(operators(rewrite({ y: relu(relu(relu(relu(x)))) }, removeRepeatedRelu))).toEqual(['Relu']);
  });

  const OTHERS: readonly [string, Value][] = [
    ['of an input', relu(x)],
    ['of a sum', relu(add(relu(x), relu(x)))],
    ['of what was negated since', relu(neg(relu(x)))],
    ['of what was pooled only', relu(pool(x))],
    ['of what was clipped at a negative number', relu(clip(relu(x), -1, 1))],
  ];

  test.each(OTHERS)('leaves the one %s', (_, y) => {
    expect(rewrite({ y }, removeRepeatedRelu).y).toBe(y);
  });
});
