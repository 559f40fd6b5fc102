/** The app where choices come quickly, and after a model ended. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startApp } from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

let folder: string;
let app: RunningApp;
let page: Page;

/** Waits until an image of this name is segmented, and nothing else is. */
const shows = async (name: string): Promise<void> => {
  await page.getByRole('application', { name: `${name}, segmented` }).waitFor();
  await page.locator('.stage-readout', { hasText: '×' }).waitFor();
};

const choose = (name: string): Promise<void> =>
  page.locator('input[accept="image/*,video/*"]').setInputFiles(join(folder, name));

describe.skipIf(missingBrowser)(`the app${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    const model = await writeSyntheticModel(folder);
    for (const name of ['one.png', 'two.png']) await writeFile(join(folder, name), await wavesPng(96, 64));
    app = await startApp([model]);
  });

  afterEach(async () => {
    await page?.context().close();
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('gives every camera back that was asked for, also by a second click', async () => {
    ({ page } = await app.open());
    await shows('cat.webp');
    await page.evaluate(`(() => {
      globalThis.streams = [];
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        await new Promise((resolve) => setTimeout(resolve, 300));
        globalThis.streams.push(stream);
        return stream;
      };
    })()`);
    const camera = page.getByRole('button', { name: 'Camera' });
    await camera.click();
    await camera.click();
    await page.locator('.stage-readout', { hasText: 'frames a second' }).waitFor();
    const states = () => page.evaluate('streams.flatMap((each) => each.getTracks()).map((each) => each.readyState)');
    await expect.poll(states, { timeout: 20_000 }).toEqual(['ended', 'live']);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(states, { timeout: 20_000 }).toEqual(['ended', 'ended']);
  });

  test('passes a camera over that starts after a photograph was chosen', async () => {
    ({ page } = await app.open());
    await shows('cat.webp');
    await page.evaluate(`(() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      const allowed = new Promise((resolve) => { globalThis.allow = resolve; });
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        await allowed;
        return (globalThis.stream = await ask(wanted));
      };
    })()`);
    await page.getByRole('button', { name: 'Camera' }).click();
    await choose('one.png');
    await shows('one.png');
    await page.evaluate('allow()');
    await expect
      .poll(() => page.evaluate('globalThis.stream?.getTracks()[0].readyState'), { timeout: 20_000 })
      .toBe('ended');
    await shows('one.png');
  });

  test('writes what is shown with the classes of the model that found it, whichever was chosen since', async () => {
    ({ page } = await app.open());
    await shows('cat.webp');
    await choose('one.png');
    await shows('one.png');
    let isAsked = (): void => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    await page.route('**/models/general/*.safetensors', () => isAsked());
    await page.locator('select').selectOption('general');
    await asked;
    const written = async (name: string): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ]);
      return readFile((await download.path()) as string, 'utf8');
    };
    expect(JSON.parse(await written('JSON')).model).toBe('model');
    const polygons = await written('Polygons');
    expect(polygons).toContain('"sign symbol"');
    expect(polygons).not.toContain('"aeroplane"');
  });

  test('loads a model anew that ended', async () => {
    const opened = await app.open();
    await opened.context.addInitScript(`(() => {
      const Original = globalThis.Worker;
      globalThis.made = [];
      globalThis.Worker = class extends Original {
        constructor(...given) { super(...given); globalThis.made.push(this); }
      };
    })()`);
    ({ page } = opened);
    await page.reload();
    await shows('cat.webp');
    const count = await page.evaluate<number>(`(() => {
      for (const each of made) each.onerror?.(new ErrorEvent('error', { message: 'out of memory' }));
      return made.length;
    })()`);
    await choose('one.png');
    await page.getByRole('alert').filter({ hasText: 'out of memory' }).waitFor();
    await choose('two.png');
    await shows('two.png');
    expect(await page.evaluate<number>('made.length')).toBeGreaterThan(count);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
