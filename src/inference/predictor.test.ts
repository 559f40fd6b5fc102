import { describe, expect, test } from 'vitest';
import { model, drawnImage, plain, predict, probabilitiesOf, expectClose } from '../../test/support/predicted.ts';
import { type Image, image } from '../image/image.ts';
import { IMAGENET_PREPROCESSING, type ImageSize, type Preprocessing } from '../image/preprocess.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import { mirrorImage } from './mirror.ts';
import { createPredictor, type PredictorOptions } from './predictor.ts';

describe('a predictor', () => {
  test('with one scale of 1 and no flip equals a segmenter exactly, and gives logits', async () => {
    const photo = drawnImage(70, 45);
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

  test('is disposed of at the end of a block that uses it', async () => {
    let kept: Awaited<ReturnType<typeof createPredictor>>;
    {
      await using predictor = await createPredictor(model, await nodeBackend(), { flip: true });
      kept = predictor;
    }
    await expect(kept.segment(drawnImage(64, 64))).rejects.toThrow('disposed of');
  });

  test('undoes the flip: a symmetric image gives a symmetric result', async () => {
    const half = drawnImage(48, 64);
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

  test('runs an image that fits into a tile whole', async () => {
    const photo = drawnImage(120, 91);
    const expected = await plain(photo, { probabilities: true });
    const result = await predict(photo, { tile: 128, probabilities: true });
    expectClose(probabilitiesOf(result), probabilitiesOf(expected), 1e-5);
    expect(result.labels.data.filter((id, at) => id !== expected.labels.data[at]).length).toBeLessThanOrEqual(3);
  });

  test('runs the least tile without being told of an overlap', async () => {
    let runs = 0;
    const onProgress = (_: number, total: number): void => {
      runs = total;
    };
    await predict(drawnImage(96, 64), { tile: 64 }, { onProgress });
    expect(runs).toBe(2);
  });

  test("tiles what the model's own resizing gives, and answers at the image's size", async () => {
    const photo = drawnImage(70, 90);
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

  test('tells its progress run by run', async () => {
    const told: string[] = [];
    const watch = { onProgress: (done: number, total: number) => told.push(`${done}/${total}`) };
    await predict(drawnImage(150, 100), { tile: 96, overlap: 32, flip: true }, watch);
    expect(told).toEqual(Array.from({ length: 8 }, (_, at) => `${at + 1}/8`));
    told.length = 0;
    await predict(drawnImage(64, 64), {}, watch);
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
    await expect(predict(drawnImage(300, 200), { tile: 96 }, watch)).rejects.toThrow('The reader went away.');
    expect(runs).toBe(2);
    await expect(predict(drawnImage(64, 64), {}, { signal: { aborted: true } })).rejects.toThrow(
      'Segmenting was aborted.',
    );
  });

  test('answers concurrent calls each with its own image', async () => {
    const predictor = await createPredictor(model, await nodeBackend(), { scales: [0.75, 1], tile: 96, overlap: 32 });
    const photos = [drawnImage(150, 100), drawnImage(100, 150)];
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
    [{ tile: 64, overlap: 64 }, 'the overlap (64) must be smaller than the tile (64)'],
    [{ tile: 100, overlap: 32 }, 'the tile is 100, but must be a multiple of 32 of at least 64, such as 96 or 128.'],
    [
      { tile: '512' as unknown as number },
      'the tile is "512", but must be a multiple of 32 of at least 64, such as 512.',
    ],
    [
      { protocol: 'refinnet' as 'plain' },
      'protocol is "refinnet"; choose from plain, refinenet, refinenet-cityscapes.',
    ],
    [{ imageSize: { width: 64.5, height: 48 } }, 'imageSize is 64.5 x 48; give { width, height } in whole pixels.'],
    [{ imageSize: 64 as unknown as ImageSize }, 'imageSize is 64; give { width, height } in whole pixels.'],
    [
      { imageSize: { width: 0, height: 48 }, flip: true },
      'imageSize is 0 x 48; give { width, height } in whole pixels.',
    ],
    [{ scales: [-1] }, 'Scales are numbers from 0.05 to 8, but got -1.'],
    [{ flip: true, logits: true }, "The network's own output (logits) belongs to one run over a whole image."],
  ] satisfies [PredictorOptions, string][])('refuses %j', async (options, message) => {
    await expect(createPredictor(model, await nodeBackend(), options)).rejects.toThrow(message);
  });

  test('refuses an image that a scale makes too small for the network', async () => {
    await expect(predict(drawnImage(100, 60), { scales: [1, 0.5] })).rejects.toThrow(
      'At scale 0.5 the image enters the network at 50 x 30 pixels; it needs at least 32 x 32. Give a larger image.',
    );
  });
});

test.each([
  ['in tiles', { tile: 512 }],
  ['in one run', { preprocessing: { ...IMAGENET_PREPROCESSING, resize: { width: 64, height: 32 } } }],
] satisfies [string, PredictorOptions][])(
  'probabilities that take more than 4 GiB are refused before anything is computed, %s',
  async (_, options) => {
    const vast = image(20_000, 5000, new Uint8Array(3 * 20_000 * 5000));
    await expect(predict(vast, { ...options, probabilities: true })).rejects.toThrow(
      'The probabilities of 11 classes for 20000 x 5000 pixels take 4.1 GiB; at most 4 are allowed. Leave them out, or make the image smaller.',
    );
  },
);
