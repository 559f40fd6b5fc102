/** The app by the Tab key: everything is reached in the order in which it stands, and nothing loses the focus. */
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppPage, type RunningApp, startApp } from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { NARROW_REFINENET, temporaryFolder, writeSyntheticModel } from '../support/synthetic-model.ts';

/** More than any view has. */
const MOST = 200;

interface Stop {
  readonly name: string;
  /** The part of the page that it is in. */
  readonly part: string;
  readonly hasRing: boolean;
  /** Whether something else lies over its middle. */
  readonly isCovered: boolean;
}

/** What has the focus; null for the page itself. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const { x, y, width, height } = at.getBoundingClientRect();
  const over = document.elementFromPoint(x + width / 2, y + height / 2);
  // Radio buttons are drawn by what follows them.
  const ringed = [at, at.type === 'radio' && at.nextElementSibling];
  const own = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent;
  return {
    name: own.trim(),
    part: at.closest('header, .tools, .stage, .player, .problem, .filmstrip, .panel')?.className ?? '',
    hasRing: ringed.some((each) => each && getComputedStyle(each).outlineStyle !== 'none'),
    isCovered: over === null || !(at.contains(over) || over.contains(at) || at.labels?.[0]?.contains(over)),
  };
})()`;

let folder: string;
let app: RunningApp;
let opened: AppPage;
let page: Page;

const focused = (): Promise<Stop | null> => page.evaluate<Stop | null>(FOCUSED);

const focusedName = async (): Promise<string | undefined> => (await focused())?.name;

/** All stops from the page's begin to its end. */
async function walk(): Promise<readonly Stop[]> {
  await page.evaluate('document.activeElement?.blur(); document.querySelector(".skip").focus()');
  const stops: Stop[] = [];
  for (let times = 0; times < MOST; times++) {
    await page.keyboard.press('Tab');
    const stop = await focused();
    if (!stop) return stops;
    stops.push(stop);
  }
  throw new Error('Tab goes round in circles.');
}

/** How many elements can have the focus: of radio buttons, one of a group. */
const FOCUSABLE = `(() => {
  const all = [...document.querySelectorAll('button, input, select, [tabindex="0"]')];
  const seen = all.filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility());
  return seen.filter((each) => each.type !== 'radio' || each.checked).length;
})()`;

describe.skipIf(missingBrowser)(`the app by the Tab key${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    app = await startApp([await writeSyntheticModel(folder, {}, NARROW_REFINENET)]);
    opened = await app.open();
    page = opened.page;
    await page.locator('.legend-row').first().waitFor();
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each([1280, 360])('%i pixels wide', (width) => {
    test.each([
      ['Segment', ['bar', 'stage', 'panel']],
      ['Refinement', ['bar', 'stage', 'player', 'panel']],
      ['Label', ['bar', 'player tools', 'stage', 'panel']],
      ['Train', ['bar', '', 'panel']],
    ])('goes through %s from top to bottom, past everything, with a ring that is seen', async (view, parts) => {
      await page.setViewportSize({ width, height: 740 });
      await page.getByRole('tab', { name: view }).click();
      if (view === 'Refinement') await page.locator('[data-ready]').waitFor();
      if (view === 'Label') await page.locator('.class-row').nth(3).waitFor();
      if (view === 'Train') await page.getByRole('slider', { name: 'Epochs' }).waitFor();
      const stops = await walk();
      expect(stops).toHaveLength(await page.evaluate<number>(FOCUSABLE));
      expect(stops.map(({ part }) => part).filter((part, at, all) => part !== all[at - 1])).toEqual(parts);
      expect(stops.filter(({ name, hasRing, isCovered }) => name === '' || !hasRing || isCovered)).toEqual([]);
    });
  });

  test('skips to the view, and leaves the address as it is', async () => {
    await page.setViewportSize({ width: 1280, height: 740 });
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focusedName()).toBe('Training');
    expect(page.url()).toMatch(/#train$/);
  });

  test('keeps the focus in the tour, leaves it by Escape, and is back where it was', async () => {
    await page.getByRole('tab', { name: 'Refinement' }).click();
    await page.locator('[data-ready]').waitFor();
    const start = page.getByRole('button', { name: 'A tour in five steps' });
    await start.focus();
    await page.keyboard.press('Enter');
    await expect.poll(focusedName).toContain('1 of 5');
    await page.keyboard.press('Tab');
    expect(await focusedName()).toBe('Next');
    await page.keyboard.press('Enter');
    await page.getByText('2 of 5').waitFor();
    expect(await focusedName()).toBe('Next');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(focusedName).toContain('1 of 5');
    await page.keyboard.press('Escape');
    await expect.poll(focusedName).toBe('A tour in five steps');
    expect(await page.locator('.tour').count()).toBe(0);
  });

  test('goes on near by, where what had the focus is gone', async () => {
    await page.getByRole('tab', { name: 'Segment' }).click();
    await page.locator('.legend-row').first().press('Enter');
    await page.getByRole('button', { name: 'Show all' }).press('Enter');
    const first = (await page.locator('.legend-row').first().textContent()) as string;
    await expect.poll(focusedName).toBe(first);
    await page
      .locator('input[accept="image/*,video/*"]')
      .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await page.getByRole('button', { name: 'Close this message' }).press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('view');
    await page.getByRole('tab', { name: 'Label' }).click();
    await page.getByRole('button', { name: 'Edit' }).press('Enter');
    await page
      .getByRole('button', { name: /^Remove/ })
      .first()
      .press('Enter');
    await expect.poll(focusedName).toBe('New class');
  });
});
