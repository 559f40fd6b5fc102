/** Gradients of building blocks, and running statistics after a step, against PyTorch's. */
import { beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../src/graph/gradient/gradient.ts';
import { conv } from '../../src/graph/ops/conv.ts';
import { add, relu, relu6 } from '../../src/graph/ops/elementwise.ts';
import { trainingBatchNormalization } from '../../src/graph/ops/normalization.ts';
import { toOnnx } from '../../src/graph/to-onnx.ts';
import { input, knownShape, parameter, type Value } from '../../src/graph/value.ts';
import { parametersOf } from '../../src/graph/walk.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { chainedResidualPooling, multiResolutionFusion, residualConvUnit } from '../../src/models/refinenet/blocks.ts';
import { expandAndFilter } from '../../src/models/encoders/mobilenetv2.ts';
import { bottleneck } from '../../src/models/encoders/resnet.ts';
import { scope } from '../../src/nn/scope.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { nodeBackend, wasmBackend } from '../../src/platform/node/backend.ts';
import type { Backend, NamedTensors } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { PAPER_BLOCK, STRIDED } from './block-options.ts';
import { fillScaled, fillTensor } from './formula.ts';
import { goldenFile } from './golden-file.ts';

const TOLERANCE = 1e-5;

const options = PAPER_BLOCK;

/** A block's output and, in training, the running statistics after the step by their names. */
interface Built {
  readonly y: Value;
  readonly after?: Readonly<Record<string, Value>>;
}

const fusion = (inputs: readonly Value[]): Built => ({
  y: multiResolutionFusion(
    scope('mrf'),
    inputs.map((value) => ({ value, fuse: true })),
    options,
    8,
  ),
});

/** Convolution and normalization by the batch's statistics, which collect in `after`. */
function trainingLayers(after: Record<string, Value>) {
  const of = (name: string, shape: readonly number[]): Value => parameter(name, shape, { kind: 'constant', value: 0 });
  return (
    [convName, normName]: readonly [string, string],
    x: Value,
    {
      channels,
      kernel,
      stride = 1,
      groups = 1,
    }: { channels: number; kernel: number; stride?: number; groups?: number },
  ): Value => {
    const weight = of(`${convName}.weight`, [channels, (x.shape[1] as number) / groups, kernel, kernel]);
    const padding = (kernel - 1) / 2;
    const pads = [padding, padding, padding, padding] as const;
    const convolved = conv(x, weight, null, { stride: [stride, stride], pads, groups });
    const [scale, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((name) =>
      of(`${normName}.${name}`, [channels]),
    ) as [Value, Value, Value, Value];
    const result = trainingBatchNormalization(
      convolved,
      [scale, bias, mean, variance],
      { epsilon: 1e-5, momentum: 0.1 },
      normName,
    );
    after[`${normName}.running_mean`] = result.runningMean;
    after[`${normName}.running_var`] = result.runningVar;
    return result.y;
  };
}

function trainingBottleneck(x: Value): Built {
  const after: Record<string, Value> = {};
  const layer = trainingLayers(after);
  const reduced = relu(layer(['b.conv1', 'b.bn1'], x, { channels: 8, kernel: 1 }));
  const spatial = relu(layer(['b.conv2', 'b.bn2'], reduced, { channels: 8, kernel: 3, stride: 2 }));
  const expanded = layer(['b.conv3', 'b.bn3'], spatial, { channels: 32, kernel: 1 });
  const shortcut = layer(['b.downsample.0', 'b.downsample.1'], x, { channels: 32, kernel: 1, stride: 2 });
  return { y: relu(add(expanded, shortcut)), after };
}

function trainingInvertedResidual(x: Value): Built {
  const after: Record<string, Value> = {};
  const layer = trainingLayers(after);
  const expanded = relu6(layer(['m.0.0', 'm.0.1'], x, { channels: 24, kernel: 1 }));
  const filtered = relu6(layer(['m.1.0', 'm.1.1'], expanded, { channels: 24, kernel: 3, groups: 24 }));
  return { y: add(x, layer(['m.2.0', 'm.2.1'], filtered, { channels: 8, kernel: 1 })), after };
}

const BLOCKS: Readonly<
  Record<string, { build: (inputs: readonly Value[]) => Built; rename?: (name: string) => string }>
> = {
  rcu: { build: ([x]) => ({ y: residualConvUnit(scope('rcu'), x as Value, options) }) },
  'crp-pool-conv': { build: ([x]) => ({ y: chainedResidualPooling(scope('crp'), x as Value, options) }) },
  'crp-conv-pool': {
    build: ([x]) => ({
      y: chainedResidualPooling(scope('crp'), x as Value, { ...options, pooling: { order: 'conv-pool', count: 4 } }),
    }),
  },
  'fusion-2': { build: fusion, rename: (name) => name.replace('mrf.', 'mrf.resolve') },
  'fusion-3': { build: fusion, rename: (name) => name.replace('mrf.', 'mrf.resolve') },
  'bottleneck-down': { build: ([x]) => ({ y: bottleneck(scope('b'), x as Value, 8, STRIDED, '3x3') }) },
  'inverted-residual-stride2': { build: ([x]) => ({ y: expandAndFilter(scope('m'), x as Value, 24, STRIDED) }) },
  'bottleneck-train': { build: ([x]) => trainingBottleneck(x as Value) },
  'inverted-residual-train': { build: ([x]) => trainingInvertedResidual(x as Value) },
};

const backends = {} as { native: Backend; wasm: Backend };
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

describe.each(Object.entries(BLOCKS))('the block %s', (name, { build, rename = (own) => own }) => {
  test.each(['native', 'wasm'] as const)('has the gradients that PyTorch gives, on the %s engine', async (engine) => {
    const golden = goldenFile(`block-${name}`);
    const shapes = JSON.parse(golden.metadata.get('inputs') as string) as [string, number[]][];
    const xs = shapes.map(([key, shape]) => input(key, 'float32', shape));
    const { y, after = {} } = build(xs);
    const upstream = input(golden.metadata.get('dy') as string, 'float32', knownShape(y));
    const parameters = parametersOf([y, ...Object.values(after)]);
    const trained = [...parameters.values()].filter(({ source }) => !source.name.includes('running_'));
    const gradients = gradient(y, [...xs, ...trained], upstream);
    const outputs: Record<string, Value> = { y };
    for (const [index, value] of gradients.entries()) {
      const target = trained[index - xs.length];
      outputs[target ? `grad:${rename(target.source.name)}` : `grad:x${index}`] = value;
    }
    for (const [key, value] of Object.entries(after)) outputs[`after:${key}`] = value;

    const feeds: Record<string, Tensor> = Object.fromEntries(
      [...xs, upstream].map(({ source, shape }) => [source.name, fillScaled(source.name, shape as number[])]),
    );
    for (const [own, { shape }] of parameters) feeds[own] = fillTensor(rename(own), shape);
    const model = toOnnx(outputs, new Map(), { storage: 'inline', parameters: 'inputs' });
    const session = await backends[engine].createSession({ bytes: encodeModel(model), weights: new Map() });
    let results: NamedTensors;
    try {
      results = await session.run(feeds);
    } finally {
      await session.dispose();
    }
    expect(Object.keys(results).sort()).toEqual([...golden.names].sort());
    for (const key of golden.names) {
      const expected = golden.get(key);
      const got = results[key] as Tensor<'float32'>;
      expect(got.shape, key).toEqual(expected.shape);
      expect(relativeDifference(got.data, expected.data), key).toBeLessThan(TOLERANCE);
    }
  });
});
