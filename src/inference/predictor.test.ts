import { beforeAll, describe, expect, test } from 'vitest';
import { type Image, image } from '../image/image.ts';
import { LABEL_SETS } from '../image/label-sets.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from '../image/preprocess.ts';
import { resizeImage } from '../image/resample.ts';
import { architecture } from '../models/architectures.ts';
import { networkParameters } from '../models/network.ts';
import type { Model } from '../models/model.ts';
import { initialize } from '../nn/initialize.ts';
import { nodeBackend, wasmBackend } from '../platform/node/backend.ts';
import type { Backend } from '../runtime/backend.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { mirrorImage } from './mirror.ts';
import { createPredictor, type PredictorOptions } from './predictor.ts';
import type { SegmentOptions } from './segment-options.ts';
import type { Segmentation } from './segmentation.ts';
import { Segmenter, type SegmenterOptions } from './segmenter.ts';

const CLASSES = 11;
const definition = architecture('refinenet-lw-mobilenetv2', CLASSES);
const model: Model = {
  definition,
  classes: LABEL_SETS.camvid.classes,
  preprocessing: IMAGENET_PREPROCESSING,
  weights: initialize(networkParameters(definition), 3),
};

/** Coarse blobs, so that what enters the network differs from place to place at every scale. */
function picture(width: number, height: number): Image {
  const blobs = image(
    8,
    6,
    Uint8Array.from({ length: 8 * 6 * 3 }, (_, at) => (at * at * 37) % 251),
  );
  return resizeImage(blobs, width, height, 'bicubic');
}

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function predict(photo: Image, options: PredictorOptions, watch?: SegmentOptions): Promise<Segmentation> {
  const predictor = await createPredictor(model, backend, { confidence: true, entropy: true, ...options });
  try {
    return await predictor.segment(photo, watch);
  } finally {
    await predictor.dispose();
  }
}

async function plain(photo: Image, options: SegmenterOptions = {}): Promise<Segmentation> {
  const segmenter = await Segmenter.create(model, backend, { confidence: true, ...options });
  try {
    return await segmenter.segment(photo);
  } finally {
    await segmenter.dispose();
  }
}

const probabilitiesOf = ({ probabilities }: Segmentation): Float32Array => (probabilities as Tensor<'float32'>).data;

function expectClose(values: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(values.length).toBe(expected.length);
  let worst = 0;
  for (let at = 0; at < values.length; at++) {
    worst = Math.max(worst, Math.abs((values[at] as number) - (expected[at] as number)));
  }
  expect(worst).toBeLessThan(tolerance);
}

/** Labels, confidence and entropy are those of the probabilities. */
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
  test('with one scale of 1 and no flip equals a segmenter exactly, and gives logits', async () => {
    const photo = picture(70, 45);
    const options = { probabilities: true, logits: true };
    const [expected, got] = [
      await plain(photo, options),
      await predict(photo, { ...options, scales: [1], flip: false }),
    ];
    expect(got.labels).toEqual(expected.labels);
    expect(got.confidence).toEqual(expected.confidence);
    expect(got.probabilities).toEqual(expected.probabilities);
    expect(got.logits).toEqual(expected.logits);
  });

  test('averages the probabilities of all scales, each also mirrored', async () => {
    const photo = picture(150, 100);
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

  test('undoes the flip: a symmetric picture gives a symmetric result', async () => {
    const half = picture(48, 64);
    const mirrored = mirrorImage(half);
    const data = new Uint8Array(96 * 64 * 3);
    for (let y = 0; y < 64; y++) {
      data.set(half.data.subarray(y * 144, (y + 1) * 144), y * 288);
      data.set(mirrored.data.subarray(y * 144, (y + 1) * 144), y * 288 + 144);
    }
    const result = await predict(image(96, 64, data), { flip: true });
    const confidence = result.confidence as Float32Array;
    for (let y = 0; y < 64; y++) {
      const row = [...confidence.subarray(y * 96, (y + 1) * 96)];
      expectClose([...row].reverse(), row, 1e-5);
    }
  });

  test("follows the authors' protocol: logarithms of probabilities, enlarged by a bicubic filter, averaged at the largest map", async () => {
    const photo = picture(140, 100);
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

  test('runs an image that fits into a tile whole', async () => {
    const photo = picture(120, 91);
    const expected = await plain(photo, { probabilities: true });
    const result = await predict(photo, { tile: 128, probabilities: true });
    expectClose(probabilitiesOf(result), probabilitiesOf(expected), 1e-5);
    expect(result.labels.data.filter((id, at) => id !== expected.labels.data[at]).length).toBeLessThanOrEqual(3);
  });

  test("tiles what the model's own resizing gives, and answers at the image's size", async () => {
    const photo = picture(70, 90);
    const preprocessing: Preprocessing = { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 140 } };
    let runs = 0;
    const onProgress = (_: number, total: number): void => {
      runs = total;
    };
    const result = await predict(photo, { preprocessing, tile: 128, overlap: 32 }, { onProgress });
    expect([result.labels.width, result.labels.height]).toEqual([70, 90]);
    // 140 x 180 pixels.
    expect(runs).toBe(2 * 2);
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

  test('tells its progress run by run', async () => {
    const told: string[] = [];
    const watch = { onProgress: (done: number, total: number) => told.push(`${done}/${total}`) };
    await predict(picture(150, 100), { tile: 96, overlap: 32, flip: true }, watch);
    expect(told).toEqual(Array.from({ length: 8 }, (_, at) => `${at + 1}/8`));
    told.length = 0;
    await predict(picture(64, 64), {}, watch);
    expect(told).toEqual(['1/1']);
  });

  test('stops when it is told to, with the reason that was given', async () => {
    const controller = new AbortController();
    let runs = 0;
    const watch = {
      signal: controller.signal,
      onProgress: () => {
        if (++runs === 2) controller.abort(new Error('The reader went away.'));
      },
    };
    await expect(predict(picture(300, 200), { tile: 96 }, watch)).rejects.toThrow('The reader went away.');
    expect(runs).toBe(2);
    await expect(predict(picture(64, 64), {}, { signal: { aborted: true } })).rejects.toThrow(
      'Segmenting was aborted.',
    );
  });

  test('gives the same on WASM', async () => {
    const options: PredictorOptions = { tile: 96, overlap: 32, flip: true, confidence: true };
    const photo = picture(120, 90);
    const [expected, wasm] = [
      await predict(photo, options),
      await createPredictor(model, await wasmBackend(), options),
    ];
    const result = await wasm.segment(photo);
    await wasm.dispose();
    expectClose(result.confidence as Float32Array, expected.confidence as Float32Array, 1e-4);
  });

  test('answers concurrent calls each with its own image', async () => {
    const predictor = await createPredictor(model, backend, { scales: [0.75, 1], tile: 96, overlap: 32 });
    const photos = [picture(150, 100), picture(100, 150)];
    const together = await Promise.all(photos.map((photo) => predictor.segment(photo)));
    for (const [index, photo] of photos.entries()) {
      expect(together[index]?.labels).toEqual((await predictor.segment(photo)).labels);
      expect(together[index]?.confidence).toBeUndefined();
    }
    await predictor.dispose();
    await predictor.dispose();
    await expect(predictor.segment(photos[0] as Image)).rejects.toThrow('The model was disposed of. Load it again');
  });

  test.each([
    [{ overlap: 32 }, "An overlap of 32 was given, but no tile. Give the tile's side too, such as 512."],
    [{ tile: 64 }, 'the overlap (64) must be smaller than the tile (64)'],
    [{ tile: 100, overlap: 32 }, 'the tile is 100, but must be a multiple of 32 of at least 64, such as 96 or 128.'],
    [{ scales: [-1] }, 'Scales are numbers from 0.05 to 8, but got -1.'],
    [{ flip: true, logits: true }, "The network's own output (logits) belongs to one run over a whole photograph."],
  ] satisfies [PredictorOptions, string][])('refuses %j', async (options, message) => {
    await expect(createPredictor(model, backend, options)).rejects.toThrow(message);
  });

  test('refuses an image that a scale makes too small for the network', async () => {
    await expect(predict(picture(100, 60), { scales: [1, 0.5] })).rejects.toThrow(
      'At scale 0.5 the image enters the network at 50 x 30 pixels; it needs at least 32 x 32. Give a larger image.',
    );
  });
});

test('probabilities that take more than 4 GiB are refused before anything is computed', async () => {
  const vast = image(20_000, 5000, new Uint8Array(3 * 20_000 * 5000));
  await expect(predict(vast, { tile: 512, probabilities: true })).rejects.toThrow(
    'The probabilities of 11 classes for 20000 x 5000 pixels take 4.1 GiB; at most 4 are allowed. Leave them out, or make the image smaller.',
  );
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
