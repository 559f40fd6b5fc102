import { beforeAll, describe, expect, test } from 'vitest';
import { fillPositive, fillScaled } from '../../../test/golden/formula.ts';
import {
  differences,
  formulaWeights,
  largestDifference,
  operators,
  runEach,
} from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { type ConvAttributes, conv } from '../ops/conv.ts';
import { add, relu } from '../ops/elementwise.ts';
import { batchNormalization } from '../ops/normalization.ts';
import { input, parameter, type Value } from '../value.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import { foldConstants } from './fold-constants.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = { kind: 'normal', std: 1 } as const;
const x = input('x', 'float32', [2, 4, 'height', 'width']);
const weight = (name: string, ...shape: number[]): Value => parameter(`${name}.weight`, shape, drawn);
const bias = parameter('conv.bias', [6], drawn);

type Statistics = readonly [Value, Value, Value, Value];

const statistics = (name: string, channels: number): Statistics =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    parameter(`${name}.${part}`, [channels], drawn),
  ) as unknown as Statistics;

const normalized = (value: Value, epsilon = 1e-3): Value => batchNormalization(value, statistics('bn', 6), epsilon);

describe('folding batch normalization into a convolution', () => {
  const CASES: readonly [string, Value, Partial<ConvAttributes>, Value | null][] = [
    ['without a bias', weight('conv', 6, 4, 3, 3), { pads: [1, 1, 1, 1] }, null],
    ['with a bias', weight('conv', 6, 4, 3, 3), { pads: [1, 1, 1, 1] }, bias],
    ['with a stride and dilation', weight('conv', 6, 4, 3, 3), { stride: [2, 2], dilation: [2, 2] }, bias],
    ['of groups', weight('conv', 6, 2, 1, 1), { groups: 2 }, null],
  ];

  test.each(CASES)(
    'gives the same numbers with no more than a convolution at each run, %s',
    async (_, w, attributes, b) => {
      const plain = { y: normalized(conv(x, w, b, attributes)) };
      const folded = rewrite(plain, foldBatchNormalization());
      expect(folded.y.shape).toEqual(plain.y.shape);
      expect(operators(folded)).not.toContain('BatchNormalization');
      const feeds = [{ x: fillScaled('x', [2, 4, 9, 11]) }, { x: fillScaled('other', [2, 4, 16, 5]) }];
      for (const error of await differences(backend, plain, folded, feeds)) expect(error).toBeLessThan(5e-7);
      const constants = await foldConstants({ outputs: folded, weights: formulaWeights(plain) }, { backend });
      expect(operators(constants.outputs)).toEqual(['Conv']);
    },
  );

  test('keeps the scope and the attributes of the convolution', () => {
    const convolved = conv(x, weight('conv', 6, 4, 3, 3), null, { stride: [2, 1] }, 'encoder.conv1');
    const { y } = rewrite({ y: normalized(convolved) }, foldBatchNormalization());
    const [before, after] = [convolved, y].map(({ source }) => (source.kind === 'node' ? source.node : null));
    expect([after?.scope, after?.attributes]).toEqual(['encoder.conv1', before?.attributes]);
  });

  test('folds each of several in a row', async () => {
    const first = normalized(conv(x, weight('conv', 6, 4, 1, 1), null));
    const second = batchNormalization(conv(relu(first), weight('next', 5, 6, 1, 1), null), statistics('bn2', 5), 1e-5);
    const folded = rewrite({ y: second }, foldBatchNormalization());
    expect(operators(folded)).not.toContain('BatchNormalization');
    const [error] = await differences(backend, { y: second }, folded, [{ x: fillScaled('x', [2, 4, 9, 11]) }]);
    expect(error).toBeLessThan(5e-7);
  });

  const convolved = conv(x, weight('conv', 6, 4, 1, 1), bias);
  const [scale, shift, , variance] = statistics('bn', 6);
  const OTHERS: readonly [string, Record<string, Value>][] = [
    ['whose convolution something else takes', { y: add(normalized(convolved), convolved) }],
    ['whose convolution is an output', { y: normalized(convolved), convolved }],
    ['after an activation', { y: normalized(relu(convolved)) }],
    ['of an input', { y: batchNormalization(x, statistics('bn', 4), 1e-5) }],
    ['of a normalized value', { y: batchNormalization(relu(normalized(relu(convolved))), statistics('bn2', 6), 1e-5) }],
    [
      'with statistics that change from run to run',
      { y: batchNormalization(convolved, [scale, shift, input('mean', 'float32', [6]), variance], 1e-5) },
    ],
    [
      'of a convolution whose weights change from run to run',
      { y: normalized(conv(x, input('w', 'float32', [6, 4, 1, 1]), null)) },
    ],
    [
      'of a convolution whose bias changes from run to run',
      { y: normalized(conv(x, weight('conv', 6, 4, 1, 1), input('b', 'float32', [6]))) },
    ],
  ];

  test.each(OTHERS)('does not touch one %s', (_, outputs) => {
    const rewritten = rewrite(outputs, foldBatchNormalization());
    for (const [name, value] of Object.entries(outputs)) expect(rewritten[name]).toBe(value);
  });

  test('leaves convolutions that are not wanted', () => {
    const outputs = { y: normalized(convolved) };
    expect(
      rewrite(
        outputs,
        foldBatchNormalization(() => false),
      ).y,
    ).toBe(outputs.y);
  });

  test('takes epsilon into account', async () => {
    const outputs = { y: normalized(convolved, 0.5) };
    const weights = new Map([...formulaWeights(outputs), ['bn.running_var', fillPositive('small', [6])] as const]);
    const feeds = [{ x: fillScaled('x', [2, 4, 3, 3]) }];
    const [expected] = await runEach(backend, outputs, weights, feeds);
    const [got] = await runEach(backend, rewrite(outputs, foldBatchNormalization()), weights, feeds);
    expect(largestDifference(got as never, expected as never)).toBeLessThan(5e-7);
  });
});
