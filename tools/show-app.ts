/**
 * Takes the app's stills for README and docs/app.md, with the model that it begins with and images of its own.
 * `npx tsx tools/show-app.ts`, in a built checkout; tools/film-app.ts makes those of a training.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { startApp } from '../test/support/app.ts';

const VIEWPORT = { width: 1200, height: 750 };
/** Of the app's photograph. */
const [WIDTH, HEIGHT] = [451, 300];
/** Of the model; what is ignored is the row after theirs. */
const CLASSES = 21;

async function still(page: Page, name: string): Promise<void> {
  const file = `docs/images/app-${name}.webp`;
  const { size } = await sharp(await page.screenshot())
    .webp({ quality: 72, effort: 6 })
    .toFile(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
}

/** Waits until every side shows what is asked for. */
async function isSeen(page: Page, sides: number): Promise<void> {
  await page.waitForTimeout(500);
  await page
    .locator('[data-ready]')
    .nth(sides - 1)
    .waitFor({ timeout: 120_000 });
}

/** What chained pooling adds, as the tour tells it. */
async function refinement(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Refinement' }).click();
  await isSeen(page, 1);
  await page.getByRole('button', { name: 'A tour in five steps' }).click();
  for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Next', exact: true }).click();
  await isSeen(page, 1);
  await page.mouse.move(0, 0);
  await still(page, 'refinement');
}

/** Two photographs, each by the model that knows what is in it. */
async function compare(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Leave the tour' }).click();
  const card = page.getByRole('region', { name: 'Compare' });
  await card.getByRole('checkbox').check();
  const buffer = await readFile('app/public/street.webp');
  await card.locator('input[type="file"]').setInputFiles({ name: 'street.webp', mimeType: 'image/webp', buffer });
  await card.getByRole('combobox').first().selectOption('street-scenes');
  await page.getByText('Classes', { exact: true }).first().click();
  await page.getByLabel('Read all stations by linear probes').check();
  await page.locator('.node[title$="decoder.refinenet2.pooling"]').click();
  await isSeen(page, 2);
  await card.getByText('Another photograph').scrollIntoViewIfNeeded();
  await page.mouse.move(0, 0);
  await still(page, 'compare');
  await card.getByRole('checkbox').uncheck();
}

/** What the prediction is wrong about is painted over, to be ignored. */
async function label(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Label' }).click();
  await page.locator('.class-row').nth(CLASSES).click();
  await page.getByRole('slider', { name: 'Size' }).fill('26');
  const box = await page.locator('.stage-canvas').boundingBox();
  if (!box) throw new Error('There is no stage.');
  const scale = Math.min((box.width * 0.94) / WIDTH, (box.height * 0.94) / HEIGHT);
  const [left, top] = [box.x + (box.width - WIDTH * scale) / 2, box.y + (box.height - HEIGHT * scale) / 2];
  const to = (x: number, y: number): Promise<void> => page.mouse.move(left + x * scale, top + y * scale, { steps: 8 });
  await to(410, 86);
  await page.mouse.down();
  for (const [x, y] of [
    [404, 104],
    [386, 108],
    [400, 116],
    [428, 132],
    [440, 150],
  ] as const)
    await to(x, y);
  await page.mouse.up();
  await page.getByText('Kept in this browser.').waitFor();
  await still(page, 'label');
}

const app = await startApp();
try {
  const { page } = await app.open('', { viewport: VIEWPORT, colorScheme: 'light' });
  await page.locator('.legend-name').first().waitFor({ timeout: 120_000 });
  await refinement(page);
  await compare(page);
  await label(page);
} finally {
  await app.close();
}
