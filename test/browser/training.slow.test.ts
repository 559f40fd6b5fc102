/** Training in a page: images and masks in hand to a model, runs that the browser keeps, and what goes wrong on the way. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawShapes, SHAPE_CLASSES } from '../../src/data/drawn/shapes.ts';
import { colorize } from '../../src/drawing/colorize.ts';
import { decodeLabelPng, encodeLabelPng, encodePng } from '../../src/image/png.ts';
import { architecture } from '../../src/models/architectures.ts';
import { missingBrowser, openBrowser, type Pages, servePages } from '../support/browser.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/synthetic-model.ts';

const SIZE = 64;
const PICTURES = 6;
const COLORS = SHAPE_CLASSES.map(({ color }) => color);
const drawings = Array.from({ length: PICTURES }, (_, index) => drawShapes(5, ['page', index], SIZE));

/** Few layers, for graphs that load quickly. */
const DEFINITION = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', SHAPE_CLASSES.length);
  const pooling = { ...decoder.pooling, count: 1 };
  return { ...rest, decoder: { ...decoder, taps: ['layer2', 'layer1'], widths: [16, 16], cascade: [1, 2], pooling } };
})();

/** What scripts of a page find there. */
const PRELUDE = `
  const training = await import('/refinenet/training.js');
  const { listRuns, openRun, deleteRun } = training;
  const here = { wasmPaths: '/engine/', onWarning: (message) => warnings.push(message) };
  const warnings = [];
  const trainModel = (images, options) => training.trainModel(images, { ...here, classes, definition, crop: 64, batch: 2, ...options });
  const resumeTraining = (name, options) => training.resumeTraining(name, { ...here, ...options });
  const classes = ${JSON.stringify(SHAPE_CLASSES.map(({ name }) => name))};
  const definition = ${JSON.stringify(DEFINITION)};
  const blob = async (address) => (await fetch(address)).blob();
  const file = async (address) => new File([await blob(address)], address.split('/').pop());
  const images = () => Promise.all(Array.from({ length: ${PICTURES} }, async (_, index) =>
    ({ image: await file('/image-' + index + '.png'), mask: await file('/mask-' + index + '.png') })));
  const canvasOf = async (address) => {
    const bitmap = await createImageBitmap(await blob(address));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    return canvas;
  };
  const dataOf = async (address) => (await canvasOf(address)).getContext('2d').getImageData(0, 0, ${SIZE}, ${SIZE});
  const facts = ({ status, epoch, epochs, updates }) => ({ status, epoch, epochs, updates });
  const hash = async (bytes) => Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).join(' ');
`;

interface Failed {
  readonly error?: { readonly name: string; readonly message: string };
}

function inPage<T>(page: Page, script: string): Promise<T & Failed> {
  return page.evaluate<T & Failed>(`(async () => {
    ${PRELUDE}
    try { ${script} } catch (error) { return { error: { name: error.name, message: String(error.message) } }; }
  })()`);
}

let browser: Browser;
let context: BrowserContext;
let pages: Pages;
let page: Page;

const newPage = async (): Promise<Page> => {
  const opened = await context.newPage();
  await opened.goto(pages.address);
  return opened;
};

describe.skipIf(missingBrowser)(`a page that trains${missingBrowser}`, () => {
  beforeAll(async () => {
    const files = drawings.flatMap(({ image, labels }, index) => [
      [`/image-${index}.png`, encodePng(image)] as const,
      [`/mask-${index}.png`, encodeLabelPng(labels, COLORS)] as const,
      [`/colors-${index}.png`, encodePng(colorize(labels, COLORS))] as const,
    ]);
    pages = await servePages({ answers: Object.fromEntries(files) });
    browser = await openBrowser();
    context = await browser.newContext({ acceptDownloads: true });
    page = await newPage();
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  test('learns from images of every form, and gives a model for page and command line', async () => {
    const download = page.waitForEvent('download', { timeout: 300_000 });
    const result = await inPage<{
      losses: number[];
      report: Record<string, unknown>;
      checked: number;
      validations: {
        meanIoU: number;
        isBest: boolean;
        iou: object;
        samples: { name: string; labels: number; truth: number }[];
      }[];
      name: string;
      started: string;
      status: string;
      best: { meanIoU: number };
      warnings: string[];
      labels: number[];
    }>(
      page,
      `const [first, second, third, fourth, ...rest] = await images();
       const label = await dataOf('/colors-2.png');
       const ids = Uint8Array.from({ length: ${SIZE * SIZE} }, (_, pixel) =>
         ${JSON.stringify(COLORS)}.findIndex((color) => color.every((value, channel) => value === label.data[4 * pixel + channel])));
       const losses = []; const validations = []; let report; let checked; let started;
       const trained = await trainModel([
         first,
         { image: await canvasOf('/image-1.png'), mask: await canvasOf('/colors-1.png') },
         { image: await dataOf('/image-2.png'), mask: { width: ${SIZE}, height: ${SIZE}, data: ids }, name: 'pixels' },
         { image: '/image-3.png', mask: await blob('/colors-3.png') },
       ], {
         name: 'forms', validation: rest, epochs: 6, validateEvery: 3, learningRate: 5e-3, augmentation: [{ transform: 'flip' }],
         onCheck: (done, total) => { checked = done + '/' + total; },
         onStart: (name) => { started = name; },
         onProgress: (each) => { losses.push(each.loss); report = each; },
         onValidation: ({ samples, ...validation }) => validations.push({
           ...validation, samples: samples.map(({ name, found, truth }) => ({ name, labels: found.labels.data.length, truth: truth.data.length })),
         }),
       });
       const model = await trained.load();
       const { labels } = await model.segment('/image-0.png');
       await model.dispose();
       trained.download();
       const { name, status, best } = trained;
       return { losses, report, checked, started, validations, name, status, best, warnings, labels: [...labels.data] };`,
    );
    expect(result.error).toBeUndefined();
    expect(result.warnings).toEqual([]);
    expect(result).toMatchObject({ name: 'forms', started: 'forms', status: 'finished', checked: '6/6' });
    expect(result.losses).toHaveLength(12);
    expect(mean(result.losses.slice(-4))).toBeLessThan(0.8 * mean(result.losses.slice(0, 4)));
    expect(result.report).toMatchObject({
      update: 12,
      updates: 12,
      epoch: 6,
      epochs: 6,
      rates: { decoder: expect.any(Number) },
      imagesPerSecond: expect.any(Number),
      secondsLeft: 0,
    });
    expect(result.validations).toHaveLength(2);
    expect(result.validations[0]).toMatchObject({
      isBest: true,
      iou: { circle: expect.any(Number) },
      samples: [
        { name: 'image-4', labels: SIZE * SIZE, truth: SIZE * SIZE },
        { name: 'image-5', labels: SIZE * SIZE, truth: SIZE * SIZE },
      ],
    });
    expect(result.best.meanIoU).toBe(Math.max(...result.validations.map(({ meanIoU }) => meanIoU)));

    const saved = await download;
    expect(saved.suggestedFilename()).toBe('forms.zip');
    const folder = await temporaryFolder();
    for (const [name, bytes] of Object.entries(unzipSync(await readFile(await saved.path())))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    await writeFile(join(folder, 'photo.png'), encodePng((drawings[0] as (typeof drawings)[number]).image));
    const arguments_ = ['predict', 'photo.png', '--model', 'forms', '--device', 'wasm'];
    const { code, stderr } = await runCli(arguments_, { cwd: folder });
    expect(code, stderr).toBe(0);
    const mask = decodeLabelPng(await readFile(join(folder, 'runs/predict/photo.png')));
    expect([...mask.data]).toEqual(result.labels);
  });

  describe('keeps a run', () => {
    const OPTIONS = `{ epochs: 3, saveEvery: 1, validation: 0.34 }`;
    /** What `last` and `best` of a run hold, as hashes. */
    const kept = (name: string) =>
      inPage<Record<string, string>>(
        page,
        `const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('refinenet-runs');
         const run = await runs.getDirectoryHandle('${name}');
         const found = {};
         for (const folder of ['last', 'best']) {
           const versions = await run.getDirectoryHandle(folder);
           const current = await (await (await versions.getFileHandle('current')).getFile()).text();
           const files = await versions.getDirectoryHandle(current);
           for (const file of ['model.safetensors', 'training-state.safetensors']) {
             found[folder + '/' + file] = await hash(await (await (await files.getFileHandle(file)).getFile()).arrayBuffer());
           }
         }
         return found;`,
      );
    let whole: Record<string, string>;

    beforeAll(async () => {
      const { error } = await inPage(
        page,
        `await trainModel(await images(), { ...${OPTIONS}, name: 'whole' }); return {};`,
      );
      expect(error).toBeUndefined();
      whole = await kept('whole');
    });

    test('that was stopped, and goes on to the same bytes', async () => {
      const result = await inPage<{ stopped: object; resumed: object; updates: number[] }>(
        page,
        `const stop = new AbortController();
         const updates = [];
         const stopped = await trainModel(await images(), {
           ...${OPTIONS}, name: 'stopped', signal: stop.signal,
           onProgress: ({ update }) => { updates.push(update); if (update === 2) stop.abort(); },
         });
         const onProgress = ({ update }) => updates.push(update);
         const resumed = await resumeTraining('stopped', { onProgress });
         return { stopped: facts(stopped), resumed: facts(resumed), updates };`,
      );
      expect(result.error).toBeUndefined();
      expect(result.stopped).toMatchObject({ status: 'interrupted', epochs: 3 });
      expect((result.stopped as { updates: number }).updates).toBeLessThan(4);
      expect(result.resumed).toMatchObject({ status: 'finished', epoch: 3, updates: 6 });
      expect(result.updates).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await kept('stopped')).toEqual(whole);
    });

    test('whose tab was closed, and goes on to the same bytes', async () => {
      const closed = await newPage();
      const { error } = await inPage(
        closed,
        `globalThis.update = 0;
         const onProgress = ({ update }) => { globalThis.update = update; };
         trainModel(await images(), { ...${OPTIONS}, name: 'closed', onProgress });
         return {};`,
      );
      expect(error).toBeUndefined();
      await expect.poll(() => closed.evaluate('update'), { timeout: 300_000, interval: 20 }).toBeGreaterThanOrEqual(3);
      await closed.close();

      const resumed = await inPage<{ updates: number[]; status: string }>(
        page,
        `const updates = [];
         const { status } = await resumeTraining('closed', { onProgress: ({ update }) => updates.push(update) });
         return { status, updates };`,
      );
      expect(resumed.error).toBeUndefined();
      expect(resumed.status).toBe('finished');
      expect(resumed.updates.at(-1)).toBe(6);
      expect(resumed.updates.length).toBeLessThan(6);
      expect(await kept('closed')).toEqual(whole);
    });

    test('and nothing of one whose tab was closed before it began', async () => {
      const result = await inPage<{ name: string; kept: string[] }>(
        page,
        `const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('refinenet-runs');
         const left = await runs.getDirectoryHandle('training', { create: true });
         await (await left.getDirectoryHandle('images', { create: true })).getFileHandle('a.png', { create: true });
         await runs.getDirectoryHandle('left', { create: true });
         const { name } = await trainModel(await images(), { epochs: 1, validation: 0 });
         const kept = [];
         for await (const each of runs.keys()) kept.push(each);
         return { name, kept };`,
      );
      expect(result.error).toBeUndefined();
      expect(result.name).toBe('training');
      expect(result.kept).not.toContain('left');
    });

    test('until it is deleted', async () => {
      const result = await inPage<{ before: string[]; after: string[]; second: string }>(
        page,
        `const names = async () => (await listRuns()).map(({ name, status, updates }) => [name, status, updates].join(' '));
         const before = await names();
         for (const { name } of await listRuns()) await deleteRun(name);
         return { before, after: await names(), second: await deleteRun('whole').catch((error) => error.message) };`,
      );
      expect(result.before).toEqual(expect.arrayContaining(['whole finished 6']));
      expect(result.after).toEqual([]);
      expect(result.second).toBe('There is no run "whole". There are none.');
    });
  });

  describe('is told', () => {
    test.each<[string, string, string, string]>([
      [
        'of images without masks',
        `trainModel([{ image: await file('/image-0.png') }, { image: 5, mask: null }], {})`,
        'UsageError',
        `Images cannot be learned from as they are.
image-0 has no mask.
The image of image-2: An image is an <img>, <canvas>, <video>, ImageBitmap, ImageData, VideoFrame, Blob, File or address, but got the number 5.
image-2 has no mask.`,
      ],
      [
        'that there are none',
        `trainModel([], {})`,
        'UsageError',
        'There are no images to learn from. Give a list of { image, mask }.',
      ],
      [
        'of options that do not fit, all at once',
        `trainModel(await images(), { architecture: 'unet', validation: 1.5, threads: 0 })`,
        'UsageError',
        expect.stringMatching(
          /^This training does not fit together: architecture is the text "unet", but must be one of refinenet-.*; threads is the number 0, but must be a whole number of at least 1; validation is the number 1.5, but must be a share from 0 to below 1, or a list of images\.$/,
        ) as unknown as string,
      ],
      [
        'of recipes that do not fit',
        `trainModel(await images(), { crop: 8, epochs: 0 })`,
        'UsageError',
        'This run does not fit together: epochs is 0, but must be a whole number of at least 1; crop is 8, but must be a whole number of at least 32.',
      ],
      [
        'of a single class',
        `trainModel(await images(), { classes: ['cat'] })`,
        'UsageError',
        `classes are the names of at least two classes by id, such as ['background', 'cat'], but got an Array.`,
      ],
      [
        'of a class that is there twice',
        `trainModel(await images(), { classes: ['cat', 'dog', 'cat'] })`,
        'UsageError',
        'classes: the name of "cat" is that of another class, too.',
      ],
      [
        'of a run that is not there',
        `resumeTraining('nowhere')`,
        'UsageError',
        'There is no run "nowhere" to resume. listRuns() says which there are.',
      ],
      [
        'of a name that is none',
        `openRun('../x')`,
        'UsageError',
        `A run's name has up to 64 letters, digits, spaces and any of ". _ -", and begins with a letter or digit, but got the text "../x".`,
      ],
      [
        'why it was stopped before the first step',
        `(async () => {
          const stop = new AbortController();
          await trainModel(await images(), { signal: stop.signal, onCheck: () => stop.abort(new TypeError('mine')) });
        })()`,
        'TypeError',
        'mine',
      ],
      [
        'of a script that is not there',
        `trainModel(await images(), { worker: () => new Worker('/missing.js', { type: 'module' }) })`,
        'RuntimeError',
        expect.stringContaining('The training worker could not be started') as unknown as string,
      ],
      [
        'of a worker that says nothing more',
        `trainModel(await images(), { limit: 200, worker: () => new Worker(URL.createObjectURL(new Blob(["postMessage({ event: 'ready' })"]))) })`,
        'RuntimeError',
        'The training worker said nothing for 0 seconds and was ended before the run had begun. Start it anew, with more time (limit) or smaller images.',
      ],
      [
        'of masks that cannot be used, all at once',
        `trainModel([
          { image: await file('/image-0.png'), mask: await canvasOf('/image-0.png') },
          { image: await file('/image-1.png'), mask: new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0])]) },
          { image: new Blob(['no image']), mask: await file('/mask-2.png'), name: 'text' },
          { image: await file('/image-3.png'), mask: { width: 2, height: 2, data: new Uint8Array(7) } },
        ], {})`,
        'FormatError',
        expect.stringMatching(
          /^The mask of image-0: \d+ pixels have colors that are no class's: \(.*\nThe mask of image-1: the mask is a JPEG, .*\nThe mask of image-3: a mask of 2x2 has 4 class ids, or 3 or 4 times as many bytes of colors, but got 7\.\nThe classes are background \(0,0,0\), circle/m,
        ) as unknown as string,
      ],
      [
        'of images that cannot be read or do not fit their masks',
        `trainModel([
          { image: new Blob(['no image']), mask: await file('/mask-2.png'), name: 'text' },
          { image: await file('/image-3.png'), mask: { width: 2, height: 2, data: new Uint8Array(4) } },
          { image: await file('/image-4.png'), mask: { width: 64, height: 64, data: new Uint8Array(4096).fill(9) } },
        ], { name: 'unfit' })`,
        'FormatError',
        expect.stringMatching(
          /^The data of unfit cannot be trained on as it is\.\n(.|\n)*images\/text: .*a text file(.|\n)*masks\/image-4\.png: 9(.|\n)*masks\/image-3\.png: 2x2, but images\/image-3\.png is 64x64$/,
        ) as unknown as string,
      ],
    ])('%s', async (_, call, name, message) => {
      const { error } = await inPage(page, `await ${call}; return {};`);
      expect(error).toEqual({ name, message });
      // Nothing is left of what did not begin.
      expect(await inPage(page, 'return { runs: await listRuns() };')).toEqual({ runs: [] });
    });

    test('that a name is taken, that a run is at work, and where no run can be kept', async () => {
      const own = await newPage();
      const result = await inPage<Record<'status' | 'resumed' | 'deleted' | 'taken' | 'missing', string>>(
        own,
        `const said = (work) => work.then(() => 'nothing', (error) => error.message);
         const stop = new AbortController();
         let begun; const beginning = new Promise((resolve) => { begun = resolve; });
         const training = trainModel(await images(), { name: 'taken', epochs: 10000, signal: stop.signal, onCheckpoint: begun });
         await Promise.race([beginning, training]);
         // Checkpoints are replaced all the while.
         const listed = [];
         for (let look = 0; look < 40; look++) listed.push((await listRuns()).find(({ name }) => name === 'taken')?.status);
         const status = [...new Set(listed)].join();
         const deleted = await said(deleteRun('taken'));
         const resumed = await said(resumeTraining('taken'));
         stop.abort();
         await training;
         const taken = await said(trainModel(await images(), { name: 'taken' }));
         await deleteRun('taken');
         Object.defineProperty(navigator.storage, 'getDirectory', { value: undefined });
         return { status, resumed, deleted, taken, missing: await said(trainModel(await images(), {})) };`,
      );
      await own.close();
      expect(result).toEqual({
        status: 'training',
        resumed: 'The run "taken" is trained in another tab. Stop it there first.',
        deleted: 'The run "taken" is being trained. Stop it before it is deleted.',
        taken:
          'There is a run "taken" already. Go on with it (resumeTraining), delete it (deleteRun), or give the new run another name.',
        missing: expect.stringMatching(
          /^Runs are kept in the Origin Private File System, which this browser does not have/,
        ),
      });
    });
  });
});

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
