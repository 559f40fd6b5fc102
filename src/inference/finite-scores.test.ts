/** Networks whose numbers are more than their precision holds. */
import { describe, expect, test } from 'vitest';
import { drawnImage, model } from '../../test/support/predicted.ts';
import type { Model } from '../models/model.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import type { Backend } from '../runtime/backend.ts';
import { createPredictor, type PredictorOptions } from './predictor.ts';
import { Segmenter, type SegmenterOptions } from './segmenter.ts';

const MESSAGE = "The network's numbers overflow: what it gives is not finite. In float16, run it in float32";

const CLASSIFIER = 'decoder.classifier.weight';

const { shape, data } = model.weights.get(CLASSIFIER) as Tensor<'float32'>;
const overflowing: Model = {
  ...model,
  weights: new Map([
    ...model.weights,
    [
      CLASSIFIER,
      float32(
        shape,
        data.map((value) => 3e38 * Math.sign(value)),
      ),
    ],
  ]),
};

test.each([{}, { confidence: true }, { flip: true }, { tile: 96, overlap: 32 }] satisfies PredictorOptions[])(
  'are not taken for the first class: %j',
  async (options) => {
    await using predictor = await createPredictor(overflowing, await nodeBackend(), options);
    await expect(predictor.segment(drawnImage(100, 70))).rejects.toThrow(MESSAGE);
  },
);

/** The processor in place of a device that reads scores itself: the same graph. */
async function deviceBackend(): Promise<Backend> {
  const backend = await nodeBackend();
  return {
    ...backend,
    createSession: (executable, options) => backend.createSession(executable, { ...options, device: 'cpu' }),
  };
}

const ON_DEVICE = { device: 'webgpu', optimization: 'none' } as const;

describe('where a device reads the scores', () => {
  test.each([
    {},
    { confidence: true },
    { entropy: true },
    { probabilities: true },
    { logits: true },
    { precision: 'float16' },
  ] satisfies SegmenterOptions[])('are seen there: %j', async (options) => {
    await using segmenter = await Segmenter.create(overflowing, await deviceBackend(), { ...ON_DEVICE, ...options });
    await expect(segmenter.segment(drawnImage(100, 70))).rejects.toThrow(MESSAGE);
  });

  test('numbers that are none are seen wherever they are', async () => {
    const bias = 'decoder.classifier.bias';
    const { shape: biases, data: numbers } = model.weights.get(bias) as Tensor<'float32'>;
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
      const changed = float32(
        biases,
        numbers.map((number, id) => (id === 3 ? value : number)),
      );
      const broken: Model = { ...model, weights: new Map([...model.weights, [bias, changed]]) };
      await using segmenter = await Segmenter.create(broken, await deviceBackend(), ON_DEVICE);
      await expect(segmenter.segment(drawnImage(64, 40))).rejects.toThrow(MESSAGE);
    }
  });

  test('what does not overflow is segmented, and has nothing beside what was asked for', async () => {
    await using device = await Segmenter.create(model, await deviceBackend(), ON_DEVICE);
    await using host = await Segmenter.create(model, await nodeBackend());
    const photo = drawnImage(64, 40);
    const [got, expected] = [await device.segment(photo), await host.segment(photo)];
    expect([...got.labels.data]).toEqual([...expected.labels.data]);
    expect([got.confidence, got.entropy, got.probabilities, got.logits]).toEqual(new Array(4).fill(undefined));
  });
});
