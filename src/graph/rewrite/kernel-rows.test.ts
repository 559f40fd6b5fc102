import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { differences, formulaWeights, operators } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { nodeCosts } from '../cost.ts';
import type { Dimension } from '../dimension.ts';
import { Conv, type ConvAttributes, conv } from '../ops/conv.ts';
import { input, parameter, type Value } from '../value.ts';
import { reach } from '../walk.ts';
import { foldConstants } from './fold-constants.ts';
import { kernelRows } from './kernel-rows.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = { kind: 'normal', std: 1 } as const;
const PADS = { pads: [1, 1, 1, 1] } as const;
const rule = kernelRows(() => true);

/** A convolution of 8 channels. */
function classifier(
  outputs: number,
  hasBias: boolean,
  [batch, height, width]: readonly Dimension[] = ['batch', 'height', 'width'],
  attributes: Partial<ConvAttributes> = PADS,
): Value {
  const x = input('x', 'float32', [batch as Dimension, 8, height as Dimension, width as Dimension]);
  const bias = hasBias ? parameter('bias', [outputs], drawn) : null;
  return conv(x, parameter('weight', [outputs, 8, 3, 3], drawn), bias, attributes);
}

const kernels = (y: Value): (readonly Dimension[])[] =>
  reach([y])
    .nodes.filter(({ op }) => op.name === Conv.name)
    .map(({ inputs }) => (inputs[1] as Value).shape);

describe('the rows of a kernel as channels', () => {
  test.each([
    [1, false],
    [1, true],
    [5, true],
    [21, false],
  ])('give the same numbers for %i outputs (bias: %s), at any size and batch', async (outputs, hasBias) => {
    const plain = { y: classifier(outputs, hasBias) };
    const rewritten = { y: rewrite(plain, rule).y };
    expect(rewritten.y.shape).toEqual(plain.y.shape);
    expect(kernels(rewritten.y)).toEqual([[3 * outputs, 8, 1, 3]]);
    const feeds = [
      [1, 7, 9],
      [3, 6, 5],
      [2, 1, 1],
      [1, 2, 1],
      [1, 1, 6],
    ].map(([batch, height, width]) => ({
      x: fillScaled(`${height}x${width}`, [batch as number, 8, height as number, width as number]),
    }));
    for (const error of await differences(backend, plain, rewritten, feeds)) expect(error).toBeLessThan(5e-7);
  });

  test('are one convolution and sums once the weights are known', async () => {
    const plain = { y: classifier(2, true) };
    const constants = await foldConstants(
      { outputs: rewrite(plain, rule), weights: formulaWeights(plain) },
      { backend },
    );
    expect(operators(constants.outputs).sort()).toEqual([
      'Add',
      'Add',
      'Conv',
      'Pad',
      'Pad',
      'Slice',
      'Slice',
      'Slice',
    ]);
  });

  test('take as many multiplications', () => {
    const y = classifier(5, false, [1, 20, 30]);
    const count = (value: Value): number => nodeCosts([value]).reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
    expect(count(rewrite({ y }, rule).y)).toBe(count(y));
  });

  const x = input('x', 'float32', [1, 8, 6, 6]);
  const OTHERS: readonly [string, Value][] = [
    ['at stride 2', classifier(5, false, [1, 6, 6], { ...PADS, stride: [2, 2] })],
    ['that is dilated', classifier(5, false, [1, 6, 6], { pads: [2, 2, 2, 2], dilation: [2, 2] })],
    ['without padding', classifier(5, false, [1, 6, 6], {})],
    ['in groups', conv(x, parameter('weight', [8, 1, 3, 3], drawn), null, { ...PADS, groups: 8 })],
    ['of 1 x 1', conv(x, parameter('weight', [5, 8, 1, 1], drawn), null)],
  ];

  test.each(OTHERS)('leave a convolution %s', (_, y) => {
    expect(rewrite({ y }, rule).y).toBe(y);
  });

  test('leave a convolution that is not wanted', () => {
    const y = classifier(5, false);
    expect(
      rewrite(
        { y },
        kernelRows(() => false),
      ).y,
    ).toBe(y);
  });
});
