import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../../test/golden/formula.ts';
import { differences, formulaWeights, operators } from '../../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { nodeCosts } from '../../cost.ts';
import type { Dimension } from '../../dimension.ts';
import { type ConvAttributes, conv } from '../../ops/conv.ts';
import { add, relu } from '../../ops/elementwise.ts';
import { input, parameter, type Value } from '../../value.ts';
import { foldConstants } from '../fold-constants.ts';
import { mergePointwise } from './pointwise.ts';
import { rewrite } from '../rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = { kind: 'normal', std: 1 } as const;
const image = (...shape: Dimension[]): Value => input('x', 'float32', shape);
const x = image('batch', 12, 'height', 'width');

function pointwise(
  name: string,
  value: Value,
  outputs: number,
  hasBias = false,
  attributes: Partial<ConvAttributes> = {},
) {
  const shape = [outputs, value.shape[1] as number, 1, 1];
  const bias = hasBias ? parameter(`${name}.bias`, [outputs], drawn) : null;
  return conv(value, parameter(`${name}.weight`, shape, drawn), bias, attributes);
}

const FEEDS = [{ x: fillScaled('x', [1, 12, 5, 7]) }, { x: fillScaled('other', [3, 12, 1, 9]) }];

describe('merging 1 x 1 convolutions in a row', () => {
  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('gives the same numbers by one convolution (biases: %s and %s)', async (first, second) => {
    const plain = { y: pointwise('b', pointwise('a', x, 10, first), 8, second) };
    const merged = rewrite(plain, mergePointwise);
    expect(merged.y.shape).toEqual(plain.y.shape);
    expect(operators(merged).filter((name) => name === 'Conv')).toHaveLength(1);
    for (const error of await differences(backend, plain, merged, FEEDS)) expect(error).toBeLessThan(5e-7);
    const constants = await foldConstants({ outputs: merged, weights: formulaWeights(plain) }, { backend });
    expect(operators(constants.outputs)).toEqual(['Conv']);
  });

  test('takes as many as there are', async () => {
    const plain = { y: pointwise('c', pointwise('b', pointwise('a', x, 12, true), 12, true), 12, true) };
    const merged = rewrite(plain, mergePointwise);
    expect(operators(merged).filter((name) => name === 'Conv')).toHaveLength(1);
    for (const error of await differences(backend, plain, merged, FEEDS)) expect(error).toBeLessThan(5e-7);
  });

  test('takes fewer multiplications at each run', () => {
    const y = pointwise('b', pointwise('a', image(1, 12, 20, 20), 10), 8);
    const perRun = (value: Value): number =>
      nodeCosts([value]).reduce((sum, { op, multiplyAdds }) => sum + (op === 'Conv' ? multiplyAdds : 0), 0);
    expect(perRun(y)).toBe((12 * 10 + 10 * 8) * 400);
    expect(perRun(rewrite({ y }, mergePointwise).y)).toBe(12 * 8 * 400);
  });

  test('is done where both ways are the same work, as one operator is less than two', () => {
    const plain = { y: pointwise('b', pointwise('a', image(1, 12, 4, 4), 6), 12) };
    expect(operators(rewrite(plain, mergePointwise)).filter((name) => name === 'Conv')).toHaveLength(1);
  });

  const a = pointwise('a', x, 12);
  const shared = { y: add(pointwise('b', a, 12), relu(a)) };
  const OTHERS: readonly [string, Record<string, Value>][] = [
    ['that would be more work as one', { y: pointwise('b', pointwise('a', x, 5), 12) }],
    ['whose value in between something else takes', shared],
    ['whose value in between is an output', { y: pointwise('b', a, 12), a }],
    ['with an activation in between', { y: pointwise('b', relu(a), 12) }],
    ['with a stride in the second', { y: pointwise('b', a, 12, false, { stride: [2, 2] }) }],
    ['with a stride in the first', { y: pointwise('b', pointwise('a', x, 12, false, { stride: [1, 2] }), 12) }],
    ['with padding in the first', { y: pointwise('b', pointwise('a', x, 12, true, { pads: [0, 0, 1, 1] }), 12) }],
    ['with padding in the second', { y: pointwise('b', a, 12, false, { pads: [0, 1, 0, 0] }) }],
    ['with groups in the second', { y: conv(a, parameter('b.weight', [12, 6, 1, 1], drawn), null, { groups: 2 }) }],
    [
      'with groups in the first',
      { y: pointwise('b', conv(x, parameter('a.weight', [12, 6, 1, 1], drawn), null, { groups: 2 }), 12) },
    ],
    [
      'of which the first is 3 x 3',
      { y: pointwise('b', conv(x, parameter('a.weight', [12, 12, 3, 3], drawn), null), 12) },
    ],
    ['of which the second is 1 x 3', { y: conv(a, parameter('b.weight', [12, 12, 1, 3], drawn), null) }],
    [
      'whose first weight changes from run to run',
      { y: pointwise('b', conv(x, input('w', 'float32', [12, 12, 1, 1]), null), 12) },
    ],
    ['whose second weight changes from run to run', { y: conv(a, input('w', 'float32', [12, 12, 1, 1]), null) }],
    [
      'whose first bias changes from run to run',
      { y: pointwise('b', conv(x, parameter('a.weight', [12, 12, 1, 1], drawn), input('c', 'float32', [12])), 12) },
    ],
  ];

  test.each(OTHERS)('does not touch two %s', (_, outputs) => {
    const rewritten = rewrite(outputs, mergePointwise);
    for (const [name, value] of Object.entries(outputs)) expect(rewritten[name]).toBe(value);
  });
});
