import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../../test/golden/formula.ts';
import { differences, formulaWeights, runEach } from '../../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import type { Backend, NamedTensors } from '../../../runtime/backend.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { nodeCosts } from '../../cost.ts';
import type { Dimension } from '../../dimension.ts';
import { conv } from '../../ops/conv.ts';
import { Gather } from '../../ops/gather.ts';
import { input, parameter, type Value } from '../../value.ts';
import { reach } from '../../walk.ts';
import { matrixValue, transformedKernels, winogradConvolution } from './convolution.ts';
import { TILES, type Tile, winogradMatrices } from './matrices.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Norm of the difference over the norm of the plain convolution's outputs, in float32. */
const ERRORS: Readonly<Record<Tile, number>> = { 2: 1e-6, 4: 5e-6, 6: 1e-5 };

const drawn = { kind: 'normal', std: 1 } as const;

interface Pair {
  readonly plain: Value;
  readonly fast: Value;
}

function both(x: Value, outputs: number, tile: Tile, hasBias = true): Pair {
  const weight = parameter('conv.weight', [outputs, x.shape[1] as number, 3, 3], drawn);
  const bias = hasBias ? parameter('conv.bias', [outputs], drawn) : null;
  const kernels = transformedKernels(weight, matrixValue(x, winogradMatrices(tile).kernel));
  return {
    plain: conv(x, weight, bias, { pads: [1, 1, 1, 1] }),
    fast: winogradConvolution(x, kernels, bias, tile),
  };
}

const errors = ({ plain, fast }: Pair, feeds: readonly NamedTensors[]): Promise<number[]> =>
  differences(backend, { y: plain }, { y: fast }, feeds);

const feed = (...shape: number[]): NamedTensors => ({ x: fillScaled(`x:${shape}`, shape) });

const SIZES = [
  [1, 1],
  [1, 4],
  [2, 2],
  [5, 7],
  [6, 6],
  [13, 3],
  [12, 24],
  [25, 31],
] as const;

describe.each(TILES.map((tile) => ({ tile })))('a convolution by tiles of $tile x $tile', ({ tile }) => {
  const bound = ERRORS[tile];

  test.each([true, false])(
    'gives the same numbers in one session at any height and width (bias: %s)',
    async (hasBias) => {
      const pair = both(input('x', 'float32', [1, 5, 'height', 'width']), 7, tile, hasBias);
      expect(pair.fast.shape).toEqual(pair.plain.shape);
      const found = await errors(
        pair,
        SIZES.map(([height, width]) => feed(1, 5, height, width)),
      );
      expect(Math.max(...found)).toBeLessThan(bound);
    },
  );

  test.each([1, 2, 3])('gives the same numbers where all extents are known, for a batch of %i', async (batch) => {
    for (const [height, width] of SIZES) {
      const pair = both(input('x', 'float32', [batch, 5, height, width]), 7, tile);
      expect(pair.fast.shape).toEqual([batch, 7, height, width]);
      const [error] = await errors(pair, [feed(batch, 5, height, width)]);
      expect(error, `${height} x ${width}`).toBeLessThan(bound);
    }
  });

  const MIXED: readonly (readonly [Dimension, Dimension])[] = [
    ['height', 11],
    [9, 'width'],
    ['floor((height+1)/2)', 'floor((width+1)/2)+3'],
  ];

  test.each(MIXED)('gives the same numbers for an image of height %s and width %s', async (height, width) => {
    const pair = both(input('x', 'float32', [1, 3, height, width]), 4, tile);
    expect(pair.fast.shape).toEqual(pair.plain.shape);
    const [error] = await errors(pair, [feed(1, 3, 9, 11)]);
    expect(error).toBeLessThan(bound);
  });

  test('keeps the images of a batch apart', async () => {
    // One image of zeros between others: nothing but rounding, where a tile lies over both, may reach it from its neighbors.
    for (const [height, width] of SIZES) {
      const { fast } = both(input('x', 'float32', [3, 2, height, width]), 3, tile, false);
      const x = fillScaled('x', [3, 2, height, width]);
      const image = 2 * height * width;
      x.data.fill(0, image, 2 * image);
      const [{ y }] = (await runEach(backend, { y: fast }, formulaWeights({ y: fast }), [{ x }])) as [
        { y: Tensor<'float32'> },
      ];
      const largest = (image: number): number =>
        Math.max(...y.data.subarray((image * y.data.length) / 3, ((image + 1) * y.data.length) / 3).map(Math.abs));
      expect(largest(1) / Math.min(largest(0), largest(2))).toBeLessThan(bound);
    }
  });

  test('has the positions of lines once for all batches of the same extents', () => {
    const at = (height: number): Value => both(input(`x${height}`, 'float32', [2, 3, height, 9]), 4, tile).fast;
    const positions = (...values: Value[]): number =>
      new Set(reach(values).nodes.flatMap(({ op, inputs }) => (op.name === Gather.name ? [inputs[1] as Value] : [])))
        .size;
    expect(positions(at(8), at(8))).toBe(1);
    expect(positions(at(8), at(9))).toBe(2);
  });

  test('is as accurate with hundreds of channels', async () => {
    const pair = both(input('x', 'float32', [1, 256, 26, 22]), 72, tile);
    const [error] = await errors(pair, [feed(1, 256, 26, 22)]);
    expect(error).toBeLessThan(bound);
  });

  test('takes fewer multiplications, all transforms counted', () => {
    const { plain, fast } = both(input('x', 'float32', [1, 256, 64, 64]), 256, tile);
    const [before, after] = [plain, fast].map((y) =>
      nodeCosts([y]).reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    ) as [number, number];
    expect(before / after).toBeGreaterThan({ 2: 2, 4: 3.2, 6: 3.2 }[tile]);
  });
});
