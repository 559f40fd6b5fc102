import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { image } from '../image/image.ts';
import { LABEL_SETS } from '../labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { architecture } from '../models/architectures.ts';
import { networkParameters } from '../models/network.ts';
import type { Model } from '../models/model.ts';
import { initialize } from '../nn/initialize.ts';
import { nodeBackend, wasmBackend } from '../platform/node/backend.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Segmenter, type SegmenterOptions } from './segmenter.ts';

const definition = architecture('refinenet-lw-mobilenetv2', 11);
const model: Model = {
  definition,
  classes: LABEL_SETS.camvid.classes,
  preprocessing: IMAGENET_PREPROCESSING,
  weights: initialize(networkParameters(definition), 3),
};

const drawnImage = (width: number, height: number) =>
  image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * index) % 251),
  );

let segmenter: Segmenter;
beforeAll(async () => {
  const options = { confidence: true, entropy: true, probabilities: true, logits: true };
  segmenter = await Segmenter.create(model, await nodeBackend(), options);
});
afterAll(() => segmenter.dispose());

/** Bilinear interpolation with half-pixel centers at one position, clamped at the borders, in double precision. */
function interpolate(values: Float32Array, [h, w]: [number, number], y: number, x: number): number {
  const clamp = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const [cy, cx] = [clamp(y, h), clamp(x, w)];
  const [top, left] = [Math.floor(cy), Math.floor(cx)];
  const at = (row: number, column: number) => values[clamp(row, h) * w + clamp(column, w)] as number;
  const between = (row: number) => at(row, left) * (1 - cx + left) + at(row, left + 1) * (cx - left);
  return between(top) * (1 - cy + top) + between(top + 1) * (cy - top);
}

describe('a segmenter', () => {
  test('upsamples the logits bilinearly to the image and chooses the largest, whose softmax is the confidence', async () => {
    const [width, height] = [71, 45];
    const { labels, logits, confidence, entropy, probabilities } = await segmenter.segment(drawnImage(width, height));
    const scoreMap = logits as Tensor<'float32'>;
    const [, classes, h, w] = scoreMap.shape as [number, number, number, number];
    expect([classes, h, w]).toEqual([11, 12, 18]);
    for (let y = 0; y < height; y += 3) {
      for (let x = 0; x < width; x++) {
        const scores = Array.from({ length: classes }, (_, id) =>
          interpolate(
            scoreMap.data.subarray(id * h * w, (id + 1) * h * w),
            [h, w],
            ((y + 0.5) * h) / height - 0.5,
            ((x + 0.5) * w) / width - 0.5,
          ),
        );
        const pixel = y * width + x;
        const largest = Math.max(...scores);
        const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
        const chosen = labels.data[pixel] as number;
        // Scores that tie within float32's precision may be ordered either way.
        expect(scores[chosen]).toBeGreaterThan(largest - 1e-4 * Math.abs(largest));
        expect(confidence?.[pixel]).toBeCloseTo(1 / total, 4);
        const probability = probabilities?.data[chosen * width * height + pixel];
        expect(probability).toBeCloseTo(confidence?.[pixel] as number, 6);
        const shares = scores.map((score) => Math.exp(score - largest) / total);
        const nats = shares.reduce((sum, share) => sum - share * Math.log(share), 0);
        expect(entropy?.[pixel]).toBeCloseTo(nats / Math.log(classes), 4);
      }
    }
  });

  test('gives the same labels without the further outputs, and on WASM', async () => {
    const photo = drawnImage(64, 40);
    const { labels } = await segmenter.segment(photo);
    for (const backend of [await nodeBackend(), await wasmBackend()]) {
      const plain = await Segmenter.create(model, backend);
      const result = await plain.segment(photo);
      expect([...result.labels.data]).toEqual([...labels.data]);
      expect([result.confidence, result.probabilities, result.logits]).toEqual([undefined, undefined, undefined]);
      await plain.dispose();
    }
  });

  test('of a model whose images enter at one size gives the same numbers whether an image was told of or not', async () => {
    const preprocessing = { ...IMAGENET_PREPROCESSING, resize: { width: 137, height: 105 } };
    const photo = drawnImage(200, 150);
    const backend = await nodeBackend();
    const numbers = async (options: Partial<SegmenterOptions>) => {
      await using each = await Segmenter.create(model, backend, { preprocessing, confidence: true, ...options });
      return (await each.segment(photo)).confidence as Float32Array;
    };
    const [one, other] = [await numbers({}), await numbers({ imageSize: { width: 64, height: 48 } })];
    expect(one.filter((value, pixel) => value !== other[pixel])).toHaveLength(0);
  });

  test('counts every pixel once, most frequent class first', async () => {
    const { classes, labels } = await segmenter.segment(drawnImage(50, 40));
    expect(classes.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(labels.data.length);
    const counts = classes.map(({ pixels }) => pixels);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    for (const { fraction, pixels } of classes) expect(fraction).toBe(pixels / 2000);
  });

  test('answers concurrent calls each with its own image', async () => {
    const sizes = [
      [40, 33],
      [33, 40],
      [96, 64],
    ] as const;
    const results = await Promise.all(sizes.map(([width, height]) => segmenter.segment(drawnImage(width, height))));
    for (const [index, [width, height]] of sizes.entries()) {
      const alone = await segmenter.segment(drawnImage(width, height));
      expect([...(results[index]?.labels.data ?? [])]).toEqual([...alone.labels.data]);
    }
  });

  test('streams many images', async () => {
    const sizes: number[] = [];
    for await (const { labels } of segmenter.segmentAll([drawnImage(32, 32), drawnImage(48, 32)]))
      sizes.push(labels.width);
    expect(sizes).toEqual([32, 48]);
  });

  test('refuses an image under 32 pixels, though it be enlarged', async () => {
    const message = 'The image is 31 x 200 pixels; it needs at least 32 x 32. Give a larger image.';
    await expect(segmenter.segment(drawnImage(31, 200))).rejects.toThrow(message);
  });

  test('may be disposed twice, and says so when it is used after', async () => {
    const short = await Segmenter.create(model, await nodeBackend());
    await short.dispose();
    await short.dispose();
    await expect(short.segment(drawnImage(32, 32))).rejects.toThrow('The model was disposed of. Load it again');
  });
});
