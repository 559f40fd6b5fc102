/** Every view with all that opens in it, in both schemes of color, on a phone and a desk: for those who see, and those who do not. */
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppPage, expectAccessible, type RunningApp, startApp } from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { NARROW_REFINENET, temporaryFolder, writeSyntheticModel } from '../support/synthetic-model.ts';

/** The views in the order of their tabs, and what is opened in each. */
const VIEWS: readonly (readonly [name: string, open: (page: Page) => Promise<void>])[] = [
  [
    'Segment',
    async (page) => {
      await page.locator('.legend-row').first().waitFor();
      await page.locator('.check input').nth(1).check();
    },
  ],
  [
    'Refinement',
    async (page) => {
      await page.locator('[data-ready]').waitFor();
      await page.locator('#tour-start').click();
      await page.locator('.tour-buttons .primary').click();
      await page.locator('section[aria-labelledby="compare"] input[type="checkbox"]').check();
      await page.locator('[data-ready]').nth(1).waitFor();
    },
  ],
  [
    'Label',
    async (page) => {
      await page.locator('.class-row').nth(3).waitFor();
      await page.locator('.card-head .link').first().click();
      await page.locator('.add-class').waitFor();
    },
  ],
  ['Train', async (page) => void (await page.locator('.training-main').waitFor())],
];

const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth');

/** Texts of controls that are wider or higher than what they stand in. */
const CUT = `[...document.querySelectorAll('button, .choice span, .tab, .chip, h2')]
  .filter((each) => each.checkVisibility() && !each.closest('.visually-hidden') && !each.matches('.visually-hidden'))
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline')
  .map((each) => each.className + ': ' + each.textContent)`;

let folder: string;
let app: RunningApp;

const openAll = async (opened: AppPage): Promise<Page> => {
  const { page } = opened;
  for (const [index, [, open]] of VIEWS.entries()) {
    await page.getByRole('tab').nth(index).click();
    await open(page);
  }
  return page;
};

describe.skipIf(missingBrowser)(`every view of the app${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    app = await startApp([await writeSyntheticModel(folder, {}, NARROW_REFINENET)]);
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(VIEWS)('%s has no fault that axe finds, with all that opens in it', async (name, open) => {
    const { page, context, faults } = await app.open();
    await page.getByRole('tab', { name }).click();
    await open(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 360]) await expectAccessible(page, colorScheme, width);
    }
    expect(faults).toEqual([]);
    await context.close();
  });

  test('fits in Japanese, and says all of itself in it', async () => {
    const opened = await app.open('', { locale: 'ja-JP', viewport: { width: 360, height: 740 } });
    const page = await openAll(opened);
    expect(await page.locator('meta[name="description"]').getAttribute('content')).toContain('領域分割');
    for (const [index] of VIEWS.entries()) {
      await page.getByRole('tab').nth(index).click();
      for (const width of [360, 1280, 2560]) {
        await page.setViewportSize({ width, height: 740 });
        expect(await overflow(page)).toBe(0);
        expect(await page.evaluate(CUT), `${VIEWS[index]?.[0]}, ${width} pixels`).toEqual([]);
      }
    }
    await opened.context.close();
  });

  test('is larger on a wall, the diagram too', async () => {
    const { page, context } = await app.open('#refinement');
    await page.locator('[data-ready]').waitFor();
    const height = async (): Promise<number> => (await page.locator('.node').first().boundingBox())?.height ?? 0;
    const before = await height();
    await page.setViewportSize({ width: 2560, height: 1440 });
    expect((await height()) / before).toBeGreaterThan(1.5);
    expect(
      await page.evaluate(`parseFloat(getComputedStyle(document.querySelector('.node')).fontSize)`),
    ).toBeGreaterThan(18);
    expect(await overflow(page)).toBe(0);
    await context.close();
  });
});
