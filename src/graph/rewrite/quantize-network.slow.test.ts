import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled, fillTensor } from '../../../test/golden/formula.ts';
import { formulaWeights, largestDifference, operators, runEach } from '../../../test/support/compare-graphs.ts';
import { calibrate } from '../../inference/calibrate.ts';
import { simplifyNetwork } from '../../inference/precision.ts';
import { architecture } from '../../models/architectures.ts';
import { network } from '../../models/network.ts';
import { pixelValues } from '../../models/pixel-values.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend, NamedTensors } from '../../runtime/backend.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import type { StoredTensor } from '../../tensor/weights.ts';
import { type ConvAttributes, conv } from '../ops/conv.ts';
import { add, relu, relu6 } from '../ops/elementwise.ts';
import { maxPool } from '../ops/pool.ts';
import { resize, sizeOf } from '../ops/resize.ts';
import { toOnnx } from '../to-onnx.ts';
import { input, parameter, type Value } from '../value.ts';
import { reach } from '../walk.ts';
import { quantize, quantizedValues } from './quantize-network.ts';
import { type Outputs, producer } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = { kind: 'normal', std: 1 } as const;
const x = input('x', 'float32', ['batch', 3, 'height', 'width']);

function convolution(name: string, value: Value, channels: number, attributes: Partial<ConvAttributes> = {}): Value {
  const kernel = [channels, (value.shape[1] as number) / (attributes.groups ?? 1), 3, 3];
  const bias = parameter(`${name}.bias`, [channels], drawn);
  return conv(value, parameter(`${name}.weight`, kernel, drawn), bias, { pads: [1, 1, 1, 1], ...attributes });
}

const FEEDS: NamedTensors[] = [{ x: fillScaled('x', [1, 3, 12, 10]) }, { x: fillScaled('other', [1, 3, 9, 16], 2) }];

/** A graph in whole numbers beside the plain one, and how far apart they are on the images it was calibrated on. */
async function both(plain: Outputs, feeds = FEEDS) {
  const weights = formulaWeights(plain);
  const graph = await simplifyNetwork({ outputs: plain, weights }, { backend });
  const ranges = await calibrate(graph, feeds, backend);
  const whole = quantize(graph, ranges);
  const expected = await runEach(backend, plain, weights, feeds);
  const got = await runEach(backend, whole.outputs, whole.weights, feeds);
  const errors = expected.map((reference, index) => largestDifference(got[index] as NamedTensors, reference));
  return { whole, ranges, error: Math.max(...errors) };
}

/** Operators other than conversions, and how many take something else than whole numbers. */
const floating = (outputs: Outputs): string[] =>
  reach(Object.values(outputs))
    .nodes.filter(({ op }) => !/Linear|Shape|Slice|Concat/.test(op.name))
    .filter(({ inputs, outputs: [value] }) => {
      const takes = inputs[0] && producer(inputs[0], 'DequantizeLinear');
      const gives = reach(Object.values(outputs)).nodes.some(
        ({ op, inputs: [first] }) => op.name === 'QuantizeLinear' && first === value,
      );
      return !takes || !gives;
    })
    .map(({ op }) => op.name);

describe('a network in whole numbers', () => {
  const raw = convolution('a', x, 8);
  const first = relu(raw);
  const NETWORKS: readonly [string, Outputs][] = [
    ['convolutions', { y: convolution('b', first, 4) }],
    ['a sum', { y: convolution('c', add(first, convolution('b', first, 8)), 4) }],
    ['a rectified sum', { y: convolution('c', relu(add(first, convolution('b', first, 8))), 4) }],
    ['clipping', { y: convolution('b', relu6(convolution('a', x, 8)), 4) }],
    ['a value that is also rectified', { y: convolution('c', add(raw, first), 4) }],
    ['depthwise convolutions', { y: convolution('b', relu(convolution('d', first, 8, { groups: 8 })), 4) }],
    ['pooling', { y: convolution('b', maxPool(first, 5, 1, 2), 4) }],
    [
      'enlarging',
      { y: convolution('c', add(first, resize(maxPool(first, 3, 2, 1), sizeOf(first), 'align_corners')), 4) },
    ],
  ];

  test.each(NETWORKS)('gives nearly the same numbers: %s', async (_, plain) => {
    const { whole, error } = await both(plain);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.03);
    expect(floating(whole.outputs)).toEqual(['Conv']);
    expect(operators(whole.outputs).filter((name) => /Relu|Clip/.test(name))).toEqual([]);
  });

  test('has one scale for each output channel, however different they are', async () => {
    const plain = { y: convolution('c', convolution('b', first, 8), 4) };
    const factors = [1, 1e-3, 30, 0.1, 1e-6, 5, 2, 7];
    const even = formulaWeights(plain).get('b.weight') as Tensor<'float32'>;
    const factorAt = (at: number): number => factors[Math.floor(at / 72)] as number;
    const uneven = even.data.map((each, at) => each * factorAt(at));
    const weights = new Map([...formulaWeights(plain), ['b.weight', float32(even.shape, uneven)]]);
    const graph = await simplifyNetwork({ outputs: plain, weights }, { backend });
    const whole = quantize(graph, await calibrate(graph, FEEDS, backend));
    const convolutions = reach([whole.outputs.y as Value]).nodes.filter(({ op }) => op.name === 'Conv');
    const used = { used: convolutions[1]?.inputs[1] as Value };
    const [numbers] = await runEach(backend, used, whole.weights, [{}]);
    for (const [at, number] of ((numbers as NamedTensors).used as Tensor<'float32'>).data.entries()) {
      expect(Math.abs(number - (uneven[at] as number)) / factorAt(at)).toBeLessThan(0.01);
    }
    const { nodes } = toOnnx(whole.outputs, whole.weights, { storage: 'inline' }).graph;
    const axes = nodes.flatMap(({ attributes }) => attributes.axis ?? []);
    expect(axes.slice(0, 4)).toEqual(Array(4).fill({ type: 'int', value: 0 }));
  });

  test('stores its weights in a byte each, but for the last ones', async () => {
    const { whole } = await both({ y: convolution('b', first, 4) });
    expect([...whole.weights].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
      ['a.weight_quantized', 'int8', [8, 3, 3, 3]],
      ['b.weight', 'float32', [4, 8, 3, 3]],
      ['b.bias', 'float32', [4]],
    ]);
  });

  test('gives weights that are used twice a scale each', async () => {
    const twice = convolution('a', relu(convolution('a', input('x', 'float32', [1, 8, 12, 10]), 8)), 8);
    const feeds = [{ x: fillScaled('x', [1, 8, 12, 10]) }];
    const { whole, error } = await both({ y: convolution('b', relu(twice), 4) }, feeds);
    expect([...whole.weights.keys()].slice(0, 2)).toEqual(['a.weight_quantized', 'a.weight_quantized_1']);
    expect(error).toBeLessThan(0.03);
  });

  test('pooling and enlarging keep the scale of what they take', async () => {
    const { whole } = await both({ y: convolution('b', maxPool(first, 5, 1, 2), 4) });
    const pool = reach(Object.values(whole.outputs)).nodes.find(({ op }) => op.name === 'MaxPool');
    const before = producer(pool?.inputs[0], 'DequantizeLinear');
    const after = reach(Object.values(whole.outputs)).nodes.find(
      ({ op, inputs }) => op.name === 'QuantizeLinear' && inputs[0] === pool?.outputs[0],
    );
    expect(after?.inputs.slice(1)).toEqual(before?.inputs.slice(1));
  });

  test('enlarges by cubic interpolation, which goes beyond what it takes, in float32', async () => {
    const enlarged = resize(maxPool(first, 3, 2, 1), sizeOf(first), 'align_corners', 'cubic');
    const { whole, error } = await both({ y: convolution('c', relu(convolution('b', enlarged, 8)), 4) });
    expect(floating(whole.outputs)).toEqual(['Resize', 'Conv', 'Conv']);
    expect(error).toBeLessThan(0.03);
  });

  test('leaves what follows the last weights as it is', async () => {
    const plain = { y: relu(maxPool(convolution('a', x, 8), 3, 1, 1)) };
    const { whole } = await both(plain);
    expect(operators(whole.outputs).slice(-3)).toEqual(['Conv', 'MaxPool', 'Relu']);
    expect(floating(whole.outputs)).toEqual(['Conv', 'MaxPool', 'Relu']);
  });

  test('asks for the range of a rectified value only where something else takes it too', () => {
    const y = convolution('b', first, 4);
    expect([...quantizedValues({ y }).keys()]).toEqual(['x', 'a/Relu']);
    expect([...quantizedValues({ y, raw }).keys()]).toEqual(['x', 'a/Conv', 'a/Relu']);
  });

  test('computes in float32 what has no range', async () => {
    const plain = { y: convolution('d', relu(convolution('c', relu(convolution('b', first, 8)), 8)), 4) };
    const weights = formulaWeights(plain);
    const graph = await simplifyNetwork({ outputs: plain, weights }, { backend });
    const ranges = new Map(await calibrate(graph, FEEDS, backend));
    expect([...ranges.keys()]).toEqual(['x', 'a/Relu', 'b/Relu', 'c/Relu']);
    ranges.delete('a/Relu');
    const part = quantize(graph, ranges);
    expect(part.weights.get('a.weight')?.dtype).toBe('float32');
    expect(part.weights.get('b.weight')?.dtype).toBe('float32');
    expect(part.weights.get('c.weight_quantized')?.dtype).toBe('int8');
    const none = quantize(graph, new Map());
    expect(none.outputs.y).toBe(graph.outputs.y);
  });

  test.each([
    ['refinenet-lw-mobilenetv2', 0.08],
    ['refinenet-lw-resnet18', 0.05],
  ])('%s computes in whole numbers but for its classifier', async (name, bound) => {
    const logits = network(architecture(name, 5), pixelValues());
    const feeds = [{ pixel_values: fillScaled('pixels', [1, 3, 64, 96], 2) }];
    const { whole, ranges, error } = await both({ logits }, feeds);
    expect(error).toBeLessThan(bound);
    expect(floating(whole.outputs)).toEqual(['Conv']);
    expect(ranges.size).toBe(
      quantizedValues(
        (await simplifyNetwork({ outputs: { logits }, weights: formulaWeights({ logits }) }, { backend })).outputs,
      ).size,
    );
  });

  test('refuses weights that are in a file', () => {
    const y = convolution('c', convolution('b', x, 4), 4);
    const weights = new Map<string, Tensor | StoredTensor>([
      ['b.weight', { dtype: 'float32' as const, shape: [4, 3, 3, 3], stored: { file: 'w', offset: 0, length: 432 } }],
      ['b.bias', fillTensor('b.bias', [4])],
    ]);
    expect(() =>
      quantize(
        { outputs: { y }, weights },
        new Map(['x', 'b/Conv'].map((name) => [name, { minimum: -1, maximum: 1 }])),
      ),
    ).toThrow('b.weight: only float32 weights that are in memory can be quantized.');
  });
});

test('calibration takes the ends of all images, and at least one', async () => {
  const plain = { y: convolution('b', x, 4) };
  const graph = { outputs: plain, weights: formulaWeights(plain) };
  const one = (low: number, high: number) => ({ x: float32([1, 3, 1, 2], [low, 0, 0, 0, 0, high]) });
  const ranges = await calibrate(graph, [one(-1, 2), one(-3, 1), one(0, 0.5)], backend);
  expect([...ranges]).toEqual([['x', { minimum: -3, maximum: 2 }]]);
  await expect(calibrate(graph, [], backend)).rejects.toThrow(
    'Calibration takes at least one image, and none was given.',
  );
});
