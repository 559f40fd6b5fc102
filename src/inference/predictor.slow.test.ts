/** What several runs give beside what is computed here from single ones, and on another engine. */
import { describe, expect, test } from 'vitest';
import {
  CLASSES,
  model,
  drawnImage,
  plain,
  predict,
  probabilitiesOf,
  expectClose,
} from '../../test/support/predicted.ts';
import { image } from '../image/image.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from '../image/preprocess.ts';
import { resizeImage } from '../image/resample.ts';
import { wasmBackend } from '../platform/node/backend.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { mirrorImage } from './mirror.ts';
import { createPredictor, type PredictorOptions } from './predictor.ts';
import type { Segmentation } from './segmentation/segmentation.ts';

/** Labels and confidence are those of the probabilities. */
function expectConsistent(segmentation: Segmentation): void {
  const probabilities = probabilitiesOf(segmentation);
  const pixels = segmentation.labels.data.length;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const all = Array.from({ length: CLASSES }, (_, id) => probabilities[id * pixels + pixel] as number);
    expect(all[segmentation.labels.data[pixel] as number]).toBe(Math.max(...all));
    expect(segmentation.confidence?.[pixel]).toBe(Math.max(...all));
    expect(all.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const entropy = all.reduce((sum, value) => sum - (value > 0 ? value * Math.log(value) : 0), 0);
    expect(segmentation.entropy?.[pixel]).toBeCloseTo(entropy / Math.log(CLASSES), 5);
  }
}

describe('a predictor', () => {
  test('averages the probabilities of all scales, each also mirrored', async () => {
    const photo = drawnImage(150, 100);
    const result = await predict(photo, { scales: [0.5, 1, 1.5], flip: true, probabilities: true });
    const mean = new Float64Array(CLASSES * 150 * 100);
    for (const [width, height] of [
      [75, 50],
      [150, 100],
      [225, 150],
    ] as const) {
      const preprocessing: Preprocessing = { ...IMAGENET_PREPROCESSING, resize: { width, height } };
      const straight = probabilitiesOf(await plain(photo, { probabilities: true, preprocessing }));
      // Mirrored here, after the resize, as the predictor does.
      const mirrored = mirrorImage(resizeImage(photo, width, height, 'bilinear'));
      const size: Preprocessing = { ...IMAGENET_PREPROCESSING, resize: null };
      const logits = (await plain(mirrored, { logits: true, preprocessing: size })).logits as Tensor<'float32'>;
      const turned = softmaxAt(logits, 150, 100);
      for (let at = 0; at < mean.length; at++) {
        const [row, column] = [Math.floor(at / 150), at % 150];
        mean[at] = (mean[at] as number) + ((straight[at] as number) + (turned[row * 150 + 149 - column] as number)) / 6;
      }
    }
    expectClose(probabilitiesOf(result), mean, 2e-5);
    expectConsistent(result);
  });

  test("follows the authors' protocol: logarithms of probabilities, enlarged by a bicubic filter, averaged at the largest map", async () => {
    const photo = drawnImage(140, 100);
    const scales = [0.3, 0.5];
    const result = await predict(photo, { protocol: 'refinenet', scales, probabilities: true });
    const maps = await Promise.all(
      // The shorter side becomes 450, of which 0.3 and 0.5 are taken; then 1.2 of that.
      (
        [
          [189, 135, 227, 162],
          [315, 225, 378, 270],
        ] as const
      ).map(async ([width, height, enlargedWidth, enlargedHeight]) => {
        const first = resizeImage(photo, width, height, 'bicubic');
        const second = resizeImage(first, enlargedWidth, enlargedHeight, 'bicubic');
        const { logits } = await plain(second, { logits: true });
        return logsOf(logits as Tensor<'float32'>);
      }),
    );
    const [small, large] = maps as [Planes, Planes];
    const { width, height } = large;
    const both = [imresize(small, width, height), large];
    const mean = large.data.map((_, at) => both.reduce((sum, map) => sum + Math.exp(map.data[at] as number) / 2, 0));
    const clamped = mean.map((value) => Math.max(-20, Math.log(Math.min(1, value))));
    const scores = imresize({ width, height, data: clamped }, 140, 100).data.map(Math.exp);
    const pixels = 140 * 100;
    const sums = new Float64Array(pixels);
    for (const [at, value] of scores.entries()) sums[at % pixels] = (sums[at % pixels] as number) + value;
    expectClose(
      probabilitiesOf(result),
      scores.map((value, at) => value / (sums[at % pixels] as number)),
      1e-4,
    );
    expectConsistent(result);
  });

  test('shows no seams on a constant image', async () => {
    const constant = image(700, 500, new Uint8Array(700 * 500 * 3).fill(120));
    const whole = await plain(constant, { probabilities: true });
    const tiled = await predict(constant, { tile: 320, overlap: 128, probabilities: true });
    const [width, pixels] = [700, 700 * 500];
    const at = (segmentation: Segmentation, id: number, x: number) =>
      probabilitiesOf(segmentation)[id * pixels + 250 * width + x] as number;
    const largestStep = (segmentation: Segmentation, from: number, to: number): number => {
      let largest = 0;
      for (let id = 0; id < CLASSES; id++) {
        for (let x = from; x < to; x++) {
          largest = Math.max(largest, Math.abs(at(segmentation, id, x + 1) - at(segmentation, id, x)));
        }
      }
      return largest;
    };
    // Where tiles meet nothing may show: steps there stay far below those that the borders of the image make in any case.
    expect(largestStep(tiled, 150, 550)).toBeLessThan(largestStep(whole, 0, 699) / 8);
    const inside = (segmentation: Segmentation) =>
      new Set(segmentation.labels.data.subarray(250 * width + 150, 250 * width + 550));
    expect(inside(tiled).size).toBe(1);
    expect(inside(tiled)).toEqual(inside(whole));
  });

  test('gives the same on WASM', async () => {
    const options: PredictorOptions = { tile: 96, overlap: 32, flip: true, confidence: true };
    const photo = drawnImage(120, 90);
    const [expected, wasm] = [
      await predict(photo, options),
      await createPredictor(model, await wasmBackend(), options),
    ];
    const result = await wasm.segment(photo);
    await wasm.dispose();
    expectClose(result.confidence as Float32Array, expected.confidence as Float32Array, 1e-4);
  });
});

/** Bilinear enlargement of logits [1, classes, h, w], and their softmax [classes, height, width]. */
function softmaxAt({ shape, data }: Tensor<'float32'>, width: number, height: number): Float64Array {
  const [, , h, w] = shape as [number, number, number, number];
  const result = new Float64Array(CLASSES * width * height);
  const inside = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [cy, cx] = [inside(((y + 0.5) * h) / height - 0.5, h), inside(((x + 0.5) * w) / width - 0.5, w)];
      const [top, left] = [Math.floor(cy), Math.floor(cx)];
      const exponentials = Array.from({ length: CLASSES }, (_, id) => {
        const at = (row: number, column: number) => data[(id * h + inside(row, h)) * w + inside(column, w)] as number;
        const along = (row: number) => at(row, left) * (1 - cx + left) + at(row, left + 1) * (cx - left);
        return Math.exp(along(top) * (1 - cy + top) + along(top + 1) * (cy - top));
      });
      const sum = exponentials.reduce((total, value) => total + value, 0);
      for (let id = 0; id < CLASSES; id++) {
        result[(id * height + y) * width + x] = (exponentials[id] as number) / sum;
      }
    }
  }
  return result;
}

/** Numbers [classes, height, width]. */
interface Planes {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/** The logarithm of the softmax of logits, at least -20. */
function logsOf({ shape, data }: Tensor<'float32'>): Planes {
  const [, , height, width] = shape as [number, number, number, number];
  const cells = height * width;
  const logs = Float64Array.from(data, (value, at) => {
    let sum = 0;
    for (let id = 0; id < CLASSES; id++) sum += Math.exp(data[id * cells + (at % cells)] as number);
    return Math.max(-20, value - Math.log(sum));
  });
  return { width, height, data: logs };
}

/**
 * MATLAB's bicubic imresize as its documentation tells it, enlarging or shrinking by one scale for both axes, cut off at the
 * size asked for.
 */
function imresize({ width, height, data }: Planes, toWidth: number, toHeight: number): Planes {
  const scale = Math.max(toWidth / width, toHeight / height);
  const cubic = (x: number) =>
    x <= 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : x <= 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
  const shrink = Math.min(1, scale);
  const weights = (index: number, count: number): [number, number][] => {
    const u = index / scale + 0.5 * (1 - 1 / scale);
    const taps = Array.from({ length: 40 }, (_, at): [number, number] => {
      const place = Math.floor(u) - 20 + at;
      const mirrored = (((place - 1) % (2 * count)) + 2 * count) % (2 * count);
      return [mirrored < count ? mirrored : 2 * count - 1 - mirrored, cubic(Math.abs(u - place) * shrink)];
    });
    const sum = taps.reduce((total, [, weight]) => total + weight, 0);
    return taps.filter(([, weight]) => weight !== 0).map(([at, weight]) => [at, weight / sum]);
  };
  const columns = Array.from({ length: toWidth }, (_, x) => weights(x + 1, width));
  const rows = Array.from({ length: toHeight }, (_, y) => weights(y + 1, height));
  const result = new Float64Array(CLASSES * toWidth * toHeight);
  for (let at = 0; at < result.length; at++) {
    const [id, y, x] = [Math.floor(at / toWidth / toHeight), Math.floor(at / toWidth) % toHeight, at % toWidth];
    for (const [row, a] of rows[y] as [number, number][]) {
      for (const [column, b] of columns[x] as [number, number][]) {
        result[at] = (result[at] as number) + a * b * (data[(id * height + row) * width + column] as number);
      }
    }
  }
  return { width: toWidth, height: toHeight, data: result };
}
