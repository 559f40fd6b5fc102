import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../../test/golden/formula.ts';
import { differences, largestDifference, runEach, winogradForms } from '../../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { nodeCosts } from '../../cost.ts';
import type { Dimension } from '../../dimension.ts';
import { gradient } from '../../gradient/gradient.ts';
import { type ConvAttributes, conv } from '../../ops/conv.ts';
import { relu } from '../../ops/elementwise.ts';
import { input, type Node, parameter, type Value } from '../../value.ts';
import { rewrite } from '../rewrite.ts';
import { type ChooseTile, winograd } from './rule.ts';
import { winogradGradients } from './gradients.ts';
import { matrixValue } from './convolution.ts';
import { TILES, type Tile, winogradMatrices } from './matrices.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = { kind: 'normal', std: 1 } as const;
const SAME: Partial<ConvAttributes> = { pads: [1, 1, 1, 1] };
const kernel = (tile: Tile): Value => matrixValue({ dtype: 'float32' }, winogradMatrices(tile).kernel);
const image = (...shape: Dimension[]): Value => input('x', 'float32', shape);
const weight = (name: string, ...shape: number[]): Value => parameter(`${name}.weight`, shape, drawn);
const bias = (name: string, channels: number): Value => parameter(`${name}.bias`, [channels], drawn);

const multiplyAdds = (...values: Value[]): number =>
  nodeCosts(values).reduce((sum, cost) => sum + cost.multiplyAdds, 0);

describe('the rewriting of convolutions into Winograd form', () => {
  test('replaces each that was chosen, by the tile that was chosen for it', async () => {
    const x = image(1, 3, 'height', 'width');
    const first = relu(conv(x, weight('first', 6, 3, 3, 3), bias('first', 6), SAME));
    const second = conv(first, weight('second', 5, 6, 3, 3), null, SAME);
    const y = conv(second, weight('third', 4, 5, 3, 3), null, SAME);
    const tiles: Record<string, Tile | null> = { first: 2, second: null, third: 6 };
    const rewritten = rewrite(
      { y },
      winograd(({ scope }) => tiles[scope] ?? null, kernel),
    );
    expect(rewritten.y.shape).toEqual(y.shape);
    expect(winogradForms(rewritten)).toBe(2);
    const feeds = [
      [17, 9],
      [32, 40],
    ].map(([height, width]) => ({ x: fillScaled('x', [1, 3, height as number, width as number]) }));
    for (const error of await differences(backend, { y }, rewritten, feeds)) expect(error).toBeLessThan(1e-5);
  });

  test('leaves what was not chosen as it is', () => {
    const y = conv(image(1, 3, 8, 8), weight('a', 6, 3, 3, 3), null, SAME);
    expect(
      rewrite(
        { y },
        winograd(() => null, kernel),
      ).y,
    ).toBe(y);
  });

  const x = image(1, 4, 8, 9);
  const w = weight('a', 4, 4, 3, 3);
  const OTHERS: readonly [string, Value][] = [
    ['a stride', conv(x, w, null, { ...SAME, stride: [2, 2] })],
    ['a stride along one axis', conv(x, w, null, { ...SAME, stride: [1, 2] })],
    ['dilation', conv(x, w, null, { ...SAME, dilation: [2, 2] })],
    ['groups', conv(x, weight('a', 4, 2, 3, 3), null, { ...SAME, groups: 2 })],
    ['a kernel for each channel', conv(x, weight('a', 4, 1, 3, 3), null, { ...SAME, groups: 4 })],
    ['no padding', conv(x, w, null)],
    ['padding at two sides', conv(x, w, null, { pads: [1, 1, 0, 0] })],
    ['more padding', conv(x, w, null, { pads: [2, 2, 2, 2] })],
    ['a 1 x 1 kernel', conv(x, weight('a', 4, 4, 1, 1), null, SAME)],
    ['a 5 x 5 kernel', conv(x, weight('a', 4, 4, 5, 5), null, SAME)],
    ['a 3 x 1 kernel', conv(x, weight('a', 4, 4, 3, 1), null, SAME)],
    ['a batch of open size', conv(image('batch', 4, 8, 9), w, null, SAME)],
    ['a batch of images whose size is open', conv(image(2, 4, 'height', 9), w, null, SAME)],
    ...(['float16', 'float64'] as const).map((dtype): [string, Value] => [
      dtype,
      conv(input('x', dtype, [1, 4, 8, 9]), input('w', dtype, [4, 4, 3, 3]), null, SAME),
    ]),
  ];

  test.each(OTHERS)('does not touch a convolution with %s, nor ask about it', (_, y) => {
    const asked: Node[] = [];
    const choose: ChooseTile = (node) => {
      asked.push(node);
      return 4;
    };
    expect(rewrite({ y }, winograd(choose, kernel)).y).toBe(y);
    expect(asked).toEqual([]);
  });
});

/** Norm of the difference over the norm of the plain gradient, in float32. */
const GRADIENT_ERRORS: Readonly<Record<Tile, number>> = { 2: 1e-6, 4: 5e-6, 6: 1e-5 };

describe.each(TILES.map((tile) => ({ tile })))(
  'the gradients of a convolution by tiles of $tile x $tile',
  ({ tile }) => {
    const gradients = (batch: number, inputs: number, outputs: number, height: number, width: number) => {
      const x = image(batch, inputs, height, width);
      const w = input('w', 'float32', [outputs, inputs, 3, 3]);
      const upstream = input('upstream', 'float32', [batch, outputs, height, width]);
      const [dx, dw] = gradient(conv(x, w, null, SAME), [x, w], upstream) as [Value, Value];
      return {
        plain: { dx, dw },
        fast: rewrite(
          { dx, dw },
          winogradGradients(() => tile),
        ),
      };
    };

    test.each([
      [1, 1, 1],
      [1, 5, 7],
      [1, 13, 3],
      [1, 12, 24],
      [3, 1, 1],
      [3, 5, 7],
      [3, 13, 3],
      [3, 12, 24],
      [2, 25, 31],
    ])('are the same numbers for %i images of %i x %i', async (batch, height, width) => {
      const { plain, fast } = gradients(batch, 5, 7, height, width);
      expect([fast.dx.shape, fast.dw.shape]).toEqual([plain.dx.shape, plain.dw.shape]);
      const feeds = {
        x: fillScaled('x', [batch, 5, height, width]),
        w: fillScaled('w', [7, 5, 3, 3]),
        upstream: fillScaled('upstream', [batch, 7, height, width]),
      };
      const [expected] = await runEach(backend, plain, new Map(), [feeds]);
      const [got] = await runEach(backend, fast, new Map(), [feeds]);
      for (const name of ['dx', 'dw'] as const) {
        const difference = largestDifference({ [name]: got?.[name] as never }, { [name]: expected?.[name] as never });
        expect(difference, name).toBeLessThan(GRADIENT_ERRORS[tile]);
      }
    });

    test('take fewer multiplications, all transforms counted', () => {
      const { plain, fast } = gradients(2, 256, 256, 64, 64);
      for (const name of ['dx', 'dw'] as const) {
        expect(multiplyAdds(plain[name]) / multiplyAdds(fast[name]), name).toBeGreaterThan(
          { 2: 2, 4: 3, 6: 3.3 }[tile],
        );
      }
    });
  },
);

describe('the gradients of other convolutions', () => {
  const x = image(1, 4, 8, 9);
  const w = input('w', 'float32', [4, 4, 3, 3]);
  const OTHERS: readonly [string, Value, Value][] = [
    ['a stride', w, conv(x, w, null, { ...SAME, stride: [2, 2] })],
    ['dilation', w, conv(x, w, null, { ...SAME, dilation: [2, 2] })],
    ['no padding', w, conv(x, w, null)],
    ...(
      [
        ['groups', [4, 2, 3, 3], 2],
        ['a kernel for each channel', [4, 1, 3, 3], 4],
        ['a 1 x 1 kernel', [4, 4, 1, 1], 1],
        ['a 5 x 5 kernel', [4, 4, 5, 5], 1],
      ] as const
    ).map(([name, shape, groups]): [string, Value, Value] => {
      const other = input('w', 'float32', shape);
      return [name, other, conv(x, other, null, { ...SAME, groups })];
    }),
  ];

  test.each(OTHERS)('are not touched: %s', (_, kernels, y) => {
    const upstream = input('upstream', 'float32', y.shape);
    const [dx, dw] = gradient(y, [x, kernels], upstream) as [Value, Value];
    const rewritten = rewrite(
      { dx, dw },
      winogradGradients(() => 4),
    );
    expect(rewritten.dx).toBe(dx);
    expect(rewritten.dw).toBe(dw);
  });

  test('are not touched where none was chosen', () => {
    const y = conv(x, w, null, SAME);
    const [dx, dw] = gradient(y, [x, w], input('upstream', 'float32', y.shape)) as [Value, Value];
    const rewritten = rewrite(
      { dx, dw },
      winogradGradients(() => null),
    );
    expect([rewritten.dx, rewritten.dw]).toEqual([dx, dw]);
  });
});
