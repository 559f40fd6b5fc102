/**
 * Films the app for docs/app.md: a class that is 12 pixels high is labeled, learned and predicted in the page, and then seen from
 * coarse to fine. The scenes are drawn. `npx tsx tools/film-app.ts [FOLDER]`, in a built checkout; screenshots of every view, to be
 * looked at, go to FOLDER.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { ellipse, LabeledCanvas, polygon, rectangle } from '../src/data/drawn/labeled-canvas.ts';
import { roughField } from '../src/data/drawn/texture.ts';
import type { Color } from '../src/image/image.ts';
import { decodeLabelPng, encodePng } from '../src/image/png.ts';
import { randomStream } from '../src/tensor/random.ts';
import { startApp } from '../test/support/app.ts';

const [WIDTH, HEIGHT] = [208, 144];
/** Of the class, in pixels. */
const SMALL = 12;
const SCENES = 6;
const EPOCHS = 30;
const VIEWPORT = { width: 1152, height: 720 };
const FILM = 'docs/images/app-film.webp';
const TRAIN = 'docs/images/app-train.webp';
/** Of the film, in pixels. */
const WIDE = 864;

interface Scene {
  readonly png: Buffer;
  readonly labels: Uint8Array;
  readonly buoy: { readonly x: number; readonly y: number };
}

/** A bay with hills, a sail, and a buoy. */
function bay(index: number): Scene {
  const random = randomStream(7, 'bay', index);
  const between = (least: number, most: number): number => least + (most - least) * random.uniform();
  const canvas = new LabeledCanvas(WIDTH, HEIGHT);
  const shore = Math.round(between(48, 66));
  const clouds = roughField(random.uint32());
  canvas.fill(rectangle(0, 0, WIDTH, HEIGHT), (x, y) => {
    const light = 40 * clouds(x / 40, y / 14) + y / 3;
    return [130 + light, 165 + light, 205 + light / 2];
  });
  const [peak, height] = [between(30, 180), between(18, 34)];
  const woods = roughField(random.uint32());
  canvas.fill(
    polygon([
      [peak - 110, shore],
      [peak - 40, shore - height * 0.7],
      [peak, shore - height],
      [peak + 50, shore - height * 0.6],
      [peak + 120, shore],
    ]),
    (x, y) => {
      const shade = 50 * woods(x / 5, y / 5);
      return [52 + shade, 82 + shade, 62 + shade];
    },
  );
  const waves = roughField(random.uint32());
  canvas.fill(rectangle(0, shore, WIDTH, HEIGHT), (x, y) => {
    const wave = 70 * (waves(x / (4 + (y - shore) / 8), y / 3) - 0.5);
    return [38 + wave, 88 + wave, 122 + wave];
  });
  const sail = { x: between(20, WIDTH - 20), y: shore + between(4, 12) };
  canvas.fill(
    polygon([
      [sail.x, sail.y - 26],
      [sail.x + 13, sail.y],
      [sail.x, sail.y],
    ]),
    () => [238, 236, 228],
  );
  canvas.fill(rectangle(sail.x - 8, sail.y + 1, sail.x + 15, sail.y + 5), () => [96, 58, 44]);
  const x = Math.round(between(20, WIDTH - 20));
  const y = Math.round(between(shore + 24, HEIGHT - 16));
  const radius = SMALL / 2;
  const paint = (_: number, row: number): Color => (Math.abs(row - y) < 1.6 ? [245, 240, 230] : [226, 74, 38]);
  canvas.fill(ellipse(x, y, radius), paint, 1);
  const { image, labels } = canvas.finish();
  return { png: Buffer.from(encodePng(image)), labels: labels.data, buoy: { x, y } };
}

const frames: { readonly png: Buffer; readonly milliseconds: number }[] = [];
const [shots] = process.argv.slice(2);

/** The view Train before, while and after it trains. */
const training: Buffer[] = [];

async function frame(page: Page, milliseconds: number): Promise<void> {
  frames.push({ png: await page.screenshot(), milliseconds });
}

async function shot(page: Page, name: string): Promise<void> {
  if (shots) await writeFile(join(shots, `${name}.png`), await page.screenshot());
}

/** Where a pixel of the picture is on the page, while it is fitted into the stage. */
async function place(page: Page, x: number, y: number): Promise<readonly [number, number]> {
  const box = (await page.locator('.stage-canvas').boundingBox()) as NonNullable<
    Awaited<ReturnType<ReturnType<Page['locator']>['boundingBox']>>
  >;
  const scale = Math.min((box.width * 0.94) / WIDTH, (box.height * 0.94) / HEIGHT);
  return [
    box.x + (box.width - WIDTH * scale) / 2 + (x + 0.5) * scale,
    box.y + (box.height - HEIGHT * scale) / 2 + (y + 0.5) * scale,
  ];
}

async function label(page: Page, scenes: readonly Scene[]): Promise<void> {
  await page.getByRole('tab', { name: 'Label' }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Begin with classes of your own' }).click();
  await page.getByLabel('Name of object').fill('buoy');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('slider', { name: 'Size' }).fill(String(SMALL));
  await frame(page, 1600);
  for (const [index, { buoy }] of scenes.entries()) {
    if (index > 0) await page.locator(`.thumb[aria-label="bay-${index}.png"]`).click();
    await page.getByRole('application', { name: `bay-${index}.png, to be labeled` }).waitFor();
    const click = async (x: number, y: number, ...keys: readonly string[]): Promise<void> => {
      await page.getByRole('application').focus();
      for (const key of keys) await page.keyboard.press(key);
      await page.mouse.click(...(await place(page, x, y)));
    };
    await click(4, HEIGHT - 4, 'f', '1');
    if (index === 0) {
      await page.mouse.move(...(await place(page, buoy.x - 0.5, buoy.y - 0.5)));
      await page.keyboard.press('b');
      await frame(page, 1200);
    }
    await click(buoy.x - 0.5, buoy.y - 0.5, 'b', '2');
    if (index < 3) await frame(page, 900);
  }
  await page.getByText(`${scenes.length} photographs are labeled.`).waitFor();
  await page.getByText('Kept in this browser.').waitFor();
  await frame(page, 1200);
}

/** Starts a training and waits for its first validation. */
async function beginTraining(page: Page): Promise<void> {
  await page.getByRole('slider').first().fill(String(EPOCHS));
  await page.locator('.training .button.primary').click();
  await page.locator('.samples canvas').first().waitFor({ timeout: 300_000 });
}

/** The view while it trains, and below it as it was before and is after, half as large. */
async function drawTraining(): Promise<void> {
  const { width, height } = VIEWPORT;
  const gap = 16;
  const [before, during, after] = training as [Buffer, Buffer, Buffer];
  const half = (png: Buffer): Promise<Buffer> =>
    sharp(png)
      .resize((width - gap) / 2)
      .png()
      .toBuffer();
  const below = Math.round((height * (width - gap)) / 2 / width);
  await sharp({ create: { width, height: height + gap + below, channels: 3, background: '#ffffff' } })
    .composite([
      { input: during, left: 0, top: 0 },
      { input: await half(before), left: 0, top: height + gap },
      { input: await half(after), left: (width + gap) / 2, top: height + gap },
    ])
    .webp({ quality: 72, effort: 6 })
    .toFile(TRAIN);
}

async function learn(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Train' }).click();
  await frame(page, 1200);
  training.push(await page.screenshot());
  await beginTraining(page);
  await shotsOfTrain(page, 'en');
  await frame(page, 900);
  for (const share of [0.25, 0.5, 0.75]) {
    // The page's policy forbids what would wait in it.
    while ((await page.evaluate<number>("document.querySelector('progress')?.value ?? 1")) < share)
      await page.waitForTimeout(200);
    await frame(page, 900);
    if (share === 0.5) training.push(await page.screenshot());
  }
  await page.getByText(/^Finished after/).waitFor({ timeout: 600_000 });
  await frame(page, 1600);
  training.push(await page.screenshot());
  await drawTraining();
}

/** Segments a photograph that was not learned from. @returns the mask */
async function predict(page: Page, png: Buffer): Promise<Uint8Array> {
  await page.getByRole('tab', { name: 'Segment' }).click();
  await page
    .locator('input[accept="image/*,video/*"]')
    .setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer: png });
  await page.getByRole('application', { name: 'new.png, segmented' }).waitFor();
  await page.locator('.legend-name', { hasText: 'buoy' }).waitFor({ timeout: 60_000 });
  await frame(page, 2000);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Mask', exact: true }).click(),
  ]);
  return Uint8Array.from(decodeLabelPng(await readFile((await download.path()) as string)).data);
}

async function refine(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Refinement' }).click();
  await page.locator('.stage-readout[data-ready]').waitFor({ timeout: 120_000 });
  const slider = page.getByRole('slider', { name: 'From coarse to fine' });
  const last = Number(await slider.getAttribute('max'));
  const stops = Math.min(last, 9);
  for (let stop = 0; stop <= stops; stop++) {
    await slider.fill(String(Math.round((stop * last) / stops)));
    await page.waitForTimeout(200);
    await page.locator('.stage-readout[data-ready]').waitFor({ timeout: 120_000 });
    await frame(page, stop === stops ? 3000 : 800);
  }
}

async function shotsOfTrain(page: Page, language: string): Promise<void> {
  if (!shots) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [name, width, height] of [
      ['desktop', 1280, 800],
      ['phone', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await shot(page, `train-${language}-${name}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(VIEWPORT);
}

/** Every view on a wall, and on a phone in Japanese while it trains. */
async function shotsOfViews(page: Page): Promise<void> {
  await page.addInitScript("Object.defineProperty(navigator, 'languages', { get: () => ['ja'] })");
  for (const [language, tabs] of [
    ['en', ['segment', 'refinement', 'label', 'train']],
    ['ja', ['segment', 'refinement', 'label', 'train']],
  ] as const) {
    if (language === 'ja') await page.reload();
    for (const [index, tab] of tabs.entries()) {
      await page.getByRole('tab').nth(index).click();
      await page.waitForTimeout(4000);
      await page.setViewportSize({ width: 2560, height: 1440 });
      await page.waitForTimeout(500);
      await shot(page, `${tab}-${language}-wall`);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.waitForTimeout(500);
      await shot(page, `${tab}-${language}-phone`);
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.waitForTimeout(500);
      await shot(page, `${tab}-${language}-desktop`);
    }
  }
  await beginTraining(page);
  await shotsOfTrain(page, 'ja');
}

/** What was found of the class: pixels of it and not of it, and how high it is. */
function report(found: Uint8Array, labels: Uint8Array): string {
  let [both, either] = [0, 0];
  const rows = new Set<number>();
  found.forEach((id, at) => {
    if (id === 1) rows.add(Math.floor(at / WIDTH));
    if (id === 1 && labels[at] === 1) both++;
    if (id === 1 || labels[at] === 1) either++;
  });
  return `IoU of the class of ${SMALL} pixels: ${((100 * both) / either).toFixed(1)} %, found in ${rows.size} rows`;
}

const scenes = Array.from({ length: SCENES }, (_, index) => bay(index));
const fresh = bay(SCENES);
if (shots) await mkdir(shots, { recursive: true });
const app = await startApp();
try {
  const { page } = await app.open('', { viewport: VIEWPORT, colorScheme: 'light' });
  await page.locator('.legend-name').first().waitFor({ timeout: 120_000 });
  await page
    .locator('input[accept="image/*,video/*"]')
    .setInputFiles(scenes.map(({ png }, index) => ({ name: `bay-${index}.png`, mimeType: 'image/png', buffer: png })));
  await page.getByRole('application', { name: 'bay-0.png, segmented' }).waitFor();
  await label(page, scenes);
  await learn(page);
  console.log(report(await predict(page, fresh.png), fresh.labels));
  await refine(page);
  const small = await Promise.all(frames.map(({ png }) => sharp(png).resize(WIDE).png().toBuffer()));
  const delay = frames.map(({ milliseconds }) => milliseconds);
  const film = await sharp(small, { join: { animated: true } })
    .webp({ quality: 62, effort: 6, loop: 0, delay })
    .toBuffer();
  await writeFile(FILM, film);
  console.log(`${FILM}: ${frames.length} frames, ${Math.round(film.length / 1000)} kB`);
  if (shots) {
    for (const [index, { png }] of frames.entries())
      await writeFile(join(shots, `film-${String(index).padStart(2, '0')}.png`), png);
    await shotsOfViews(page);
  }
} finally {
  await app.close();
}
