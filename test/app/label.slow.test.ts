/** The views Label and Train: pictures are labeled, saved, learned from and predicted without leaving the page. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawShapes } from '../../src/data/drawn/shapes.ts';
import { labelMap } from '../../src/image/label-map.ts';
import { encodeLabelPng, encodePng } from '../../src/image/png.ts';
import {
  type AppPage,
  axeViolations,
  expectAccessible,
  expectQuiet,
  type RunningApp,
  startApp,
} from '../support/app.ts';
import { labelStage } from '../support/app-label.ts';
import { missingBrowser } from '../support/browser.ts';
import { runCli } from '../support/run-cli.ts';
import { SHALLOW_REFINENET, temporaryFolder, writeSyntheticModel } from '../support/synthetic-model.ts';

const SIZE = 64;
const PICTURES = 4;

let folder: string;
let app: RunningApp;
let opened: AppPage;
let page: Page;

const { place, says, press } = labelStage(() => page, SIZE);

async function drag(...points: readonly (readonly [number, number])[]): Promise<void> {
  for (const [at, [x, y]] of points.entries()) {
    await page.mouse.move(...(await place(x, y)), { steps: 4 });
    if (at === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

const show = async (name: string): Promise<void> => {
  await page.locator(`.thumb[aria-label="${name}"]`).click();
  await page.getByRole('application', { name: `${name}, to be labeled` }).waitFor();
};

async function unpacked(download: Download, into: string): Promise<string[]> {
  const files = Object.entries(unzipSync(await readFile((await download.path()) as string)));
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), bytes);
  }
  return files.map(([path]) => path).sort();
}

const downloaded = async (button: string): Promise<Download> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return download;
};

const ARCHIVE = 'input[accept=".zip,application/zip"]';

const archived = async (): Promise<Record<string, Uint8Array>> =>
  unzipSync(await readFile((await (await downloaded('As a ZIP')).path()) as string));

describe.skipIf(missingBrowser)(`the views Label and Train${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    const model = await writeSyntheticModel(folder, {}, SHALLOW_REFINENET);
    const files = Array.from({ length: PICTURES + 1 }, (_, index) => join(folder, `shape-${index}.png`));
    for (const [index, file] of files.entries())
      await writeFile(file, encodePng(drawShapes(5, ['app', index], SIZE).image));
    app = await startApp([model]);
    opened = await app.open('#label');
    page = opened.page;
    await page.locator('input[accept="image/*,video/*"]').setInputFiles(files.slice(0, PICTURES));
    await page.getByRole('application', { name: 'shape-0.png, to be labeled' }).waitFor();
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('begins with what the model sees, in its classes', async () => {
    await page.locator('.class-row').nth(11).waitFor();
    await page.mouse.move(...(await place(32, 32)));
    await page.locator('.stage-readout', { hasText: '· 32, 32' }).waitFor();
    await expect.poll(() => page.locator('.stage-readout').textContent()).not.toContain('Ignored');
    await page.getByText('Nothing is labeled yet.').waitFor();
  });

  test('takes classes of your own, under names of your own', async () => {
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Begin with classes of your own' }).click();
    await page.getByLabel('Name of object').fill('shape');
    await page.getByLabel('New class').fill('edge');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove edge' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.locator('.class-row .legend-name').allTextContents()).toEqual(['background', 'shape', 'Ignored']);
    await says(32, 32, 'Ignored');
  });

  test('paints with a brush, takes it back and does it again', async () => {
    await press('b', '2');
    await page.getByRole('slider', { name: 'Size' }).fill('9');
    await drag([10, 10], [30, 10]);
    await says(20, 10, 'shape');
    await says(20, 13, 'shape');
    await says(20, 18, 'Ignored');
    await press('Control+z');
    await says(20, 10, 'Ignored');
    await press('Control+Shift+z');
    await says(20, 10, 'shape');
  });

  test('fills, erases and draws polygons', async () => {
    await press('f', '1');
    await page.mouse.click(...(await place(60, 60)));
    await says(5, 60, 'background');
    await says(20, 10, 'shape');
    await press('p', '2');
    for (const [x, y] of [
      [40, 40],
      [55, 40],
      [55, 55],
      [40, 55],
      [40, 40],
    ] as const) {
      await page.mouse.click(...(await place(x, y)));
    }
    await says(47, 47, 'shape');
    await says(58, 47, 'background');
    await press('e');
    await drag([47, 47], [48, 47]);
    await says(47, 47, 'Ignored');
    await press('Control+z');
    await says(47, 47, 'shape');
  });

  test('grows from a click along what the model sees', async () => {
    await press('m', '2');
    await page.getByRole('slider', { name: 'Likeness' }).fill('0');
    await page.mouse.click(...(await place(5, 60)));
    await page.getByRole('progressbar', { name: 'Asking the model' }).waitFor();
    await page.getByRole('progressbar', { name: 'Asking the model' }).waitFor({ state: 'detached' });
    await says(60, 5, 'shape');
    await press('Control+z');
    await says(60, 5, 'background');
  });

  test('paints by keys alone', async () => {
    await show('shape-1.png');
    await press(
      'b',
      '2',
      ']',
      'Space',
      'Shift+ArrowRight',
      'Space',
      'f',
      '1',
      'Shift+ArrowDown',
      'Shift+ArrowDown',
      'Space',
    );
    await says(42, 32, 'shape');
    await says(32, 32, 'shape');
    await says(32, 60, 'background');
    for (const name of ['shape-2.png', 'shape-3.png']) {
      await show(name);
      await press('f', '1', 'Space', 'b', '2', 'Space', 'Shift+ArrowRight', 'Space');
      await says(36, 32, 'shape');
    }
  });

  test('keeps all of it when the page is closed', async () => {
    await page.getByText('4 photographs are labeled.').waitFor();
    await page.getByText('Kept in this browser.').waitFor();
    await page.reload();
    await show('shape-0.png');
    await says(20, 10, 'shape');
    await says(5, 60, 'background');
    await page.getByText('4 photographs are labeled.').waitFor();
  });

  test('writes to a folder', async () => {
    const files = await page.evaluate<string[]>(`(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
      globalThis.showDirectoryPicker = async () => folder;
      [...document.querySelectorAll('button')].find(({ textContent }) => textContent.includes('To a folder')).click();
      while (!document.body.textContent.includes('Written to chosen.')) await new Promise((go) => setTimeout(go, 50));
      const found = [];
      const walk = async (at, path) => {
        for await (const [name, handle] of at) {
          if (handle.kind === 'directory') await walk(handle, path + name + '/');
          else found.push(path + name);
        }
      };
      await walk(folder, '');
      return found.sort();
    })()`);
    expect(files).toContain('masks/val/shape-3.png');
    expect(files).toHaveLength(2 * PICTURES + 1);
  });

  test('saves what dataset verify accepts, and train learns from', async () => {
    const files = await unpacked(await downloaded('As a ZIP'), folder);
    expect(files).toEqual([
      'labels/data.yaml',
      ...[0, 1, 2].map((index) => `labels/images/train/shape-${index}.png`),
      'labels/images/val/shape-3.png',
      ...[0, 1, 2].map((index) => `labels/masks/train/shape-${index}.png`),
      'labels/masks/val/shape-3.png',
    ]);
    const data = join(folder, 'labels');
    const verified = await runCli(['dataset', 'verify', data]);
    expect(verified, verified.stderr).toMatchObject({ code: 0 });
    const run = join(folder, 'run');
    const argv = ['--weights', join(folder, 'model'), '--epochs', '1', '--batch', '3', '--crop', '64', '--output', run];
    const learned = await runCli(['train', data, ...argv]);
    expect(learned, learned.stderr).toMatchObject({ code: 0 });
  });

  test('opens what it saved, and writes the same again but for what was painted', async () => {
    const saved = await archived();
    await writeFile(join(folder, 'labels.zip'), zipSync(saved));
    page.once('dialog', (dialog) => void dialog.accept());
    await page.locator(ARCHIVE).setInputFiles(join(folder, 'labels.zip'));
    await page.getByText('4 labeled photographs of labels.zip were opened.').waitFor();
    await page.getByText('Kept in this browser.').waitFor();
    expect(await page.locator('.class-row .legend-name').allTextContents()).toEqual(['background', 'shape', 'Ignored']);
    await says(20, 10, 'shape');
    await says(5, 60, 'background');
    expect(await archived()).toEqual(saved);
    await press('b', '1');
    await drag([20, 10], [21, 10]);
    await says(20, 10, 'background');
    const again = await archived();
    const changed = Object.keys(again).filter(
      (path) => !Buffer.from(again[path] ?? []).equals(saved[path] ?? Buffer.of()),
    );
    expect(Object.keys(again)).toEqual(Object.keys(saved));
    expect(changed).toEqual(['labels/masks/train/shape-0.png']);
    await press('Control+z');
  });

  test('opens a folder', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'From a folder' }).click();
    await page.getByText('4 labeled photographs of chosen were opened.').waitFor();
    await says(20, 10, 'shape');
  });

  test('refuses what is no data set, says why, and keeps what there was', async () => {
    const given = async (name: string, files: Record<string, Uint8Array> | null, ...said: string[]): Promise<void> => {
      const buffer = Buffer.from(files ? zipSync(files) : 'no archive');
      await page.locator(ARCHIVE).setInputFiles({ name, mimeType: 'application/zip', buffer });
      for (const text of said) await page.getByRole('alert').getByText(text).waitFor();
      await page.getByRole('button', { name: 'Close this message' }).click();
      await page.getByRole('alert').waitFor({ state: 'detached' });
    };
    const photo = encodePng(drawShapes(5, ['app', 0], SIZE).image);
    const mask = (width: number, id: number): Uint8Array =>
      encodeLabelPng(labelMap(width, SIZE, new Uint8Array(width * SIZE).fill(id)), [[0, 0, 0]]);
    await given('broken.zip', null, 'broken.zip is no ZIP, or is damaged.');
    await given(
      'photos.zip',
      { 'a.png': photo },
      'photos.zip: no data set of a known layout was found (it has a.png).',
    );
    await given(
      'wrong.zip',
      {
        'data.yaml': strToU8('train: images\nmasks_dir: masks\nnames: [sky, bird]\n'),
        'images/a.png': photo,
        'masks/a.png': mask(SIZE, 9),
        'images/b.png': photo,
        'masks/b.png': mask(32, 0),
        'images/c.png': photo,
      },
      'images/c.png has no mask of its name.',
      'masks/a.png: the mask has ids that are no classes: 9. The classes are 0 ... 1, and 255 is ignored.',
      'masks/b.png: the mask is 32x64, but its image images/b.png is 64x64.',
    );
    await page.getByText('4 photographs are labeled.').waitFor();
    await says(20, 10, 'shape');
  });

  test('has no fault that axe finds', async () => {
    expect(await axeViolations(page)).toEqual([]);
    await expectAccessible(page, 'dark', 360);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('learns in the page, shows how it goes, and predicts', async () => {
    await page.getByRole('tab', { name: 'Train' }).click();
    await page.getByText('Photographs learned from: 3, held out: 1.').waitFor();
    await page.getByRole('slider', { name: 'Epochs' }).fill('2');
    await page.getByRole('slider', { name: 'Crop' }).fill('2');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Finished after 2 steps.').waitFor({ timeout: 300_000 });
    await page.getByRole('img', { name: /^Loss over 2 steps, now \d/ }).waitFor();
    await page.locator('.curve figcaption', { hasText: /Mean IoU \d.*epoch 2/ }).waitFor();
    await page.getByRole('img', { name: /^shape-3: / }).waitFor();
    await page
      .getByLabel('Try a photograph')
      .last()
      .setInputFiles(join(folder, `shape-${PICTURES}.png`));
    const found = page.getByRole('img', { name: new RegExp(`^shape-${PICTURES}.png: (background|shape)`) });
    await found.waitFor();
    expect(await unpacked(await downloaded('Model folder'), folder)).toEqual([
      'training/README.md',
      'training/config.json',
      'training/model.safetensors',
      'training/preprocessor_config.json',
    ]);
    expect(await page.locator('select').first().inputValue()).toBe('training');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('can be stopped', async () => {
    await page.getByRole('slider', { name: 'Epochs' }).fill('100');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText(/^Step \d+ of 100/).waitFor({ timeout: 300_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText(/^Stopped after (one step|\d+ steps)\.$/).waitFor();
  });

  test('asked no other host for anything, and nothing went wrong in the page', () => {
    expectQuiet(opened);
  });
});
