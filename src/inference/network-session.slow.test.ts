/** Weights in float16, as the shipped models have them, go wherever those in float32 go, and give the same as when widened before. */
import { beforeAll, describe, expect, test } from 'vitest';
import { image } from '../image/image.ts';
import { LABEL_SETS } from '../labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { architecture } from '../models/architectures.ts';
import { networkParameters } from '../models/network.ts';
import { exportOnnx } from '../models/export-onnx.ts';
import { initialize } from '../nn/initialize.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend } from '../runtime/backend.ts';
import { halfWeights, widenWeights } from '../tensor/float16.ts';
import type { Weights } from '../tensor/weights.ts';
import { calibrateModel } from './calibrate.ts';
import { checkExport } from './check-export.ts';
import { exportReduced } from './export-precision.ts';
import { createPredictor, type PredictorOptions } from './predictor.ts';

const definition = architecture('refinenet-lw-mobilenetv2', 11);
const description = { definition, classes: LABEL_SETS.camvid.classes, preprocessing: IMAGENET_PREPROCESSING };
const half = halfWeights(initialize(networkParameters(definition), 3));
const photo = image(
  64,
  40,
  Uint8Array.from({ length: 64 * 40 * 3 }, (_, at) => (at * at) % 251),
);

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function labels(weights: Weights, options: PredictorOptions): Promise<readonly number[]> {
  const predictor = await createPredictor({ ...description, weights }, backend, options);
  const result = await predictor.segment(photo);
  await predictor.dispose();
  return [...result.labels.data];
}

describe('float16 weights', () => {
  test.each<PredictorOptions>([
    {},
    { optimization: 'speed' },
    { flip: true },
    { tile: 64, overlap: 32 },
    { precision: 'float16' },
  ])('segment with %o', async (options) => {
    expect(await labels(half, options)).toEqual(await labels(widenWeights(half), options));
  });

  test('are exported to ONNX, calibrated and checked', async () => {
    const model = { ...description, weights: half };
    const bytes = exportOnnx(description, half);
    expect(await checkExport(bytes, model, backend)).toBeLessThan(1e-6);
    const ranges = await calibrateModel(model, [photo], backend);
    expect((await exportReduced({ ...model, ranges }, backend, 'int8')).length).toBeGreaterThan(1e6);
  });
});
