/** The view Segment, from every source of images to every download. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeLabelPng } from '../../src/image/png.ts';
import { decodeImage } from '../../src/platform/node/decode-image.ts';
import { loadModel } from '../../src/platform/node/load.ts';
import {
  type AppPage,
  axeViolations,
  expectAccessible,
  expectQuiet,
  type RunningApp,
  startApp,
} from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const [WIDTH, HEIGHT] = [96, 64];

let folder: string;
let model: string;
let png: Buffer;
let labels: Uint8Array | Uint16Array;
let confidence: Float32Array;
let names: readonly string[];
let app: RunningApp;
let opened: AppPage;
let page: Page;

const segmented = (on: Page = page): Promise<void> => on.locator('.legend-row').first().waitFor();

/** Waits until an image of this name is segmented, and nothing else is. */
const shows = async (name: string): Promise<void> => {
  await page.getByRole('application', { name: `${name}, segmented` }).waitFor();
  await page.locator('.stage-readout', { hasText: '×' }).waitFor();
};

const choose = async (...files: readonly string[]): Promise<void> => {
  await page.locator('input[accept="image/*,video/*"]').setInputFiles(files);
};

/** The color of the canvas at its middle. */
const middle = (): Promise<number[]> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('.stage-canvas');
    return [...canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data];
  })()`);

/** Whether the middle has the color, red or blue, now and half a second later. */
async function staysAt(channel: 0 | 2): Promise<boolean> {
  const has = async (): Promise<boolean> => {
    const color = await middle();
    return (color[channel] as number) > 150 && (color[2 - channel] as number) < 100;
  };
  if (!(await has())) return false;
  await page.waitForTimeout(500);
  return has();
}

/** What is said of a pixel: confidence and place. */
const AT_PIXEL = /\d%\s*\d+, \d+$/;

/** Drops a video that a browser recorded: red first, blue then. */
const playClip = (): Promise<unknown> =>
  page.evaluate(`(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [${WIDTH}, ${HEIGHT}];
    const context = canvas.getContext('2d');
    const chunks = [];
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    recorder.start();
    for (let at = 0; at < 40; at++) {
      context.fillStyle = at < 20 ? '#f00' : '#00f';
      context.fillRect(0, 0, canvas.width, canvas.height);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
    const data = new DataTransfer();
    data.items.add(new File(chunks, 'clip.webm', { type: 'video/webm' }));
    dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
  })()`);

describe.skipIf(missingBrowser)(`the app${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    model = await writeSyntheticModel(folder);
    png = await wavesPng(WIDTH, HEIGHT);
    await mkdir(join(folder, 'photos'));
    await writeFile(join(folder, 'photo.png'), png);
    for (const name of ['b2', 'b10', 'a']) await writeFile(join(folder, 'photos', `${name}.png`), png);
    const segmenter = await loadModel(model, { confidence: true });
    const found = await segmenter.segment(await decodeImage(png));
    labels = found.labels.data;
    confidence = found.confidence as Float32Array;
    names = segmenter.description.classes.map(({ name }) => name);
    await segmenter.dispose();
    app = await startApp([model]);
    opened = await app.open();
    page = opened.page;
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('begins with an image of its own and its mask, by the first of the models', async () => {
    await segmented();
    await shows('cat.webp');
    expect(await page.locator('select').inputValue()).toBe('model');
    expect(await page.locator('select option').allTextContents()).toEqual(
      expect.arrayContaining(['model', 'general', 'street-scenes']),
    );
  });

  test('segments a chosen image as Node does, and says class and confidence under the pointer', async () => {
    await choose(join(folder, 'photo.png'));
    await shows('photo.png');
    const box = (await page.locator('.stage-canvas').boundingBox()) as {
      x: number;
      y: number;
      width: number;
      height: number;
    };
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const said = (await page.locator('.stage-readout').textContent()) as string;
    const [, x, y] = /(\d+), (\d+)$/.exec(said) as unknown as [string, string, string];
    const at = Number(y) * WIDTH + Number(x);
    expect(said).toContain(names[labels[at] as number] as string);
    expect(said).toContain(`${(100 * (confidence[at] as number)).toFixed(1)}%`);
    await page.mouse.move(0, 0);
  });

  test('draws the mask as opaque as is asked for, and not left of the divider', async () => {
    const opacity = page.getByRole('slider', { name: 'Opacity' });
    await page.getByLabel('Outlines').uncheck();
    await opacity.fill('0');
    const image = await middle();
    await opacity.fill('100');
    const colored = await middle();
    expect(colored).not.toEqual(image);
    await page.getByLabel('Before and after').check();
    await page.getByLabel('Divider').fill('900');
    expect(await middle()).toEqual(image);
    const { x, y, width, height } = (await page.locator('.stage-canvas').boundingBox()) as Record<
      'x' | 'y' | 'width' | 'height',
      number
    >;
    const wide = WIDTH * Math.min((width * 0.94) / WIDTH, (height * 0.94) / HEIGHT);
    const at = (share: number): number => x + (width - wide) / 2 + share * wide;
    await page.mouse.move(at(0.9), y + height / 3);
    await page.mouse.down();
    await page.mouse.move(at(0.2), y + height / 3, { steps: 5 });
    await page.mouse.up();
    expect(Number(await page.getByLabel('Divider').inputValue())).toBeCloseTo(200, -1.5);
    expect(await middle()).toEqual(colored);
    await page.mouse.move(0, 0);
    await page.getByLabel('Before and after').uncheck();
    expect(await middle()).toEqual(colored);
  });

  test('shows a class alone, darkens the others, and shows all again', async () => {
    const rows = page.locator('.legend-row');
    const before = await middle();
    const found = await rows.locator('.legend-name').allTextContents();
    const color = names[labels[(HEIGHT / 2) * WIDTH + WIDTH / 2] as number] as string;
    await rows.filter({ hasText: color }).click();
    expect(await rows.filter({ hasText: color }).getAttribute('aria-pressed')).toBe('false');
    expect((await middle()).slice(0, 3).every((channel) => channel < 60)).toBe(true);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await middle()).toEqual(before);
    expect(found.length).toBeGreaterThan(1);
  });

  test('zooms to single pixels and moves a cursor over them by keys alone', async () => {
    const stage = page.getByRole('application');
    await stage.focus();
    for (let times = 0; times < 30; times++) await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    const [x, y] = [WIDTH / 2 + 1, HEIGHT / 2 + 10];
    await page.locator('.stage-readout', { hasText: `${x}, ${y}` }).waitFor();
    expect(await page.locator('.stage-readout').textContent()).toContain(
      names[labels[y * WIDTH + x] as number] as string,
    );
    await page.keyboard.press('0');
  });

  test.each([
    ['Mask', 'photo.mask.png'],
    ['Overlay', 'photo.overlay.png'],
    ['Cut-out', 'photo.cutout.png'],
    ['JSON', 'photo.json'],
    ['COCO RLE', 'photo.rle.json'],
    ['Polygons', 'photo.polygons.json'],
    ['GeoJSON', 'photo.geojson'],
  ])('lets %s be downloaded', async (name, file) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(file);
    const bytes = await readFile((await download.path()) as string);
    if (name === 'Mask') expect([...decodeLabelPng(bytes).data]).toEqual([...labels]);
    else if (file.endsWith('.png')) {
      const { width, height } = await decodeImage(bytes);
      expect([width, height]).toEqual([WIDTH, HEIGHT]);
    } else expect(Object.keys(JSON.parse(bytes.toString()) as object).length).toBeGreaterThan(1);
  });

  test('takes a folder, in the order of its names, and goes through it', async () => {
    await page.locator('input[webkitdirectory]').setInputFiles(join(folder, 'photos'));
    await shows('photos/a.png');
    const thumbs = page.locator('.thumb');
    expect(await thumbs.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))).toEqual([
      'photos/a.png',
      'photos/b2.png',
      'photos/b10.png',
    ]);
    await thumbs.nth(2).click();
    await shows('photos/b10.png');
  });

  const given = `new File([Uint8Array.from(atob(${'base64'}), (letter) => letter.charCodeAt(0))], name, { type: 'image/png' })`;
  const event = (name: string, make: string): Promise<unknown> =>
    page.evaluate(
      `(() => { const [base64, name] = ${JSON.stringify([png.toString('base64'), name])}; const data = new DataTransfer(); data.items.add(${given}); ${make} })()`,
    );

  test('takes what is pasted', async () => {
    await event('pasted.png', `dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));`);
    await shows('pasted.png');
  });

  test('takes what is dropped', async () => {
    await event('dropped.png', `dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));`);
    await shows('dropped.png');
  });

  test('takes a model, and says which of its files are missing', async () => {
    const input = page.locator('input[accept=".json,.safetensors"]');
    await input.setInputFiles([join(model, 'config.json')]);
    await page.getByRole('alert').getByText('missing here: preprocessor_config.json, model.safetensors').waitFor();
    await input.setInputFiles(
      ['config.json', 'preprocessor_config.json', 'model.safetensors'].map((file) => join(model, file)),
    );
    await page.locator('select option', { hasText: 'my model' }).waitFor({ state: 'attached' });
    expect(await page.locator('select').inputValue()).toBe('my model');
    await shows('dropped.png');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('says what a file is that it cannot read', async () => {
    await writeFile(join(folder, 'broken.png'), 'no image');
    await choose(join(folder, 'broken.png'));
    await page.getByRole('alert').getByText('broken.png: this browser cannot read it as an image.').waitFor();
  });

  test('segments the camera as it plays, and says class and confidence at the pointer and at the cursor', async () => {
    await page.getByLabel('Before and after').check();
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.locator('.stage-readout', { hasText: 'frames a second' }).waitFor();
    // Nothing is offered that a live image does not have.
    expect(await page.getByLabel('Before and after').count()).toBe(0);
    expect(await page.getByLabel('Divider').count()).toBe(0);
    expect(await page.getByRole('slider', { name: 'Time' }).count()).toBe(0);
    await page.locator('.stage-canvas').hover();
    await page.locator('.stage-readout', { hasText: AT_PIXEL }).waitFor();
    expect(names).toContain(await page.locator('.stage-readout strong').textContent());
    await page.mouse.move(0, 0);
    await page.locator('.stage-readout', { hasText: 'frames a second' }).waitFor();
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.stage-readout', { hasText: '321, 240' }).waitFor();
    await page.locator('.stage [role="status"]', { hasText: /^\S.*, \d+\.\d%, at 321, 240$/ }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
  });

  test('pauses a video, goes to any time of it by keys, and plays on', async () => {
    await playClip();
    await page.locator('.stage-readout', { hasText: 'frames a second' }).waitFor();
    await page.getByRole('slider', { name: 'Opacity' }).fill('0');
    const time = page.getByRole('slider', { name: 'Time' });
    // A browser knows how long it recorded once all of it was played.
    await expect.poll(() => time.isEnabled(), { timeout: 60_000 }).toBe(true);
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.locator('.stage-readout', { hasText: 'Paused' }).waitFor();
    for (const [key, channel] of [
      ['Home', 0],
      ['End', 2],
    ] as const) {
      await time.press(key);
      // For good: of a video that was just paused, the frame at work is drawn once more.
      await expect.poll(() => staysAt(channel), { timeout: 60_000 }).toBe(true);
    }
    expect(await time.getAttribute('aria-valuetext')).toMatch(/^0:0\d of 0:0\d$/);
    await page.locator('.stage-canvas').hover();
    await page.locator('.stage-readout', { hasText: AT_PIXEL }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.mouse.move(0, 0);
    // Another model sees the frame that stands, on a stage of its own.
    await page.locator('.stage-canvas').evaluate((canvas) => canvas.classList.add('before'));
    await page.locator('select').selectOption('general');
    await page.locator('.stage-canvas:not(.before)').waitFor();
    await page.locator('.stage-readout', { hasText: 'Paused' }).waitFor();
    await expect.poll(async () => (await middle())[2], { timeout: 60_000 }).toBeGreaterThan(150);
    await page.getByRole('button', { name: 'Play', exact: true }).press('Enter');
    await page.locator('.stage-readout', { hasText: 'frames a second' }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('application', { name: /^frame.*\.png, segmented/ }).waitFor();
  });

  test.each([
    ['en', 'Camera', 'Browsers give the camera only to pages of https addresses, and of localhost.'],
    ['ja-JP', 'カメラ', 'ブラウザーがカメラを使わせるのは、httpsまたはlocalhostのページだけです。'],
  ])('says in %s where the camera is, of a page that browsers give none', async (locale, button, text) => {
    const { page, context, faults } = await app.open('', { locale });
    await page.evaluate(`Object.defineProperty(navigator, 'mediaDevices', { value: undefined })`);
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('alert').getByText(text).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('asked no other host for anything, and nothing went wrong in the page', () => {
    expectQuiet(opened);
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const)('has no fault that axe finds, %s and %i pixels wide', async (colorScheme, width) => {
    const { page, context } = await app.open('', { colorScheme, viewport: { width, height: 740 } });
    await segmented(page);
    await expectAccessible(page, colorScheme, width);
    await context.close();
  });

  test('speaks Japanese where the browser does', async () => {
    const { page, context } = await app.open('', { locale: 'ja-JP' });
    await page.getByRole('tab', { name: '領域分割' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ja');
    await context.close();
  });

  test('stands at / of a server too, with the models that are served', async () => {
    const server = await startServer([`mine=${model}`]);
    const page = await fetch(server.url);
    expect(await page.text()).toContain('<title>RefineNet</title>');
    expect(await (await fetch(`${server.url}/models/index.json`)).json()).toEqual(['mine']);
    expect((await fetch(`${server.url}/docs`)).status).toBe(200);
    await server.end();
  });

  test('needs little until the first mask', async () => {
    const { page, context } = await app.open();
    await segmented(page);
    const { bytes, seconds } = await page.evaluate<{ bytes: number; seconds: number }>(`({
      bytes: performance.getEntriesByType('resource').reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      seconds: performance.now() / 1000,
    })`);
    console.log(
      `${Math.round(bytes / 1000)} kB of scripts, styles and images, ${seconds.toFixed(1)} s to the first mask`,
    );
    expect(bytes).toBeLessThan(700_000);
    await context.close();
  });
});
