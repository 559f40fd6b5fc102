/**
 * Takes the app's stills for README and docs/app.md, with the models that it ships and images of its own.
 * `npx tsx tools/show-app.ts [NAME...]`, in a built checkout; tools/film-app.ts makes those of a training.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import sharp, { type Sharp } from 'sharp';
import { startApp } from '../test/support/app.ts';

const VIEWPORT = { width: 1200, height: 750 };
/** Of the app's photograph, and of its street. */
const [WIDTH, HEIGHT] = [451, 300];
const STREET = [480, 360] as const;
/** How wide a part of the street is shown. */
const SHOWN = 380;
/** Where somebody stands in that part, in shares of it. */
const PEDESTRIAN = [0.16, 0.63] as const;
/** Of the model; what is ignored is the row after theirs. */
const CLASSES = 21;

async function write(image: Sharp, name: string): Promise<void> {
  const file = `docs/images/app-${name}.webp`;
  const { size } = await image.webp({ quality: 72, effort: 6 }).toFile(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
}

const still = async (page: Page, name: string): Promise<void> => write(sharp(await page.screenshot()), name);

/** Pictures in a row, on nothing. */
const row = (pictures: readonly Buffer[], gap: number): Sharp =>
  sharp([...pictures], { join: { across: pictures.length, shim: gap, background: '#00000000' } });

/** Opens a photograph that lies beside the page as one of the user's. */
async function give(page: Page, name: string): Promise<void> {
  const buffer = await readFile(`app/public/${name}`);
  await page.locator('input[accept="image/*,video/*"]').setInputFiles({ name, mimeType: 'image/webp', buffer });
}

/** The photograph is segmented, and nothing is waited for. */
async function isSegmented(page: Page, label: string): Promise<void> {
  await page.locator('.legend-name', { hasText: label }).waitFor({ timeout: 120_000 });
  await page.locator('.stage .progress').waitFor({ state: 'detached', timeout: 120_000 });
}

/** Waits until every side shows what is asked for. */
async function isSeen(page: Page, sides: number): Promise<void> {
  await page.waitForTimeout(500);
  await page
    .locator('[data-ready]')
    .nth(sides - 1)
    .waitFor({ timeout: 120_000 });
}

/** A street with its classes, by day and by night. */
async function segment(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('tab', { name: 'Segment' }).click();
  await page.locator('.bar select').selectOption('street-scenes');
  await page.getByRole('button', { name: 'Sample' }).click();
  await isSegmented(page, 'pedestrian');
  const { x, y, width, height } = await onStreet(page);
  await page.mouse.move(x + PEDESTRIAN[0] * width, y + PEDESTRIAN[1] * height);
  await page.mouse.move(x + PEDESTRIAN[0] * width + 1, y + PEDESTRIAN[1] * height);
  await page.locator('.stage-readout', { hasText: 'pedestrian' }).waitFor({ timeout: 20_000 });
  await still(page, 'segment');
  await page.emulateMedia({ colorScheme: 'dark' });
  await still(page, 'segment-dark');
}

/** The street half way: what there is stands, and where it ends does not. */
async function refinement(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Refinement' }).click();
  await isSeen(page, 1);
  await page.locator('.node[title$="decoder.refinenet3.pooling"]').click();
  await isSeen(page, 1);
  await page.mouse.move(0, 0);
  await still(page, 'refinement');
}

/** Four places of the slider, on what is small in the street. */
async function sharpening(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('tab', { name: 'Refinement' }).click();
  const parts: Buffer[] = [];
  for (const station of ['refinenet3.pooling', 'refinenet2.pooling', 'refinenet1.pooling', 'classifier']) {
    await page.locator(`.node[title$="decoder.${station}"]`).click();
    await isSeen(page, 1);
    const clip = await onStreet(page);
    parts.push(
      await sharp(await page.screenshot({ clip }))
        .resize(SHOWN)
        .toBuffer(),
    );
  }
  await write(row(parts, 8), 'sharpening');
}

/** Where the street's left half is in the page. */
async function onStreet(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('.stage-canvas').boundingBox();
  if (!box) throw new Error('There is no stage.');
  const scale = Math.min((box.width * 0.94) / STREET[0], (box.height * 0.94) / STREET[1]);
  const [left, top] = [box.x + (box.width - STREET[0] * scale) / 2, box.y + (box.height - STREET[1] * scale) / 2];
  return { x: left + 10 * scale, y: top + 60 * scale, width: 250 * scale, height: 190 * scale };
}

/** What a phone shows, by day and by night. */
async function phone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('tab', { name: 'Segment' }).click();
  await isSegmented(page, 'pedestrian');
  await page.mouse.move(60, 210);
  const day = await page.screenshot();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Refinement' }).click();
  await isSeen(page, 1);
  await page.getByLabel('Read all stations by linear probes').check();
  await page.locator('.node[title$="decoder.refinenet3.pooling"]').click();
  await isSeen(page, 1);
  await page.evaluate('scrollTo(0, 0)');
  await write(row([day, await page.screenshot()], 24), 'phone');
  await page.setViewportSize(VIEWPORT);
}

/** Two photographs, each by the model that knows what is in it. */
async function compare(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('tab', { name: 'Segment' }).click();
  await page.locator('.bar select').selectOption('general');
  await give(page, 'cat.webp');
  await isSegmented(page, 'cat');
  await page.getByRole('tab', { name: 'Refinement' }).click();
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

const STILLS = { label, refinement, sharpening, segment, phone, compare };

const asked = process.argv.slice(2);
const app = await startApp();
try {
  const { page } = await app.open('', { viewport: VIEWPORT, colorScheme: 'light' });
  await isSegmented(page, 'cat');
  for (const [name, take] of Object.entries(STILLS)) if (asked.length === 0 || asked.includes(name)) await take(page);
} finally {
  await app.close();
}
