import { beforeAll, describe, expect, test } from 'vitest';
import { formulaWeights, operators, winogradForms } from '../../../../test/support/compare-graphs.ts';
import { expectSameLogits, network, REWRITTEN } from '../../../../test/support/rewritten-network.ts';
import { PIXEL_VALUES } from '../../../models/pixel-values.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { type Backend, DEVICES, type Device } from '../../../runtime/backend.ts';
import type { MachineCosts } from '../../../runtime/machine-costs.ts';
import { gradient } from '../../gradient/gradient.ts';
import { Conv, type ConvAttributes, conv } from '../../ops/conv.ts';
import { relu } from '../../ops/elementwise.ts';
import { batchNormalization } from '../../ops/normalization.ts';
import { input, type Node, parameter, type Value } from '../../value.ts';
import { parametersOf, reach } from '../../walk.ts';
import { decompose } from '../decompose.ts';
import { WIDE_VECTORS } from '../known-costs.ts';
import { OPTIMIZATIONS, type Optimization, optimizeInference, REWRITING, takesForms } from './inference.ts';
import { optimizeTraining } from './training.ts';
import type { Outputs } from '../rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Of a machine on which one tile is always the fastest. */
const alwaysTile = (tile: 2 | 4 | 6): MachineCosts => {
  const free = { input: 0, output: 0, kernel: 0 };
  const never = { input: 1e9, output: 1e9, kernel: 1e9 };
  return {
    convolution: { multiplyAdd: 1e3, block: 1 },
    training: { forward: 1e3, input: 1e3, weight: 1e3 },
    product: { multiplyAdd: 1e-3, byte: 0 },
    tiles: { 2: never, 4: never, 6: never, [tile]: free },
  };
};

/** Of a machine on which convolutions are always the fastest. */
const NEVER: MachineCosts = {
  ...WIDE_VECTORS,
  convolution: { multiplyAdd: 0, block: 16 },
  training: { forward: 0, input: 0, weight: 0 },
};

test('a whole network gives the same logits at every optimization', async () => {
  await expectSameLogits('refinenet-lw-mobilenetv2');
});

describe('the rewriting for inference', () => {
  const outputs = network('refinenet-resnet18');
  const weights = formulaWeights(outputs);
  const optimize = (optimization: Optimization, costs?: MachineCosts) =>
    optimizeInference({ outputs, weights }, { backend }, costs ? { optimization, costs } : { optimization });
  const count = (graph: Outputs, operator: string): number =>
    operators(graph).filter((each) => each === operator).length;
  test('goes around what an engine of blocked channels would put everything back for, and only for such an engine', async () => {
    const light = network('refinenet-lw-mobilenetv2', { batch: 1, height: 64, width: 64 });
    const isIdentity = ({ op, inputs, attributes }: Node): boolean =>
      op.name === Conv.name &&
      (attributes as ConvAttributes).groups > 1 &&
      (inputs[1] as Value).source.kind === 'constant';
    for (const blockedLayout of [true, false]) {
      const engine = { backend: { ...backend, blockedLayout } };
      const graph = await optimizeInference({ outputs: light, weights: formulaWeights(light) }, engine, {
        optimization: 'balanced',
      });
      const found = reach(Object.values(graph.outputs)).nodes.filter(isIdentity);
      // In each of four blocks one for the clipping before the pooling and three for the sums after it.
      expect(found).toHaveLength(blockedLayout ? 16 : 0);
    }
  });

  test('for nothing gives the plain graph', async () => {
    const { outputs: graph, weights: same, fed } = await optimize('none');
    expect(graph).toBe(outputs);
    expect(same).toBe(weights);
    expect(fed).toEqual({});
  });

  test.each(['balanced', 'memory'] as const)(
    'for %s takes the same weights, and transforms kernels at each run by matrices that are fed',
    async (level) => {
      const graph = await optimize(level);
      expect(graph.weights).toBe(weights);
      const { inputs } = reach(Object.values(graph.outputs));
      expect([...inputs.keys()].sort()).toEqual([PIXEL_VALUES, ...Object.keys(graph.fed)].sort());
      expect(Object.keys(graph.fed).length).toBeGreaterThan(0);
      expect(winogradForms(graph.outputs)).toBeGreaterThan(10);
    },
  );

  test('for speed leaves no batch normalization after what became Winograd form', async () => {
    const all = await optimize('speed', alwaysTile(2));
    const none = await optimize('speed', NEVER);
    expect(count(none.outputs, 'BatchNormalization')).toBe(count(outputs, 'BatchNormalization'));
    expect(winogradForms(all.outputs)).toBeGreaterThan(20);
    expect(count(all.outputs, 'BatchNormalization')).toBeLessThan(count(none.outputs, 'BatchNormalization'));
    for (const { op, inputs } of reach(Object.values(all.outputs)).nodes) {
      if (op.name === 'BatchNormalization') {
        const [x] = inputs as [Value];
        expect(x.source.kind === 'node' && x.source.node.op.name).toBe('Conv');
      }
    }
  });

  test.each(REWRITTEN)('for %s takes no Winograd form where convolutions are faster', async (optimization) => {
    const graph = await optimize(optimization, NEVER);
    expect(winogradForms(graph.outputs)).toBe(0);
    expect(graph.fed).toEqual({});
  });

  test('feeds one matrix a tile', async () => {
    for (const tile of [2, 4, 6] as const) {
      const { fed } = await optimize('memory', alwaysTile(tile));
      expect(Object.entries(fed).map(([name, { shape }]) => [name, shape])).toEqual([
        [`winograd_kernel_${tile}`, [(tile + 2) ** 2, 9]],
      ]);
    }
  });

  test('merges the pairs of 1 x 1 convolutions of the light-weight network', async () => {
    const light = network('refinenet-lw-resnet18');
    const graph = await optimizeInference(
      { outputs: light, weights: formulaWeights(light) },
      { backend: { ...backend, blockedLayout: false } },
      { optimization: 'speed', costs: NEVER },
    );
    expect(count(graph.outputs, 'Conv')).toBeLessThan(count(light, 'Conv'));
  });

  test('keeps names, order and types of outputs, and the input', async () => {
    const x = input('x', 'float32', [1, 16, 'height', 'width']);
    const y = conv(x, parameter('w', [16, 16, 3, 3], { kind: 'normal', std: 1 }), null, { pads: [1, 1, 1, 1] });
    const several = { z: relu(relu(y)), y, x };
    for (const optimization of OPTIMIZATIONS) {
      const graph = await optimizeInference(
        { outputs: several, weights: formulaWeights(several) },
        { backend },
        { optimization, costs: alwaysTile(4) },
      );
      expect(Object.keys(graph.outputs)).toEqual(['z', 'y', 'x']);
      expect(Object.values(graph.outputs).map(({ shape }) => shape)).toEqual(
        Object.values(several).map(({ shape }) => shape),
      );
    }
  });

  test('gives convolutions other forms on devices on which that was measured to help', () => {
    expect(DEVICES.filter((device) => takesForms(device))).toEqual(['cpu', 'wasm']);
    expect(takesForms()).toBe(true);
  });

  describe('on a device where every operator is a launch', () => {
    const light = network('refinenet-lw-resnet18');
    const optimizedOn = (device: Device, outputs: Outputs, optimization: Optimization) =>
      optimizeInference(
        { outputs, weights: new Map() },
        { backend, options: { device } },
        { optimization, costs: alwaysTile(4) },
      );
    const operatorsOf = (outputs: Outputs) => operators(outputs).sort();

    test('merges pairs of 1 x 1 convolutions and leaves all others as they are', async () => {
      for (const optimization of ['speed', 'balanced', 'memory'] as const) {
        const { outputs, fed } = await optimizedOn('webgpu', light, optimization);
        expect(count(light, 'Conv') - count(outputs, 'Conv')).toBe(3);
        expect(count(outputs, 'Pad') + count(outputs, 'Transpose')).toBe(0);
        expect(fed).toEqual({});
      }
    });

    test('gives convolutions other forms where their costs were measured on it', async () => {
      const calibrated = { ...backend, deviceCosts: { webgpu: alwaysTile(2) } };
      const optimizedFor = (device: Device, engine = calibrated) =>
        optimizeInference(
          { outputs: light, weights: formulaWeights(light) },
          { backend: engine, options: { device } },
          { optimization: 'balanced' },
        );
      const { outputs, fed } = await optimizedFor('webgpu');
      expect(Object.keys(fed)).toEqual(['winograd_kernel_2']);
      expect(winogradForms(outputs)).toBeGreaterThan(5);
      const onProcessor = await optimizedFor('cpu', { ...calibrated, costs: NEVER });
      expect(onProcessor.fed).toEqual({});
    });

    test('keeps the plain graph where that is asked for, and where nothing was tried', async () => {
      const plain = await optimizedOn('webgpu', light, 'none');
      expect(operatorsOf(plain.outputs)).toEqual(operatorsOf(light));
      for (const device of DEVICES.filter((each) => !REWRITING[each])) {
        const { outputs } = await optimizedOn(device, light, 'speed');
        expect([device, operatorsOf(outputs)]).toEqual([device, operatorsOf(light)]);
      }
    });
  });
});

describe('the rewriting for training', () => {
  const x = input('x', 'float32', [2, 16, 8, 9]);
  const weight = parameter('w', [16, 16, 3, 3], { kind: 'normal', std: 1 });
  const y = conv(x, weight, null, { pads: [1, 1, 1, 1] });
  const [dx, dw] = gradient(y, [x, weight], input('dy', 'float32', y.shape)) as [Value, Value];
  test('rewrites convolutions and both of their gradients', () => {
    const graph = optimizeTraining({ y, dx, dw }, alwaysTile(4));
    for (const operator of ['ConvInputGradient', 'ConvWeightGradient'])
      expect(operators(graph)).not.toContain(operator);
    expect(Object.entries(graph).map(([name, { shape }]) => [name, shape])).toEqual([
      ['y', y.shape],
      ['dx', x.shape],
      ['dw', weight.shape],
    ]);
    expect([...parametersOf(Object.values(graph)).keys()]).toEqual(['w']);
  });

  test('leaves all as it is where convolutions are faster', () => {
    const plain = { y, dx, dw };
    expect(operators(optimizeTraining(plain, NEVER))).toEqual(operators(decompose(plain)));
  });

  test('computes once what two of its parts need', () => {
    const convolutions = (outputs: Outputs): number => operators(outputs).filter((name) => name === 'Conv').length;
    const apart =
      convolutions(optimizeTraining({ y }, alwaysTile(4))) + convolutions(optimizeTraining({ dw }, alwaysTile(4)));
    expect(convolutions(optimizeTraining({ y, dw }, alwaysTile(4)))).toBe(apart - 1);
  });

  test('folds nothing into weights, which change at each step', () => {
    const statistics = ['weight', 'bias', 'mean', 'variance'].map((name) =>
      parameter(name, [16], { kind: 'normal', std: 1 }),
    ) as [Value, Value, Value, Value];
    const graph = optimizeTraining({ z: batchNormalization(y, statistics, 1e-5) }, alwaysTile(2));
    expect(operators(graph)).toContain('BatchNormalization');
  });
});
