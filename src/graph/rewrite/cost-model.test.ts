import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dimension } from '../dimension.ts';
import { gradient } from '../gradient/gradient.ts';
import type { MachineCosts } from '../../runtime/machine-costs.ts';
import { conv } from '../ops/conv.ts';
import { input, type Node, type Value } from '../value.ts';
import {
  type ConvolutionExtents,
  chooseTile,
  convolutionTime,
  kernelRowsTime,
  takesKernelRows,
  type TileChoice,
  winogradBytes,
  winogradTime,
} from './cost-model.ts';
import { WIDE_VECTORS } from './known-costs.ts';
import { TILES, type Tile } from './winograd/matrices.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;

const closed: TileChoice['extentOf'] = (name) => {
  throw new Error(`${name} should not be asked for`);
};

const nodeOf = ({ source }: Value): Node => {
  if (source.kind !== 'node') throw new Error('not made by a node');
  return source.node;
};

type Sizes = { readonly [K in keyof ConvolutionExtents]: Dimension };

const convolution = ({ batch, inputs, outputs, height, width }: Sizes): Node =>
  nodeOf(
    conv(input('x', 'float32', [batch, inputs, height, width]), input('w', 'float32', [outputs, inputs, 3, 3]), null, {
      pads: [1, 1, 1, 1],
    }),
  );

const square = (channels: number, side: number, batch = 1): ConvolutionExtents => ({
  batch,
  inputs: channels,
  outputs: channels,
  height: side,
  width: side,
});

const choose = (extents: ConvolutionExtents, ahead = true, costs = WIDE_VECTORS): Tile | null =>
  chooseTile(convolution(extents), { costs, ahead, limit: NO_LIMIT, extentOf: closed });

const extents = fc.record({
  batch: fc.integer({ min: 1, max: 8 }),
  inputs: fc.integer({ min: 1, max: 1024 }),
  outputs: fc.integer({ min: 1, max: 1024 }),
  height: fc.integer({ min: 1, max: 300 }),
  width: fc.integer({ min: 1, max: 300 }),
});

const cost = fc.double({ min: 1e-4, max: 100, noNaN: true });
const tileCosts = fc.record({ input: cost, output: cost, kernel: cost });
const machine: fc.Arbitrary<MachineCosts> = fc.record({
  convolution: fc.record({ multiplyAdd: cost, block: fc.integer({ min: 1, max: 32 }) }),
  training: fc.record({ forward: cost, input: cost, weight: cost }),
  product: fc.record({ multiplyAdd: cost, byte: cost }),
  tiles: fc.record({ 2: tileCosts, 4: tileCosts, 6: tileCosts }),
});

describe('the choice of a form', () => {
  test('is the fastest by the costs, and the convolution itself unless another saves a twentieth of its time', () => {
    fc.assert(
      fc.property(extents, fc.boolean(), fc.oneof(machine, fc.constant(WIDE_VECTORS)), (sizes, ahead, costs) => {
        fc.pre(Math.min(sizes.inputs, sizes.outputs) >= costs.convolution.block);
        const tile = choose(sizes, ahead, costs);
        const times = TILES.map((each) => winogradTime(sizes, each, costs, ahead));
        const limit = 0.95 * convolutionTime(sizes, costs);
        if (tile === null) expect(Math.min(...times)).toBeGreaterThanOrEqual(limit);
        else {
          expect(winogradTime(sizes, tile, costs, ahead)).toBe(Math.min(...times));
          expect(Math.min(...times)).toBeLessThan(limit);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the speed of the machine as a whole', () => {
    const scaled = (
      factor: number,
      { convolution: c, training: t, product: p, tiles }: MachineCosts,
    ): MachineCosts => ({
      convolution: { ...c, multiplyAdd: factor * c.multiplyAdd },
      training: { forward: factor * t.forward, input: factor * t.input, weight: factor * t.weight },
      product: { multiplyAdd: factor * p.multiplyAdd, byte: factor * p.byte },
      tiles: Object.fromEntries(
        TILES.map((tile) => {
          const { input: before, output: after, kernel } = tiles[tile];
          return [tile, { input: factor * before, output: factor * after, kernel: factor * kernel }];
        }),
      ) as unknown as MachineCosts['tiles'],
    });
    fc.assert(
      fc.property(extents, fc.boolean(), fc.constantFrom(0.25, 2, 8), (sizes, ahead, factor) => {
        expect(choose(sizes, ahead, scaled(factor, WIDE_VECTORS))).toBe(choose(sizes, ahead));
      }),
    );
  });

  test('takes the extents that are open from what is likely', () => {
    const known = square(256, 64);
    const asked: string[] = [];
    const extentOf = (name: string): number => {
      asked.push(name);
      return 256;
    };
    const quarter = 'floor((floor((height+1)/2)+1)/2)';
    const open = convolution({ ...known, height: quarter, width: quarter.replace('height', 'width') });
    expect(chooseTile(open, { costs: WIDE_VECTORS, ahead: true, limit: NO_LIMIT, extentOf })).toBe(choose(known));
    expect(new Set(asked)).toEqual(new Set(['height', 'width']));
    const tiny = chooseTile(open, { costs: WIDE_VECTORS, ahead: true, limit: NO_LIMIT, extentOf: () => 2 });
    expect(tiny).toBe(choose(square(256, 1)));
    expect(tiny).not.toBe(choose(known));
  });

  test('never takes more bytes than the limit', () => {
    fc.assert(
      fc.property(extents, fc.integer({ min: 1, max: 2 ** 28 }), (sizes, limit) => {
        const tile = chooseTile(convolution(sizes), { costs: WIDE_VECTORS, ahead: true, limit, extentOf: closed });
        return tile === null || winogradBytes(sizes, tile) <= limit;
      }),
    );
    const known = square(256, 64);
    const [tile, bytes] = [choose(known) as Tile, winogradBytes(known, choose(known) as Tile)];
    const within = (limit: number) =>
      chooseTile(convolution(known), { costs: WIDE_VECTORS, ahead: true, limit, extentOf: closed });
    expect(within(bytes)).toBe(tile);
    expect(within(bytes - 1)).not.toBe(tile);
  });

  /** Of the convolution and of its gradients with respect to its input and its weight. */
  const tilesInTraining = (sizes: ConvolutionExtents, costs: MachineCosts): (Tile | null)[] => {
    const x = input('x', 'float32', [sizes.batch, sizes.inputs, sizes.height, sizes.width]);
    const w = input('w', 'float32', [sizes.outputs, sizes.inputs, 3, 3]);
    const y = conv(x, w, null, { pads: [1, 1, 1, 1] });
    return [y, ...gradient(y, [x, w], input('dy', 'float32', y.shape))].map((value) =>
      chooseTile(nodeOf(value), { costs, ahead: false, training: true, limit: NO_LIMIT, extentOf: closed }),
    );
  };

  const training = (forward: number, input: number, weight: number): MachineCosts => ({
    ...WIDE_VECTORS,
    training: { forward, input, weight },
  });

  test('is in training, of gradients too, what it is in inference where a multiply-add takes as long', () => {
    const { multiplyAdd } = WIDE_VECTORS.convolution;
    for (const side of [8, 16, 24, 40]) {
      const sizes: ConvolutionExtents = { batch: 2, inputs: 192, outputs: 320, height: 24, width: side };
      const tile = choose(sizes, false);
      expect(tilesInTraining(sizes, training(multiplyAdd, multiplyAdd, multiplyAdd))).toEqual([tile, tile, tile]);
    }
  });

  test('compares a convolution and each gradient with its own form in training', () => {
    const sizes = square(256, 16, 2);
    const [fast, slow, tile] = [1e-9, 1, expect.any(Number)];
    expect(tilesInTraining(sizes, training(fast, fast, fast))).toEqual([null, null, null]);
    expect(tilesInTraining(sizes, training(slow, fast, fast))).toEqual([tile, null, null]);
    expect(tilesInTraining(sizes, training(fast, slow, fast))).toEqual([null, tile, null]);
    expect(tilesInTraining(sizes, training(fast, fast, slow))).toEqual([null, null, tile]);
    expect(choose(sizes, false, training(slow, slow, slow))).toBe(choose(sizes, false));
  });
});

describe('the rows of a kernel as channels', () => {
  const taken = (outputs: number, { inputs = 256, side = 128, limit = NO_LIMIT } = {}): boolean =>
    takesKernelRows(convolution({ batch: 1, inputs, outputs, height: side, width: side }), {
      costs: WIDE_VECTORS,
      ahead: true,
      limit,
      extentOf: closed,
    });

  test('are taken where they fill blocks of outputs better, and no tiles are faster', () => {
    for (const classes of [1, 2, 5, 19, 21]) expect(taken(classes), `${classes}`).toBe(true);
    // As many blocks in either form.
    for (const classes of [11, 16, 32]) expect(taken(classes), `${classes}`).toBe(false);
    for (const channels of [40, 64, 150, 256]) {
      expect(taken(channels), `${channels}`).toBe(false);
      expect(choose({ ...square(256, 128), outputs: channels })).not.toBeNull();
    }
    // Where tiles are too large to be taken, the convolution itself is the other form.
    expect([taken(19, { limit: 0 }), taken(40, { limit: 0 })]).toEqual([true, false]);
    // Of few inputs there is less to multiply, but as much to move.
    expect([5, 21].map((classes) => taken(classes, { inputs: 16 }))).toEqual([false, false]);
    expect(taken(21, { side: 16 })).toBe(true);
  });

  test('are taken by their time and that of all others', () => {
    fc.assert(
      fc.property(extents, fc.oneof(machine, fc.constant(WIDE_VECTORS)), (sizes, costs) => {
        fc.pre(Math.min(sizes.inputs, sizes.outputs) >= costs.convolution.block);
        const others = [convolutionTime(sizes, costs), ...TILES.map((tile) => winogradTime(sizes, tile, costs, true))];
        const choice = { costs, ahead: true, limit: NO_LIMIT, extentOf: closed };
        expect(takesKernelRows(convolution(sizes), choice)).toBe(
          kernelRowsTime(sizes, costs) < 0.95 * Math.min(...others),
        );
      }),
    );
  });
});

describe('the time of a form', () => {
  const forms: readonly [string, (sizes: ConvolutionExtents) => number][] = [
    ['the convolution itself', (sizes) => convolutionTime(sizes, WIDE_VECTORS)],
    ['the rows of its kernel as channels', (sizes) => kernelRowsTime(sizes, WIDE_VECTORS)],
    ...TILES.flatMap((tile) =>
      [true, false].map((ahead): [string, (sizes: ConvolutionExtents) => number] => [
        `tiles of ${tile}, weights transformed ${ahead ? 'ahead' : 'at each run'}`,
        (sizes) => winogradTime(sizes, tile, WIDE_VECTORS, ahead),
      ]),
    ),
  ];

  test.each(forms)('never falls where an extent grows: %s', (_, time) => {
    const names = ['inputs', 'outputs', 'height', 'width'] as const;
    fc.assert(
      fc.property(extents, fc.constantFrom(...names), fc.integer({ min: 1, max: 50 }), (sizes, name, more) => {
        expect(time({ ...sizes, [name]: sizes[name] + more })).toBeGreaterThanOrEqual(time(sizes));
      }),
    );
    // Some numbers of images fill their tiles better than one image less does, but their multiples take no less.
    fc.assert(
      fc.property(extents, fc.integer({ min: 2, max: 8 }), (sizes, times) => {
        expect(time({ ...sizes, batch: times * sizes.batch })).toBeGreaterThanOrEqual(time(sizes));
      }),
    );
  });

  test('is less by the transform of the weights where that was done ahead', () => {
    fc.assert(
      fc.property(extents, fc.constantFrom(...TILES), (sizes, tile) => {
        const saved = winogradTime(sizes, tile, WIDE_VECTORS, false) - winogradTime(sizes, tile, WIDE_VECTORS, true);
        const transform = sizes.inputs * sizes.outputs * WIDE_VECTORS.tiles[tile].kernel;
        expect(saved / transform).toBeCloseTo(1, 3);
      }),
    );
  });

  test('of a convolution counts channels that fill its blocks', () => {
    const at = (inputs: number, outputs: number): number =>
      convolutionTime({ ...square(1, 32), inputs, outputs }, WIDE_VECTORS);
    expect(at(17, 16)).toBe(at(32, 16));
    expect(at(16, 1)).toBe(at(16, 16));
    expect(at(33, 16)).toBeGreaterThan(at(32, 16));
  });

  test('of a product over channels counts every pass of the weights once, whatever the number of tiles', () => {
    const free: MachineCosts = {
      convolution: { multiplyAdd: 1, block: 1 },
      training: { forward: 1, input: 1, weight: 1 },
      product: { multiplyAdd: 0, byte: 1 },
      tiles: {
        2: { input: 0, output: 0, kernel: 0 },
        4: { input: 0, output: 0, kernel: 0 },
        6: { input: 0, output: 0, kernel: 0 },
      },
    };
    expect(winogradTime(square(8, 4), 4, free, true)).toBe(36 * 8 * 8 * 4);
    expect(winogradTime(square(8, 400), 4, free, true)).toBe(36 * 8 * 8 * 4);
  });
});

test('images of a batch are counted with the row of zeros that keeps them apart', () => {
  const time = (batch: number, height: number): number =>
    winogradTime({ ...square(256, 8, batch), height }, 4, WIDE_VECTORS, false);
  expect(time(1, 8)).toBe(time(1, 5));
  expect(time(2, 8)).toBe(time(2, 9));
  expect(time(2, 7)).toBeLessThan(time(2, 8));
});

describe('with the costs of wide vectors', () => {
  test.each([
    ['3 x 3 of 256 channels at 64 x 64', square(256, 64)],
    ['3 x 3 of 256 channels at 128 x 128', square(256, 128)],
    ['3 x 3 of 512 channels at 32 x 32', square(512, 32)],
  ])('tiles of 4 x 4 or 6 x 6 are taken for %s, whenever weights are transformed', (_, sizes) => {
    for (const ahead of [true, false]) expect([4, 6]).toContain(choose(sizes, ahead));
  });

  test.each([1, 3, 8, 16])('no tiles are taken for %i channels at any size', (channels) => {
    for (const side of [1, 7, 32, 64, 128, 512, 1024]) {
      for (const batch of [1, 8]) expect(choose(square(channels, side, batch)), `${side}`).toBeNull();
    }
  });

  test('no tiles are taken where either side has few channels', () => {
    for (const few of [1, 3, 8, 15]) {
      expect(choose({ ...square(256, 128), inputs: few })).toBeNull();
      expect(choose({ ...square(256, 128), outputs: few })).toBeNull();
    }
  });

  test('no tiles are taken for a single pixel where weights are transformed at each run', () => {
    for (const channels of [64, 256, 512, 2048]) expect(choose(square(channels, 1), false)).toBeNull();
  });
});
