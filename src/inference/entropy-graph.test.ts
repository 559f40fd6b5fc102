import { describe, expect, test } from 'vitest';
import { toOnnx } from '../graph/to-onnx.ts';
import { input } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { normalizedEntropy } from './outputs/entropy.ts';
import { entropyOf } from './entropy-graph.ts';

async function run(probabilities: Tensor<'float32'>): Promise<Tensor<'float32'>> {
  const [classes] = probabilities.shape;
  const entropy = entropyOf(input('probabilities', 'float32', [1, classes as number, 'height', 'width']), 1);
  const model = toOnnx({ entropy }, new Map(), { storage: 'inline' });
  const session = await (await nodeBackend()).createSession({ bytes: encodeModel(model), weights: new Map() });
  try {
    const feeds = { probabilities: { ...probabilities, shape: [1, ...probabilities.shape] } };
    return (await session.run(feeds)).entropy as Tensor<'float32'>;
  } finally {
    await session.dispose();
  }
}

describe('entropyOf', () => {
  test('is 0 where one class is certain and 1 where all are equally likely', async () => {
    const probabilities = float32([4, 1, 3], [1, 0.25, 0.5, 0, 0.25, 0.5, 0, 0.25, 0, 0, 0.25, 0]);
    const { shape, data } = await run(probabilities);
    expect(shape).toEqual([1, 1, 1, 3]);
    expect(data[0]).toBe(0);
    expect(data[1]).toBeCloseTo(1, 6);
    expect(data[2]).toBeCloseTo(0.5, 6);
  });

  test('is what is computed of finished probabilities', async () => {
    const [classes, pixels] = [11, 12 * 17];
    const scores = Float64Array.from({ length: classes * pixels }, (_, index) => Math.exp(((index * index) % 97) / 3));
    const totals = Array.from({ length: pixels }, (_, pixel) =>
      Array.from({ length: classes }, (_, id) => scores[id * pixels + pixel] as number).reduce((a, b) => a + b),
    );
    const probabilities = float32(
      [classes, 12, 17],
      Array.from(scores, (score, index) => score / (totals[index % pixels] as number)),
    );
    const { data } = await run(probabilities);
    const expected = normalizedEntropy(probabilities);
    expect(Math.max(...expected)).toBeGreaterThan(0.2);
    for (const [pixel, value] of expected.entries())
      expect(Math.abs((data[pixel] as number) - value)).toBeLessThan(2e-6);
  });

  test('is 0 for a single class', async () => {
    const probabilities = float32([1, 1, 2], [1, 1]);
    expect([...(await run(probabilities)).data]).toEqual([0, 0]);
    expect([...normalizedEntropy(probabilities)]).toEqual([0, 0]);
  });
});
