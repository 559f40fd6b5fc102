/** Building blocks against PyTorch's outputs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { input, type Value } from '../../src/graph/value.ts';
import { parametersOf } from '../../src/graph/walk.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { chainedResidualPooling, multiResolutionFusion, residualConvUnit } from '../../src/models/refinenet/blocks.ts';
import { expandAndFilter } from '../../src/models/encoders/mobilenetv2.ts';
import { bottleneck } from '../../src/models/encoders/resnet.ts';
import { scope } from '../../src/nn/scope.ts';
import { nodeBackend, wasmBackend } from '../../src/platform/node/backend.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { PAPER_BLOCK, STRIDED } from './block-options.ts';
import { fillScaled, fillTensor } from './formula.ts';
import { goldenFile } from './golden-file.ts';
import { runGraph } from './run-graph.ts';

const TOLERANCE = 1e-5;

const options = PAPER_BLOCK;

const fusion = (inputs: readonly Value[]): Value =>
  multiResolutionFusion(
    scope('mrf'),
    inputs.map((value) => ({ value, fuse: true })),
    options,
    8,
  );

/** Each block as a function of its inputs, and how its parameters are called in the reference where that differs. */
const BLOCKS: Readonly<
  Record<string, { build: (inputs: readonly Value[]) => Value; rename?: (name: string) => string }>
> = {
  rcu: { build: ([x]) => residualConvUnit(scope('rcu'), x as Value, options) },
  'crp-pool-conv': { build: ([x]) => chainedResidualPooling(scope('crp'), x as Value, options) },
  'crp-conv-pool': {
    build: ([x]) =>
      chainedResidualPooling(scope('crp'), x as Value, { ...options, pooling: { order: 'conv-pool', count: 4 } }),
  },
  'fusion-2': { build: fusion, rename: (name) => name.replace('mrf.', 'mrf.resolve') },
  'fusion-3': { build: fusion, rename: (name) => name.replace('mrf.', 'mrf.resolve') },
  'bottleneck-down': { build: ([x]) => bottleneck(scope('b'), x as Value, 8, STRIDED, '3x3') },
  'inverted-residual-stride2': { build: ([x]) => expandAndFilter(scope('m'), x as Value, 24, STRIDED) },
};

const backends = {} as { native: Backend; wasm: Backend };
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

describe.each(Object.entries(BLOCKS))('the block %s', (name, { build, rename = (own) => own }) => {
  test.each(['native', 'wasm'] as const)('gives what PyTorch gives, on the %s engine', async (engine) => {
    const golden = goldenFile(`block-${name}`);
    const inputs = JSON.parse(golden.metadata.get('inputs') as string) as [string, number[]][];
    const feeds = Object.fromEntries(inputs.map(([key, shape]) => [key, fillScaled(key, shape)]));
    const y = build(inputs.map(([key, shape]) => input(key, 'float32', shape)));
    const weights = new Map(
      [...parametersOf([y])].map(([own, { shape }]) => [own, fillTensor(rename(own), shape)] as const),
    );
    const results = await runGraph(backends[engine], { y }, weights, feeds);
    const expected = golden.get('y');
    expect(results.y?.shape).toEqual(expected.shape);
    expect(relativeDifference((results.y as Tensor<'float32'>).data, expected.data)).toBeLessThan(TOLERANCE);
  });
});
