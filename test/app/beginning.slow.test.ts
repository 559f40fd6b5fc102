/** What the app begins with, by the models that it ships: a picture in which the refinement is seen, and a tour that is true. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModelFolder } from '../../src/platform/node/model-folder.ts';
import { networkStations } from '../../src/models/stations.ts';
import { type AppPage, expectQuiet, type RunningApp, startApp } from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { wavesPng } from '../support/synthetic-model.ts';

const SHIPPED = ['general', 'street-scenes', 'portrait', 'nuclei'];

/** What a step of the tour says, and the kind of station that it is said at. */
const KINDS: Readonly<Record<string, string>> = {
  Encoder: 'encoder',
  'Residual conv unit': 'adapt',
  'Residual conv units, left out': 'reduction',
  'Multi-resolution fusion': 'fusion',
  'Chained residual pooling': 'pooling',
  Output: 'classifier',
};

let app: RunningApp;
let opened: AppPage;
let page: Page;

const model = () => page.locator('.bar select');

/** Waits until a station is shown. @returns what is said of it */
const said = async (station: string): Promise<string> =>
  (await page.locator(`[data-ready="${station}"]`).textContent()) as string;

/** How many classes the station has. */
const classes = (): Promise<number> => page.locator('.shares li').count();

describe.skipIf(missingBrowser)(`the app's beginning${missingBrowser}`, () => {
  beforeAll(async () => {
    app = await startApp();
    opened = await app.open('#refinement');
    page = opened.page;
  });

  afterAll(async () => {
    await app?.close();
  });

  test('is a street whose classes come about from coarse to fine', async () => {
    await said('decoder.reduction.0');
    expect(await model().inputValue()).toBe('street-scenes');
    const slider = page.getByRole('slider', { name: 'From coarse to fine' });
    const coarse = await classes();
    await slider.press('End');
    expect(await said('decoder.crf')).toBe('The classes of the whole network');
    const fine = await classes();
    expect(coarse).toBeGreaterThan(4);
    expect(fine).toBeGreaterThan(coarse);
    await page.locator('.shares li', { hasText: 'pedestrian' }).waitFor();
  });

  test('is the same in the other views, until another photograph is there', async () => {
    await page.getByRole('tab', { name: 'Segment' }).click();
    await page.getByRole('application', { name: 'street.webp, segmented' }).waitFor();
    await page.locator('.legend-name', { hasText: 'pedestrian' }).waitFor();
    const asked = page.waitForResponse(/street\.webp$/);
    await page.getByRole('button', { name: 'Sample' }).click();
    await asked;
    await page.waitForTimeout(500);
    expect(await model().inputValue()).toBe('street-scenes');
    const buffer = await readFile('app/public/cat.webp');
    await page
      .locator('input[accept="image/*,video/*"]')
      .setInputFiles({ name: 'mine.webp', mimeType: 'image/webp', buffer });
    await page.getByRole('application', { name: 'mine.webp, segmented' }).waitFor();
    await page.locator('.legend-name', { hasText: 'cat' }).waitFor();
    expect(await model().inputValue()).toBe('general');
    await page.getByRole('tab', { name: 'Refinement' }).click();
    await said('decoder.crf');
    expect(await model().inputValue()).toBe('general');
  });

  test.each(SHIPPED)('says nothing in the tour that %s does not have', async (name) => {
    await page.getByRole('tab', { name: 'Segment' }).click();
    await page
      .locator('input[accept="image/*,video/*"]')
      .setInputFiles({ name: 'small.png', mimeType: 'image/png', buffer: await wavesPng(96, 64) });
    await model().selectOption(name);
    await page.getByRole('tab', { name: 'Refinement' }).click();
    await page.locator('[data-ready]').waitFor({ timeout: 60_000 });
    const stations = networkStations((await readModelFolder(`models/${name}`)).definition);
    await page.getByRole('button', { name: 'A tour in five steps' }).click();
    for (let step = 0; step < 5; step++) {
      await page.getByText(`${step + 1} of 5`).waitFor();
      const title = (await page.locator('#tour').textContent()) as string;
      const shown = (await page.locator('.node[aria-pressed="true"]').getAttribute('title'))?.split(', ').at(-1);
      const station = stations.find((each) => each.name === shown);
      expect(station?.kind, title).toBe(KINDS[title]);
      const isAdded = (await page.locator('.tour').textContent())?.includes('added') ?? false;
      const looks = await page
        .locator('.about input[name="look"]')
        .evaluateAll((all) =>
          all.flatMap((each) =>
            (each as unknown as { checked: boolean }).checked
              ? [(each as unknown as { labels: { textContent: string }[] }).labels[0]?.textContent]
              : [],
          ),
        );
      const says = await said(station?.name as string);
      if (title === 'Chained residual pooling') expect([isAdded, looks]).toEqual([true, ['Difference']]);
      if (title === 'Residual conv units, left out') expect([isAdded, looks]).toEqual([false, ['Output']]);
      if (title !== 'Output') expect(says).toMatch(/^\d+ × \d+ × \d+$/);
      await page.getByRole('button', { name: step < 4 ? 'Next' : 'End', exact: true }).click();
    }
  });

  test('asked no other host for anything, and nothing went wrong in the page', () => {
    expectQuiet(opened);
  });
});
