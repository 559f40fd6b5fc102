/** The view Train where little was labeled, and what the browser keeps of it. */
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { architecture } from '../../src/models/architectures.ts';
import { type AppPage, expectAccessible, expectQuiet, type RunningApp, startApp } from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

/** Few layers, which learn quickly. */
const SMALL = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', 11);
  const pooling = { ...decoder.pooling, count: 1 };
  return { ...rest, decoder: { ...decoder, taps: ['layer2', 'layer1'], widths: [16, 16], cascade: [1, 2], pooling } };
})();

let folder: string;
let app: RunningApp;
let opened: AppPage;
let page: Page;

const kept = () => page.getByRole('region', { name: 'Kept in this browser' });

describe.skipIf(missingBrowser)(`the view Train${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    app = await startApp([await writeSyntheticModel(folder, {}, SMALL)]);
    opened = await app.open();
    page = opened.page;
    await page.locator('.legend-row').first().waitFor();
    await page
      .locator('input[accept="image/*,video/*"]')
      .setInputFiles({ name: 'only.png', mimeType: 'image/png', buffer: await wavesPng(64, 64) });
    await page.getByRole('application', { name: 'only.png, segmented' }).waitFor();
    await page.getByRole('tab', { name: 'Label' }).click();
    await page.locator('button:enabled', { hasText: 'Clear' }).waitFor();
    await page.getByRole('application', { name: 'only.png, to be labeled' }).focus();
    for (const key of ['b', 'i', 'Space', 'Shift+ArrowRight', 'Space']) await page.keyboard.press(key);
    await page.getByText('One photograph is labeled.').waitFor();
    await page.getByRole('tab', { name: 'Train' }).click();
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('says why a single photograph gives no mean IoU', async () => {
    await page.getByText('Photographs learned from: 1, held out: 0.').waitFor();
    await page.getByText('No photograph is held out, so that there will be no mean IoU').waitFor();
  });

  test('says one step of one step', async () => {
    await page.getByRole('slider', { name: 'Epochs' }).fill('1');
    await page.getByRole('slider', { name: 'Crop' }).fill('2');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Finished after one step.').waitFor({ timeout: 300_000 });
    await page.getByRole('img', { name: /^Loss of one step, \d/ }).waitFor();
    expect(await page.locator('.bar select').inputValue()).toBe('training');
  });

  test('opens a run again after the page was closed, once among the models however often', async () => {
    await page.reload();
    await page.locator('.bar select option').first().waitFor({ state: 'attached' });
    const options = () => page.locator('.bar select option').allTextContents();
    expect(await options()).not.toContain('training');
    await kept().getByText('Epoch 1 of 1').waitFor();
    await kept().getByRole('button', { name: 'Open training' }).click();
    await expect.poll(() => page.locator('.bar select').inputValue()).toBe('training');
    await page.getByRole('button', { name: 'Model folder', exact: true }).waitFor();
    await kept().getByRole('button', { name: 'Open training' }).click();
    await page.getByRole('tab', { name: 'Segment' }).click();
    await page.locator('.legend-row').first().waitFor();
    expect((await options()).filter((name) => name.startsWith('training'))).toEqual(['training']);
    await page.getByRole('tab', { name: 'Train' }).click();
  });

  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('has no fault that axe finds, %s and %i pixels wide', async (colorScheme, width) => {
    await expectAccessible(page, colorScheme, width);
  });

  test('deletes a run when it is told to, and only then', async () => {
    page.once('dialog', (dialog) => void dialog.dismiss());
    await kept().getByRole('button', { name: 'Delete training' }).click();
    await kept().getByText('Epoch 1 of 1').waitFor();
    page.once('dialog', (dialog) => void dialog.accept());
    await kept().getByRole('button', { name: 'Delete training' }).click();
    await kept().waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText('Photographs learned from: 1').waitFor();
    expect(await kept().count()).toBe(0);
  });

  test('asked no other host for anything, and nothing went wrong in the page', () => {
    expectQuiet(opened);
  });
});
