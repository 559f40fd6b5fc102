/** Forms of the network without published numbers, held to what must be true of them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { relu } from '../src/graph/ops/elementwise.ts';
import { input, type Value } from '../src/graph/value.ts';
import { parametersOf } from '../src/graph/walk.ts';
import { relativeDifference } from '../src/inference/check-export.ts';
import { architecture } from '../src/models/architectures.ts';
import type { NetworkDefinition } from '../src/models/families.ts';
import { network } from '../src/models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../src/models/pixel-values.ts';
import { refineNetBlock, residualConvUnit } from '../src/models/refinenet/blocks.ts';
import { type CascadeName, CASCADES } from '../src/models/refinenet/cascades.ts';
import type { Variation } from '../src/models/refinenet/variation.ts';
import { scope } from '../src/nn/scope.ts';
import { nodeBackend } from '../src/platform/node/backend.ts';
import type { Backend } from '../src/runtime/backend.ts';
import type { Tensor } from '../src/tensor/tensor.ts';
import { PAPER_BLOCK } from './golden/block-options.ts';
import { fillScaled, fillTensor, fillWeights } from './golden/formula.ts';
import { runGraph } from './golden/run-graph.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const shapesOf = (y: Value) => [...parametersOf([y])].map(([name, { shape }]) => [name, shape] as const);

async function logitsOf(definition: NetworkDefinition, height: number, width: number, open: boolean): Promise<Tensor> {
  const logits = network(definition, open ? pixelValues() : pixelValues({ batch: 2, height, width }));
  const pixels = fillTensor(`x:${height}x${width}`, [2, 3, height, width]);
  const results = await runGraph(backend, { [LOGITS]: logits }, fillWeights(shapesOf(logits)), {
    [PIXEL_VALUES]: pixels,
  });
  return results[LOGITS] as Tensor;
}

const variations: readonly [string, Variation][] = [
  ...(Object.keys(CASCADES) as CascadeName[]).map((cascade): [string, Variation] => [
    'refinenet-lw-resnet18',
    { cascade },
  ]),
  ['refinenet-resnet18', { cascade: '4-cascaded-2-scale', pooling: { order: 'conv-pool', count: 2 } }],
  ['refinenet-lw-resnet50', { stridePlacement: '1x1', skip: 'rectified', classifier: 1 }],
  ['refinenet-lw-resnet34', {}],
  ['refinenet-lw-mobilenetv2', {}],
];

describe.each(variations)('%s %j', (name, variation) => {
  test('gives with open extents what it gives with known ones, and each image of a batch its own logits', async () => {
    const definition = architecture(name, 5, variation);
    for (const [height, width] of [
      [33, 47],
      [96, 64],
    ] as const) {
      const open = await logitsOf(definition, height, width, true);
      const known = await logitsOf(definition, height, width, false);
      expect(open.shape).toEqual([2, 5, Math.ceil(height / 4), Math.ceil(width / 4)]);
      expect(known.shape).toEqual(open.shape);
      expect(relativeDifference(known.data as Float32Array, open.data as Float32Array)).toBeLessThan(1e-5);
      const [first, second] = [0, 1].map((index) =>
        (open.data as Float32Array).subarray((index * open.data.length) / 2, ((index + 1) * open.data.length) / 2),
      );
      expect(relativeDifference(first as Float32Array, second as Float32Array)).toBeGreaterThan(1e-3);
    }
  });
});

describe('the RefineNet block', () => {
  const options = { ...PAPER_BLOCK, pooling: { order: 'pool-conv', count: 4 } } as const;

  test.each([
    [[[4, 7, 9]], [4, 7, 9]],
    [
      [
        [8, 4, 5],
        [6, 7, 9],
      ],
      [6, 7, 9],
    ],
    [
      [
        [16, 1, 1],
        [4, 3, 12],
        [8, 11, 2],
        [5, 6, 6],
        [7, 2, 3],
      ],
      [4, 11, 12],
    ],
  ])('takes inputs %j of any number, size and channel count, and gives %j', async (sizes, expected) => {
    const feeds = Object.fromEntries(sizes.map((size, index) => [`x${index}`, fillScaled(`x${index}`, [2, ...size])]));
    const inputs = sizes.map((size, index) => ({ value: input(`x${index}`, 'float32', [2, ...size]), fuse: true }));
    const y = refineNetBlock(scope('block'), inputs, options);
    expect(y.shape).toEqual([2, ...expected]);
    const results = await runGraph(backend, { y }, fillWeights(shapesOf(y)), feeds);
    expect(results.y?.shape).toEqual([2, ...expected]);
  });

  test('with a rectified skip is the ordinary unit of a rectified input, as pytorch_refinenet computes it', async () => {
    const x = input('x', 'float32', [1, 8, 7, 9]);
    const rectified = residualConvUnit(scope('rcu'), x, { ...options, skip: 'rectified' });
    const ordinary = residualConvUnit(scope('rcu'), relu(x), options);
    const plain = residualConvUnit(scope('rcu'), x, options);
    const weights = fillWeights(shapesOf(plain));
    const { a, b, c } = await runGraph(backend, { a: rectified, b: ordinary, c: plain }, weights, {
      x: fillScaled('x', [1, 8, 7, 9]),
    });
    expect([...(a?.data ?? [])]).toEqual([...(b?.data ?? [])]);
    expect(relativeDifference(c?.data as Float32Array, a?.data as Float32Array)).toBeGreaterThan(0.1);
  });
});
