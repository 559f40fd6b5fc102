import { beforeAll, describe, expect, test } from 'vitest';
import { operators } from '../../test/support/compare-graphs.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { input, type Value } from '../graph/value.ts';
import { image } from '../image/image.ts';
import { IMAGENET_PREPROCESSING, networkSize, preprocess } from '../image/preprocess.ts';
import { PIXEL_VALUES } from '../models/pixel-values.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend, NamedTensors } from '../runtime/backend.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { DEVICE_ENDS, graphEnds, HOST_ENDS, PIXEL_BYTES } from './graph-ends.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function run(y: Value, feeds: NamedTensors): Promise<Tensor> {
  const bytes = encodeModel(toOnnx({ y }, new Map(), { storage: 'inline' }));
  const session = await backend.createSession({ bytes, weights: new Map() });
  try {
    return (await session.run(feeds)).y as Tensor;
  } finally {
    await session.dispose();
  }
}

const drawn = (width: number, height: number) =>
  image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 37) % 256),
  );

describe("the ends of a device's graph", () => {
  test('are there where bytes must be copied to the device, and not for int8, whose ranges are of normalized pixels', () => {
    expect(graphEnds({ device: 'webgpu' })).toBe(DEVICE_ENDS);
    expect(graphEnds({ device: 'webgpu', precision: 'float16' })).toBe(DEVICE_ENDS);
    expect(graphEnds({ device: 'webgpu', precision: 'int8' })).toBe(HOST_ENDS);
    for (const device of ['cpu', 'wasm', 'cuda', 'coreml', 'dml', undefined] as const)
      expect(graphEnds({ ...(device && { device }) })).toBe(HOST_ENDS);
  });

  test.each([
    ['as it is', IMAGENET_PREPROCESSING],
    [
      'resized, with other numbers',
      {
        resize: { shortestEdge: 20 },
        resample: 'bicubic',
        rescaleFactor: 1 / 127.5,
        mean: [1, 0.5, 0],
        std: [0.5, 1, 2],
      },
    ],
  ] as const)('make the numbers of preprocessing of an image %s', async (_, preprocessing) => {
    const pixels = drawn(23, 17);
    const expected = preprocess([pixels], preprocessing);
    const size = networkSize(pixels.width, pixels.height, preprocessing);
    const feeds = DEVICE_ENDS.feeds(pixels, size, preprocessing);
    expect(Object.keys(feeds)).toEqual([PIXEL_BYTES]);
    expect(feeds[PIXEL_BYTES]?.data.byteLength).toBe(expected.data.length);
    const got = await run(DEVICE_ENDS.pixels(preprocessing), feeds);
    expect(got.shape).toEqual(expected.shape);
    const difference = expected.data.map((value, at) => Math.abs(value - ((got.data as Float32Array)[at] as number)));
    expect(Math.max(...difference)).toBeLessThan(1e-6);
    expect(HOST_ENDS.feeds(pixels, size, preprocessing)).toEqual({ [PIXEL_VALUES]: expected });
  });

  test.each([
    [11, 'uint8', 'uint8'],
    [256, 'uint8', 'uint8'],
    [257, 'uint16', 'uint16'],
  ])('give the first largest of %i scores as %s', async (classes, onDevice, onHost) => {
    const scores = input('scores', 'float32', [1, classes, 'height', 'width']);
    const numbers = Float32Array.from({ length: classes * 5 * 7 }, (_, at) => Math.round(9 * Math.sin(at * at)));
    const feeds = { scores: float32([1, classes, 5, 7], numbers) };
    const [device, host] = [await run(DEVICE_ENDS.labels(scores), feeds), await run(HOST_ENDS.labels(scores), feeds)];
    expect([device.dtype, device.shape, host.dtype, host.shape]).toEqual([onDevice, [1, 5, 7], onHost, [1, 5, 7]]);
    expect(Array.from(device.data as Uint8Array)).toEqual(Array.from(host.data as Uint8Array));
  });

  test('compute nothing in whole numbers, which the provider leaves to the processor', () => {
    const labels = DEVICE_ENDS.labels(input('scores', 'float32', [1, 11, 8, 8]));
    expect(operators({ labels })).toEqual(['ArgMax', 'Gather']);
  });
});
