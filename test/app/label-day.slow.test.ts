/** The view Label through a day of work: cameras, pictures that are called alike, fingers, keys, classes and folders. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AppPage, expectAccessible, type RunningApp, startApp } from '../support/app.ts';
import { labelStage } from '../support/app-label.ts';
import { missingBrowser } from '../support/browser.ts';
import { SHALLOW_REFINENET, temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const SIZE = 64;
const MODEL_FILES = ['config.json', 'preprocessor_config.json', 'model.safetensors'];

let folder: string;
let model: string;
let app: RunningApp;
let opened: AppPage;
let page: Page;
/** Pictures of one size, that are not alike. */
let pictures: readonly Buffer[];

const { place, says, press } = labelStage(() => page, SIZE);

/** Opens pictures in Label, in place of those that are open. */
async function open(...given: readonly { readonly name: string; readonly buffer: Buffer }[]): Promise<void> {
  await page
    .locator('input[accept="image/*,video/*"]')
    .setInputFiles(given.map((each) => ({ ...each, mimeType: 'image/png' })));
  await shows(given[0]?.name as string);
}

/** Waits until a picture of this name can be labeled. */
async function shows(name: string): Promise<void> {
  await page.getByRole('application', { name: `${name}, to be labeled` }).waitFor();
  await page.locator('button:enabled', { hasText: 'Clear' }).waitFor();
}

/** Labels all that the model sees, once it is done. */
const takePrediction = (): Promise<void> => page.getByRole('button', { name: 'Take the prediction' }).click();

/** Own classes, so that nothing is labeled before it is painted. */
async function beginAnew(): Promise<void> {
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Begin with classes of your own' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.locator('.class-row', { hasText: 'object' }).waitFor();
}

const give = (event: 'paste' | 'drop', name: string, type: string, bytes: Uint8Array): Promise<void> =>
  page.evaluate(`{
    const data = new DataTransfer();
    const content = Uint8Array.from(atob('${Buffer.from(bytes).toString('base64')}'), (letter) => letter.charCodeAt(0));
    data.items.add(new File([content], ${JSON.stringify(name)}, { type: '${type}' }));
    const init = { clipboardData: data, dataTransfer: data, cancelable: true };
    dispatchEvent(new ${event === 'paste' ? 'ClipboardEvent' : 'DragEvent'}('${event}', init));
  }`);

async function archived(): Promise<Record<string, Uint8Array>> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'As a ZIP', exact: true }).click(),
  ]);
  return unzipSync(await readFile((await download.path()) as string));
}

/** Chooses a file where labels are opened from a ZIP. */
const chooseArchive = (name: string, bytes: Uint8Array): Promise<void> =>
  page
    .locator('input[accept=".zip,application/zip"]')
    .setInputFiles({ name, mimeType: 'application/zip', buffer: Buffer.from(bytes) });

const isChosen = (view: string): Promise<string | null> =>
  page.getByRole('tab', { name: view }).getAttribute('aria-selected');

const status = (): Locator => page.locator('.stage [role="status"]');

describe.skipIf(missingBrowser)(`the view Label through a day${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    model = await writeSyntheticModel(folder, {}, SHALLOW_REFINENET);
    pictures = await Promise.all([1, 2, 3].map((seed) => wavesPng(SIZE, SIZE, seed)));
    app = await startApp([model]);
  });

  beforeEach(async () => {
    await opened?.context.close();
    opened = await app.open('#label');
    page = opened.page;
    page.setDefaultTimeout(100_000);
    await shows('cat.webp');
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('goes to Segment for the camera, gives it back, and labels its last frame', async () => {
    await page.evaluate(`(() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => (globalThis.stream = await ask(wanted));
    })()`);
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.locator('.stage-readout', { hasText: 'frames a second' }).waitFor();
    expect(await isChosen('Segment')).toBe('true');
    await page.getByRole('tab', { name: 'Label' }).click();
    await shows('frame.png');
    expect(await page.evaluate('globalThis.stream.getTracks().map(({ readyState }) => readyState)')).toEqual(['ended']);
    await press('b', '2', 'Space', 'Shift+ArrowRight', 'Space');
    await page.getByText('One photograph is labeled.').waitFor();
    const files = await archived();
    expect(Object.keys(files)).toContain('labels/images/train/frame.png');
    expect([...(files['labels/images/train/frame.png'] as Uint8Array).subarray(1, 4)]).toEqual([80, 78, 71]);
    await page.getByText('Kept in this browser.').waitFor();
    await page.reload();
    await page.locator('.thumb[aria-label="frame.png"]').click();
    await shows('frame.png');
    await page.getByText('One photograph is labeled.').waitFor();
    expect(opened.faults).toEqual([]);
  });

  test('shows a video that is dropped in another view', async () => {
    await page.getByRole('tab', { name: 'Train' }).click();
    await give('drop', 'clip.webm', 'video/webm', Buffer.from('no video'));
    await page.locator('.stop-live').waitFor();
    expect(await isChosen('Segment')).toBe('true');
  });

  test('forgets an empty file that was kept, and goes on', async () => {
    await page.evaluate(`new Promise((resolve) => {
      const asked = indexedDB.open('refinenet-labels', 1);
      asked.onsuccess = () => {
        const change = asked.result.transaction('pictures', 'readwrite');
        const photo = { name: 'frame.png', file: new Blob(), width: 2, height: 1, labels: Uint8Array.of(1, 1) };
        change.objectStore('pictures').put(photo, 'frame.png 2x1');
        change.oncomplete = resolve;
      };
    })`);
    await page.reload();
    await shows('cat.webp');
    await page.getByText('Nothing is labeled yet.').waitFor();
    expect(await page.locator('.thumb').count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('takes up what was kept by names and sizes alone', async () => {
    await page.evaluate(`new Promise((resolve) => {
      const asked = indexedDB.open('refinenet-labels', 1);
      asked.onsuccess = () => {
        const change = asked.result.transaction('pictures', 'readwrite');
        const content = Uint8Array.from(atob('${(pictures[0] as Buffer).toString('base64')}'), (letter) => letter.charCodeAt(0));
        const file = new Blob([content], { type: 'image/png' });
        const photo = { name: 'old.png', file, width: 64, height: 64, labels: new Uint8Array(4096).fill(1) };
        change.objectStore('pictures').put(photo, 'old.png 64x64');
        change.oncomplete = () => resolve();
      };
    })`);
    for (const _ of ['the first time', 'ever after']) {
      await page.reload();
      await page.locator('.thumb[aria-label="old.png"]').click();
      await shows('old.png');
      await page.getByText('One photograph is labeled.').waitFor();
      await says(5, 5, 'Building');
    }
  });

  test('tells pictures apart that are called alike, wherever they come from', async () => {
    await beginAnew();
    await open({ name: 'image.png', buffer: pictures[0] as Buffer });
    await press('f', '2', 'Space');
    await says(10, 10, 'object');
    await open({ name: 'image.png', buffer: pictures[1] as Buffer });
    await says(10, 10, 'Ignored');
    await open({ name: 'image.png', buffer: pictures[0] as Buffer });
    await says(10, 10, 'object');
  });

  test('adds what is pasted, under names of its own', async () => {
    await beginAnew();
    await give('paste', 'image.png', 'image/png', pictures[0] as Buffer);
    await shows('image.png');
    await press('f', '2', 'Space');
    await give('paste', 'image.png', 'image/png', pictures[1] as Buffer);
    await shows('image-2.png');
    await says(10, 10, 'Ignored');
    expect(
      await page.locator('.thumb').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label'))),
    ).toEqual(['cat.webp', 'image.png', 'image-2.png']);
    await page.getByText('One photograph is labeled.').waitFor();
  });

  test('takes a prediction as it is, where it is right', async () => {
    await open({ name: 'a.png', buffer: pictures[0] as Buffer });
    await page.getByText('Nothing is labeled yet.').waitFor();
    await takePrediction();
    await page.getByText('One photograph is labeled.').waitFor();
  });

  test('takes a stroke that leaves the picture as one step, and no other tool where it ends', async () => {
    await open({ name: 'stroke.png', buffer: pictures[0] as Buffer });
    await beginAnew();
    await page.mouse.move(...(await place(5, 5)));
    await page.mouse.down();
    await page.mouse.move(...(await place(-3, 5)));
    await page.mouse.move(...(await place(5, 30)), { steps: 4 });
    await page.keyboard.press('f');
    await page.mouse.up();
    await says(5, 5, 'object');
    await says(5, 30, 'object');
    // What was filled would be all that the stroke left.
    await says(50, 50, 'Ignored');
    await page.keyboard.press('Control+z');
    await says(5, 5, 'Ignored');
    await says(5, 30, 'Ignored');
    await page.getByText('Nothing is labeled yet.').waitFor();
    await page.keyboard.press('b');
  });

  test('hears its keys wherever the focus is, but in a field', async () => {
    const isPressed = async (name: string): Promise<void> =>
      page
        .locator(`[aria-pressed="true"]`, { hasText: name })
        .or(page.getByRole('button', { name, pressed: true }))
        .first()
        .waitFor();
    await page.getByRole('button', { name: 'Polygon' }).click();
    expect(await page.evaluate('document.activeElement.className')).toBe('stage-canvas');
    await page.getByRole('heading', { name: 'This photograph' }).click();
    await page.keyboard.press('e');
    await isPressed('Eraser (E)');
    await page.getByRole('slider', { name: 'Opacity' }).focus();
    await page.keyboard.press('3');
    expect(await page.locator('.class-row').nth(2).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('New class').pressSequentially('bf1');
    await isPressed('Eraser (E)');
    expect(await page.getByLabel('New class').inputValue()).toBe('bf1');
    await page.getByRole('button', { name: 'Brush' }).focus();
    await page.keyboard.press('Enter');
    await isPressed('Brush (B)');
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Brush (B)');
  });

  test('asks before labels go with their class, which can be taken back, as can steps that were done before', async () => {
    await beginAnew();
    await open({ name: 'a.png', buffer: pictures[0] as Buffer });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('New class').fill('edge');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await press('f', '2', 'Space', 'b', '3', 'Space', 'Space');
    await says(32, 32, 'edge');
    let asked = '';
    page.once('dialog', (dialog) => {
      asked = dialog.message();
      void dialog.dismiss();
    });
    await page.getByRole('button', { name: 'Remove edge' }).click();
    expect(asked).toBe('edge is in the labels of one photograph, where its pixels will be ignored. Remove it?');
    await says(32, 32, 'edge');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Remove edge' }).click();
    await says(32, 32, 'Ignored');
    await page.getByRole('button', { name: 'Undo' }).click();
    await says(32, 32, 'edge');
    await page.getByRole('button', { name: 'Remove edge' }).waitFor();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Remove edge' }).click();
    await says(32, 32, 'Ignored');
    // Once something else was done, that is what is taken back.
    await press('1', 'Space', 'Space');
    await says(32, 32, 'background');
    await press('Control+z');
    await says(32, 32, 'Ignored');
    await press('Control+z');
    await says(32, 32, 'object');
    await press('Control+z');
    await says(32, 32, 'Ignored');
  });

  test('is worked in by fingers alone', async () => {
    await opened.context.close();
    opened = await app.open('#label', { hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });
    page = opened.page;
    page.setDefaultTimeout(100_000);
    await shows('cat.webp');
    await beginAnew();
    await open({ name: 'a.png', buffer: pictures[0] as Buffer });
    await page.getByText('One finger paints, two zoom').waitFor();
    const tap = async (x: number, y: number): Promise<void> => page.touchscreen.tap(...(await place(x, y)));
    await page.getByRole('button', { name: 'Hand (H)' }).tap();
    await tap(20, 30);
    await page.locator('.stage-readout', { hasText: 'Ignored · 20, 30' }).waitFor();
    await page.getByText('Nothing is labeled yet.').waitFor();
    await page.getByRole('button', { name: 'Polygon (P)' }).tap();
    const step = page.getByRole('button', { name: 'Take the last corner back' });
    const close = page.getByRole('button', { name: 'Close the polygon' });
    await tap(10, 10);
    await page.getByRole('button', { name: 'Drop the polygon' }).tap();
    await step.waitFor({ state: 'detached' });
    for (const [x, y] of [
      [10, 10],
      [50, 10],
      [50, 50],
      [10, 60],
      [2, 60],
    ] as const)
      await tap(x, y);
    await step.tap();
    await close.tap();
    await page.getByText('One photograph is labeled.').waitFor();
    await page.getByRole('button', { name: 'Hand (H)' }).tap();
    await tap(30, 30);
    await page.locator('.stage-readout', { hasText: 'object · 30, 30' }).waitFor();
    await tap(3, 60);
    await page.locator('.stage-readout', { hasText: 'Ignored · 3, 60' }).waitFor();
  });

  test('has a list of many classes that is no longer than a telephone', async () => {
    await expectAccessible(page, 'light', 360);
    const { height } = (await page.locator('.classes').boundingBox()) as { height: number };
    expect(height).toBeLessThanOrEqual(240);
  });

  test('says what is at the cursor that keys move, here and in Segment', async () => {
    await beginAnew();
    await open({ name: 'a.png', buffer: pictures[0] as Buffer });
    await press('ArrowRight');
    await status().getByText('Ignored · 33, 32').waitFor();
    await press('ArrowRight', 'f', '1', 'Space');
    await status().getByText('background · 34, 32').waitFor();
    await page.getByRole('tab', { name: 'Segment' }).click();
    await press('ArrowLeft');
    await status()
      .getByText(/^\S.*, \d+\.\d %, at 31, 32$|^\S.*, \d+\.\d%, at 31, 32$/)
      .waitFor();
  });

  test('saves to the folder that was chosen once, until another one is asked for', async () => {
    const prepare = `(async () => {
      const root = await navigator.storage.getDirectory();
      globalThis.asked = 0;
      globalThis.showDirectoryPicker = () => root.getDirectoryHandle(['one', 'two'][globalThis.asked++], { create: true });
    })()`;
    await page.evaluate(prepare);
    await takePrediction();
    await page.getByRole('button', { name: 'To a folder' }).click();
    await page.getByText('Written to one.').waitFor();
    await page.getByRole('button', { name: 'To one', exact: true }).click();
    await page.getByText('Written to one.').waitFor();
    expect(await page.evaluate('asked')).toBe(1);
    await page.getByRole('button', { name: 'To another folder' }).click();
    await page.getByText('Written to two.').waitFor();
    await page.getByText('Kept in this browser.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'To two', exact: true }).click();
    await page.getByText('Written to two.').waitFor();
  });

  test('says what is wrong beside the tools, not over them', async () => {
    await page
      .locator('input[accept="image/*,video/*"]')
      .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await page.getByRole('alert').getByText('broken.png').waitFor();
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      const tools = (await page.getByRole('toolbar').boundingBox()) as { y: number; height: number };
      const problem = (await page.locator('.problem').boundingBox()) as { y: number };
      expect(problem.y).toBeGreaterThanOrEqual(tools.y + tools.height);
    }
  });

  test.each([
    ['dropped', 'alone', ''],
    ['dropped', 'in a folder', 'narrow/'],
    ['chosen where labels are opened', 'alone', ''],
  ])('takes a model that is %s as a ZIP, with its files %s', async (way, _, path) => {
    const files = await Promise.all(
      MODEL_FILES.map(async (name) => [path + name, new Uint8Array(await readFile(join(model, name)))] as const),
    );
    const archive = zipSync(Object.fromEntries(files), { level: 0 });
    await page.getByRole('tab', { name: path ? 'Train' : 'Label' }).click();
    if (way === 'dropped') await give('drop', 'narrow.zip', 'application/zip', archive);
    else await chooseArchive('narrow.zip', archive);
    await expect.poll(() => page.locator('select').first().inputValue(), { timeout: 60_000 }).toBe('narrow');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('opens a single labeled photograph, and says that it is one', async () => {
    await takePrediction();
    page.once('dialog', (dialog) => void dialog.accept());
    await chooseArchive('one.zip', zipSync(await archived()));
    await page.getByText('One labeled photograph of one.zip was opened.').waitFor();
  });
});
