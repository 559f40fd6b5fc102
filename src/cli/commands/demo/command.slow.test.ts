/** demo from beginning to end. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder } from '../../../../test/support/synthetic-model.ts';
import { decodeDatasetImage, openDatasetAt } from '../../../platform/node/dataset-files.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { openImage } from '../../../platform/node/image-source.ts';
import { loadModel } from '../../../platform/node/load.ts';
import { readModelFolder } from '../../../platform/node/model-folder.ts';
import { folderStorage } from '../../../platform/node/run-folder.ts';
import { readRun } from '../../../training/run/trainer.ts';
import { evaluate } from '../../../evaluation/evaluate.ts';
import { segmenterPredictions } from '../../../evaluation/segmenter-predictions.ts';
import { type DemoReport, runDemo } from './run.ts';
import { demoNetwork, type DemoScale } from './recipe.ts';
import { trainOnShapes } from './shapes.ts';
import { main } from '../../main.ts';

const TINY: DemoScale = { size: 32, images: { train: 4, val: 1, test: 2 }, batch: 2, epochs: 1 };

let root: string;
let onNote: (text: string) => void = () => {};
const terminal = captureOutput((text) => onNote(text));

beforeEach(async () => {
  root = await temporaryFolder();
  onNote = () => {};
});

const inRoot = (...parts: string[]): string => join(root, ...parts);

describe('demo --skip-training', () => {
  test('segments the drawn street, agrees with the drawing, and says what it found and where', async () => {
    const folder = inRoot('demo');
    expect(await main(['demo', '--skip-training', '--output', folder])).toBe(0);
    const names = (await readdir(folder, { recursive: true })).sort();
    expect(names).toEqual([
      'predict',
      'predict/street.json',
      'predict/street.overlay.png',
      'predict/street.png',
      'street.png',
      'street.truth.png',
    ]);
    const overlay = await openImage(inRoot('demo/predict/street.overlay.png'));
    expect([overlay.width, overlay.height > 360]).toEqual([480, true]);
    for (const name of names.filter((each) => each.endsWith('.png')))
      expect(terminal.printed).toContain(join(folder, name));
    expect(terminal.printed).toMatch(/^ {2}road +\d\d\.\d % +\d\d\.\d % +9\d\.\d %$/m);
    const agreement = /(\d\d\.\d) % of the pixels/.exec(terminal.printed)?.[1];
    expect(Number(agreement)).toBeGreaterThan(80);
    expect(terminal.printed).not.toContain('mean IoU');
  });

  test('goes into the next free folder where there is one already', async () => {
    await mkdir(inRoot('demo'));
    await writeFile(inRoot('demo/mine.txt'), '');
    expect(await main(['demo', '--skip-training', '--output', inRoot('demo')])).toBe(0);
    expect(await readdir(inRoot('demo'))).toEqual(['mine.txt']);
    expect(await readdir(inRoot('demo2'))).toContain('street.png');
  });
});

describe('demo', () => {
  test('trains on drawn shapes and shows what was learned', async () => {
    const folder = inRoot('demo');
    expect(await runDemo({ output: folder, seed: 3, json: true }, TINY)).toBe(0);
    const { training } = JSON.parse(terminal.printed) as DemoReport;
    expect(training).toMatchObject({
      status: 'finished',
      dataset: inRoot('demo/shapes'),
      run: inRoot('demo/train'),
      images: TINY.images,
      updates: 2,
      sheet: inRoot('demo/training.png'),
    });
    for (const score of Object.values(training?.meanIoU ?? {})) expect(score).toBeGreaterThan(0);
    const dataset = await openDatasetAt(inRoot('demo/shapes'));
    expect(dataset.splits.map((split) => dataset.samples(split).length)).toEqual([4, 1, 2]);
    expect((await readModelFolder(training?.model as string)).definition).toEqual(demoNetwork());
    const loaded = await loadModel(training?.model as string);
    const { metrics } = await evaluate(dataset, segmenterPredictions(loaded), {
      split: 'test',
      decodeImage: decodeDatasetImage,
    });
    await loaded.dispose();
    expect(training?.meanIoU.after).toBe(metrics.meanIoU);
    const sheet = await openImage(training?.sheet as string);
    expect(sheet.width).toBeGreaterThan(4 * 192);
    expect(terminal.noted).toContain('update 2/2');
  });

  test('says the figures and the next step in words', async () => {
    expect(await runDemo({ output: inRoot('demo'), seed: 3 }, TINY)).toBe(0);
    expect(terminal.printed).toMatch(/mean IoU \d+\.\d % before, \d+\.\d % after 2 updates .* on 2 images/);
    expect(terminal.printed).toContain(`sheet    ${inRoot('demo/training.png')}`);
    expect(terminal.noted).toContain(
      'Next: npx refinenet app shows all of it in the browser; npx refinenet predict PHOTO.jpg',
    );
  });

  test('interrupted before training begins, keeps the street and exits with 1', async () => {
    onNote = (text) => {
      if (text.startsWith('Drawing')) process.emit('SIGINT');
    };
    const listeners = process.listenerCount('SIGINT');
    expect(await runDemo({ output: inRoot('demo'), seed: 0, json: true }, TINY)).toBe(1);
    expect(JSON.parse(terminal.printed)).toMatchObject({ interrupted: true, training: null });
    expect(terminal.noted).toContain(`Interrupted; what is finished is in ${inRoot('demo')}.`);
    expect(await readdir(inRoot('demo'))).toContain('street.png');
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  test('interrupted while training, leaves a run that can be resumed', async () => {
    const run = inRoot('train');
    // From the moment on at which there is something to resume.
    const signal = {
      get aborted() {
        return existsSync(join(run, 'config.json'));
      },
    };
    const backend = await nodeBackend();
    const report = await trainOnShapes({ folder: root, seed: 0, backend, signal, scale: TINY });
    expect(report).toMatchObject({ status: 'interrupted', updates: 1, sheet: null, meanIoU: { after: null } });
    expect(await readRun(folderStorage(run))).toMatchObject({ origin: { dataset: inRoot('shapes') } });
    expect(await main(['train', '--resume', run, '--json'])).toBe(0);
    expect(JSON.parse(terminal.printed)).toMatchObject({ status: 'finished', updates: 2 });
  });
});
