/** Segmentations of drawn images by a small network with drawn weights. */
import { expect } from 'vitest';
import { type Image, image } from '../../src/image/image.ts';
import { LABEL_SETS } from '../../src/labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../../src/image/preprocess.ts';
import { resizeImage } from '../../src/image/resample.ts';
import { createPredictor, type PredictorOptions } from '../../src/inference/predictor.ts';
import type { SegmentOptions } from '../../src/inference/segment-options.ts';
import type { Segmentation } from '../../src/inference/segmentation/segmentation.ts';
import { Segmenter, type SegmenterOptions } from '../../src/inference/segmenter.ts';
import { architecture } from '../../src/models/architectures.ts';
import type { Model } from '../../src/models/model.ts';
import { networkParameters } from '../../src/models/network.ts';
import { initialize } from '../../src/nn/initialize.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';

export const CLASSES = 11;
const definition = architecture('refinenet-lw-mobilenetv2', CLASSES);
export const model: Model = {
  definition,
  classes: LABEL_SETS.camvid.classes,
  preprocessing: IMAGENET_PREPROCESSING,
  weights: initialize(networkParameters(definition), 3),
};

/** Coarse blobs, so that what enters the network differs from place to place at every scale. */
export function drawnImage(width: number, height: number): Image {
  const blobs = image(
    8,
    6,
    Uint8Array.from({ length: 8 * 6 * 3 }, (_, at) => (at * at * 37) % 251),
  );
  return resizeImage(blobs, width, height, 'bicubic');
}

export async function predict(photo: Image, options: PredictorOptions, watch?: SegmentOptions): Promise<Segmentation> {
  const predictor = await createPredictor(model, await nodeBackend(), { confidence: true, entropy: true, ...options });
  try {
    return await predictor.segment(photo, watch);
  } finally {
    await predictor.dispose();
  }
}

export async function plain(photo: Image, options: SegmenterOptions = {}): Promise<Segmentation> {
  const segmenter = await Segmenter.create(model, await nodeBackend(), { confidence: true, ...options });
  try {
    return await segmenter.segment(photo);
  } finally {
    await segmenter.dispose();
  }
}

export const probabilitiesOf = ({ probabilities }: Segmentation): Float32Array =>
  (probabilities as Tensor<'float32'>).data;

export function expectClose(values: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(values.length).toBe(expected.length);
  let worst = 0;
  for (let at = 0; at < values.length; at++) {
    worst = Math.max(worst, Math.abs((values[at] as number) - (expected[at] as number)));
  }
  expect(worst).toBeLessThan(tolerance);
}
