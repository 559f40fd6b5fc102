/** The forms that devices compute, against those of the CPU, where windows are laid out at once and where they go by parts. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeModel } from '../../../onnx/encode.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { elementCount } from '../../../tensor/shape.ts';
import { float32 } from '../../../tensor/tensor.ts';
import { conv } from '../../ops/conv.ts';
import { MaxPool } from '../../ops/pool.ts';
import { toOnnx } from '../../to-onnx.ts';
import { applyOne, input, knownShape, type Value } from '../../value.ts';
import { reach } from '../../walk.ts';
import { convWeightGradient } from '../convolution/weight-gradient.ts';
import { maxPoolGradient } from '../pooling/max-pool-gradient.ts';
import { maxPoolGradientByWindows } from './max-pool-gradient.ts';
import { weightGradientByWindows } from './weight-gradient.ts';
import { unfoldedCount } from './windows.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Small whole numbers, of which many are equal: sums are exact in any order. */
const whole = (shape: readonly number[], step: number) =>
  float32(
    shape,
    Float32Array.from({ length: elementCount(shape) }, (_, at) => ((at * step) % 11) - 5),
  );

async function run(outputs: Readonly<Record<string, Value>>, inputs: readonly Value[]) {
  const model = { bytes: encodeModel(toOnnx(outputs, new Map(), { storage: 'inline' })), weights: new Map() };
  const session = await backend.createSession(model);
  const feeds = inputs.map((value, index) => [`x${index}`, whole(knownShape(value), 7 + 6 * index)]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.dispose();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
  );
}

/** The share of what windows take that is laid out at once: nothing, so that each image goes by itself; a little, so that some go together; or all. */
const SHARES = { each: 0, some: 1 / 4, all: 1 } as const;

const eachShare = (by: (share: number) => Value) =>
  Object.fromEntries(Object.entries(SHARES).map(([name, share]) => [name, by(share)]));

describe('a device computes as the CPU does', () => {
  const square = (extent: number, stride: number, pad: number) => ({
    kernel: [extent, extent] as const,
    stride: [stride, stride] as const,
    dilation: [1, 1] as const,
    pads: [pad, pad, pad, pad] as const,
  });

  test.each([
    ['5x5', square(5, 1, 2)],
    ['3x3 with stride 2', square(3, 2, 1)],
    ['2x2 with stride 2 that leaves a row', square(2, 2, 0)],
    ['3x2, unevenly padded', { ...square(3, 1, 0), kernel: [3, 2], pads: [1, 0, 2, 1] } as const],
  ])('the gradient of max pooling %s, where maxima are equal', async (_, window) => {
    const x = input('x0', 'float32', [17, 3, 9, 8]);
    const maxima = applyOne(MaxPool, [x], window);
    const upstream = input('x1', 'float32', maxima.shape);
    const all = unfoldedCount(maxima, window);
    const by = (share: number): Value => maxPoolGradientByWindows(upstream, x, maxima, window, share * all);
    const got = await run({ cpu: maxPoolGradient(upstream, x, maxima, window), ...eachShare(by) }, [x, upstream]);
    expect(new Set(got.cpu)).not.toEqual(new Set([0]));
    for (const share of Object.keys(SHARES)) expect(got[share], share).toEqual(got.cpu);
  });

  test.each([
    ['3x3 with padding', [4, 3, 3, 3], { pads: [1, 1, 1, 1] }],
    ['3x3 with stride 2, dilated', [4, 3, 3, 3], { stride: [2, 2], dilation: [2, 2], pads: [2, 2, 2, 2] }],
    ['3x2 with strides 1 and 3, unevenly padded', [4, 3, 3, 2], { stride: [1, 3], pads: [0, 2, 1, 1] }],
    ['grouped', [6, 1, 3, 3], { groups: 3, pads: [1, 1, 1, 1] }],
  ] as const)('the gradient of the weight of a convolution %s', async (_, shape, given) => {
    const attributes = { stride: [1, 1], dilation: [1, 1], groups: 1, ...given } as const;
    const x = input('x0', 'float32', [17, 3, 9, 8]);
    const weight = input('weight', 'float32', shape);
    const gradient = input('x1', 'float32', conv(x, weight, null, attributes).shape);
    const [, , height, width] = shape;
    const all = elementCount(knownShape(gradient)) * height * width;
    const by = (share: number): Value => weightGradientByWindows(gradient, x, { ...attributes, shape }, share * all);
    const got = await run({ cpu: convWeightGradient(gradient, x, weight, attributes), ...eachShare(by) }, [
      x,
      gradient,
    ]);
    expect(new Set(got.cpu).size).toBeGreaterThan(2);
    for (const share of Object.keys(SHARES)) expect(got[share], share).toEqual(got.cpu);
  });

  test('in launches that bind eight buffers at most, however many images go by themselves', () => {
    const x = input('x0', 'float32', [60, 1, 8, 8]);
    const window = square(5, 1, 2);
    const maxima = applyOne(MaxPool, [x], window);
    const { nodes } = reach([maxPoolGradientByWindows(maxima, x, maxima, window, 0)]);
    const bound = nodes
      .filter(({ op }) => op.name === 'Split' || op.name === 'Concat')
      .map(({ inputs, outputs }) => Math.max(inputs.length, outputs.length));
    expect(Math.max(...bound)).toBe(7);
  });
});
