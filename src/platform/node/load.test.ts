import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, waves, wavesPng, writeSyntheticModel } from '../../../test/support/synthetic-model.ts';
import type { ImageSource } from './image-source.ts';
import { loadModel, type NodeSegmenter } from './load.ts';

const [WIDTH, HEIGHT] = [56, 40];

let folder: string;
let photo: string;
let model: NodeSegmenter;
beforeAll(async () => {
  folder = await temporaryFolder();
  photo = join(folder, 'photo.png');
  await writeFile(photo, await wavesPng(WIDTH, HEIGHT));
  await writeSyntheticModel(folder);
  model = await loadModel(pathToFileURL(join(folder, 'model')), { confidence: true });
});
afterAll(() => model.dispose());

const rgb = waves(WIDTH, HEIGHT);
const rgba = () =>
  sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .ensureAlpha(0.5)
    .raw()
    .toBuffer();

describe('a loaded model', () => {
  test.each<[string, () => Promise<ImageSource>]>([
    ['a path', async () => photo],
    ['a file: URL', async () => pathToFileURL(photo)],
    ['the text of a file: URL', async () => pathToFileURL(photo).href],
    ['bytes', async () => readFile(photo)],
    ['an ArrayBuffer', async () => new Uint8Array(await readFile(photo)).buffer],
    ['a Blob', async () => new Blob([new Uint8Array(await readFile(photo))])],
    ['a File', async () => new File([new Uint8Array(await readFile(photo))], 'photo.png')],
    ['RGB pixels', async () => ({ width: WIDTH, height: HEIGHT, data: rgb })],
    ['RGBA pixels', async () => ({ width: WIDTH, height: HEIGHT, data: new Uint8ClampedArray(await rgba()) })],
  ])('takes %s', async (_, source) => {
    const expected = await model.segment(photo);
    const { labels, image, confidence } = await model.segment(await source());
    expect([image.width, image.height, labels.data.length]).toEqual([WIDTH, HEIGHT, WIDTH * HEIGHT]);
    expect(labels).toEqual(expected.labels);
    expect(confidence).toEqual(expected.confidence);
  });

  const SOURCES =
    "An image is a file's path or file: URL, an encoded image's bytes (Uint8Array, ArrayBuffer or Blob), or RGB or RGBA pixels as { width, height, data }";

  test.each<[unknown, string, string]>([
    [null, 'UsageError', `${SOURCES}, but got null.`],
    [undefined, 'UsageError', 'but got undefined.'],
    [42, 'UsageError', 'but got the number 42.'],
    [{ width: 8, height: 8 }, 'UsageError', 'but got an object with width, height.'],
    [['photo.jpg'], 'UsageError', 'but got an Array.'],
    [
      { width: 40, height: 40, data: new Float32Array(4800) },
      'UsageError',
      'but got an object with width, height, data (a Float32Array).',
    ],
    [{ width: 40, height: 40, data: new Uint8Array(10) }, 'ShapeError', 'takes 4800 bytes as RGB'],
    ['nowhere.jpg', 'UsageError', `nowhere.jpg: there is no such file (the working folder is ${process.cwd()}).`],
    ['.', 'UsageError', '.: this is a folder. Give one image'],
    ['https://example.org/a.jpg', 'UsageError', 'https://example.org/a.jpg is no file on this machine'],
    [new URL('data:image/png;base64,AA=='), 'UsageError', 'Fetch it, and give its bytes'],
    [new Uint8Array(0), 'FormatError', 'The image: '],
    [new Blob(['<html>']), 'FormatError', 'The image: '],
    [new File(['<html>'], 'error.html'), 'FormatError', 'error.html: '],
  ])('refuses %o', async (source, name, message) => {
    const refusal = model.segment(source as ImageSource);
    await expect(refusal).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('tells progress, and ends when its signal is aborted', async () => {
    const told: number[][] = [];
    await model.segment(photo, { onProgress: (...counts) => told.push(counts) });
    expect(told).toEqual([[1, 1]]);
    await expect(model.segment(photo, { signal: AbortSignal.abort(new Error('not now')) })).rejects.toThrow('not now');
    const controller = new AbortController();
    const call = model.segment(photo, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    // What was aborted leaves the model as it was.
    expect((await model.segment(photo)).labels.width).toBe(WIDTH);
  });

  test('finishes the calls that were begun before it is disposed of, and takes none after', async () => {
    for (const options of [{}, { tile: 64, overlap: 32 }]) {
      const short = await loadModel(join(folder, 'model'), options);
      const calls = [short.segment(photo), short.segment({ width: WIDTH, height: HEIGHT, data: rgb })];
      const disposal = short.dispose();
      const late = short.segment(photo);
      await expect(late).rejects.toThrow('The model was disposed of. Load it again to segment more images.');
      for (const { labels } of await Promise.all(calls)) expect(labels.width).toBe(WIDTH);
      await disposal;
    }
  });

  test('runs at several scales, mirrored and by tiles', async () => {
    await using several = await loadModel(join(folder, 'model'), {
      scales: [1, 1.5],
      flip: true,
      tile: 64,
      overlap: 32,
    });
    const runs: string[] = [];
    const { labels } = await several.segment(photo, { onProgress: (done, total) => runs.push(`${done}/${total}`) });
    expect([labels.width, labels.height]).toEqual([WIDTH, HEIGHT]);
    expect(several.views).toHaveLength(4);
    expect(runs.at(-1)).toMatch(/^(\d+)\/\1$/);
  });

  test('is a shipped one by its name, and the first of them when none is named', async () => {
    await using nuclei = await loadModel('nuclei');
    expect(nuclei.description.classes.map(({ name }) => name)).toContain('nucleus');
    await using first = await loadModel();
    expect(first.description.classes.map(({ name }) => name)).toContain('person');
  });
});
