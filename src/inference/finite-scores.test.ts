/** Networks whose numbers are more than their precision holds. */
import { expect, test } from 'vitest';
import { drawnImage, model } from '../../test/support/predicted.ts';
import type { Model } from '../models/model.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import { float32, type Tensor, tensor } from '../tensor/tensor.ts';
import type { Backend } from '../runtime/backend.ts';
import { createPredictor, type PredictorOptions } from './predictor.ts';
import { Segmenter } from './segmenter.ts';

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

test('are seen in the confidence where a device reads the scores', async () => {
  const confidence = float32([1, 1, 32, 32], new Float32Array(32 * 32).fill(Number.NaN));
  const labels = tensor('uint8', [1, 32, 32], new Uint8Array(32 * 32));
  const session = { run: async () => ({ labels, confidence }), dispose: async () => {} };
  const backend = { ...(await nodeBackend()), createSession: async () => session } as unknown as Backend;
  const segmenter = await Segmenter.create(model, backend, {
    device: 'webgpu',
    confidence: true,
    optimization: 'none',
  });
  await expect(segmenter.segment(drawnImage(32, 32))).rejects.toThrow(MESSAGE);
});
