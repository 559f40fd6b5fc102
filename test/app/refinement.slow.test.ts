/** The view Refinement: the network's stations, what each sees, and two side by side. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Inspector } from '../../src/inference/inspector.ts';
import { networkStations } from '../../src/models/stations.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { decodeImage } from '../../src/platform/node/decode-image.ts';
import { modelFor, readModelFolder } from '../../src/platform/node/model-folder.ts';
import { type AppPage, expectAccessible, expectQuiet, type RunningApp, startApp } from '../support/app.ts';
import { missingBrowser } from '../support/browser.ts';
import { NARROW_REFINENET, temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const STATIONS = networkStations(NARROW_REFINENET);
const UNIT = 'decoder.refinenet3.adapt.0.1';

/** The channel that varies most. */
function strongest({ shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }): number {
  const [, channels, height, width] = shape as [number, number, number, number];
  const cells = height * width;
  const variances = Array.from({ length: channels }, (_, channel) => {
    const values = data.subarray(channel * cells, (channel + 1) * cells);
    const mean = values.reduce((sum, value) => sum + value, 0) / cells;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  return variances.indexOf(Math.max(...variances));
}

let folder: string;
let app: RunningApp;
let opened: AppPage;
let page: Page;
let added: string;
/** Of the unit's features. */
let shape: string;

/** Waits until a station is shown, and gives what is said of it. */
const said = async (station: string): Promise<string> =>
  (await page.locator(`[data-ready="${station}"]`).first().textContent()) as string;

describe.skipIf(missingBrowser)(`the view Refinement${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    const model = await writeSyntheticModel(folder, {}, NARROW_REFINENET);
    const png = await wavesPng(96, 64);
    await writeFile(join(folder, 'photo.png'), png);
    await writeFile(join(folder, 'upright.png'), await wavesPng(64, 96));
    const backend = await nodeBackend();
    const inspector = await Inspector.create(await modelFor(backend, await readModelFolder(model)), backend);
    const inspection = await inspector.inspect(await decodeImage(png));
    const [output, input] = [inspection.tensor(UNIT), inspection.tensor('decoder.refinenet3.adapt.0.0')];
    const difference = { ...output, data: output.data.map((value, at) => value - (input.data[at] as number)) };
    shape = output.shape.slice(1).join(' × ');
    added = `${shape}, channel ${strongest(difference)}`;
    await inspector.dispose();
    app = await startApp([model]);
    opened = await app.open();
    page = opened.page;
    await page.locator('input[accept="image/*,video/*"]').setInputFiles(join(folder, 'photo.png'));
    await page.getByRole('application', { name: 'photo.png, segmented' }).waitFor();
    await page.getByRole('tab', { name: 'Refinement' }).click();
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('has a button for every station, and begins with the coarsest', async () => {
    expect(await said('decoder.reduction.0')).toContain('by a linear probe');
    const names = await page.locator('.node').evaluateAll((all) => all.map((each) => each.textContent));
    expect(names.map((name) => name?.split(', ').at(-1)).sort()).toEqual(STATIONS.map(({ name }) => name).sort());
  });

  test('goes from coarse to fine by a slider, up to what the whole network finds', async () => {
    const slider = page.getByRole('slider', { name: 'From coarse to fine' });
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    expect(await said('decoder.refinenet4.pooling')).toContain('by a linear probe');
    await page.keyboard.press('End');
    expect(await said('decoder.classifier')).toBe('The classes of the whole network');
    await page.keyboard.press('ArrowLeft');
    expect(await said('decoder.head.1')).toContain('own classifier');
    await page.getByLabel('Read all stations by linear probes').check();
    await page.locator('.stage-readout', { hasText: 'by a linear probe' }).waitFor();
    await page.getByLabel('Read all stations by linear probes').uncheck();
  });

  test('shows what a residual conv unit adds, in the channel in which it is most', async () => {
    await page.getByRole('button', { name: UNIT }).click();
    await page.getByText('Difference', { exact: true }).click();
    await page.getByText('Strongest', { exact: true }).click();
    await page.locator('.stage-readout', { hasText: added }).waitFor();
  });

  test('says where there is no difference', async () => {
    await page.getByRole('button', { name: 'decoder.reduction.1' }).click();
    await page.locator('.stage-readout', { hasText: 'there is no difference' }).waitFor();
  });

  test('has the difference to any input of a fusion, where they are of one shape', async () => {
    const name = 'decoder.refinenet1.fusion';
    await page.locator(`.node[title$=" ${name}"]`).click();
    const inputs = page.getByRole('combobox', { name: 'Which input' });
    const [, ...finer] = STATIONS.find((each) => each.name === name)?.inputs ?? [];
    expect(await inputs.locator('option').allTextContents()).toEqual([expect.any(String), ...finer]);
    await page.locator('.stage-readout', { hasText: 'there is no difference' }).waitFor();
    await inputs.selectOption({ index: 1 });
    await page.locator('.stage-readout', { hasText: /^\d+ × \d+ × \d+, channel \d+$/ }).waitFor();
    expect(await page.getByRole('status').textContent()).toMatch(
      /^Multi-resolution fusion, decoder\.refinenet1\.fusion: \d/,
    );
  });

  test('names the class under the pointer and the cursor, as the station has it', async () => {
    await page.getByText('Classes', { exact: true }).first().click();
    const shares = page.locator('.shares li');
    await shares.first().waitFor();
    const names = await shares.locator('.legend-name').allTextContents();
    const stage = page.getByRole('application');
    await stage.hover();
    const pointed = page.locator('.stage-pointed');
    await pointed.waitFor();
    expect(names).toContain(await pointed.locator('strong').textContent());
    await page.mouse.move(0, 0);
    await pointed.waitFor({ state: 'detached' });
    await stage.focus();
    await page.keyboard.press('ArrowRight');
    await pointed.getByText('49, 32').waitFor();
    expect(names).toContain(await pointed.locator('strong').textContent());
    await page.getByText('Output', { exact: true }).first().click();
    await pointed.waitFor({ state: 'detached' });
  });

  test('explains itself in five steps, each at a station of its kind', async () => {
    await page.getByRole('button', { name: 'A tour in five steps' }).click();
    const seen: (readonly (string | null)[])[] = [];
    for (let step = 0; step < 5; step++) {
      await page.getByText(`${step + 1} of 5`).waitFor();
      const station = await page.locator('.node[aria-pressed="true"]').getAttribute('title');
      seen.push([await page.locator('#tour').textContent(), station]);
      await page.getByRole('button', { name: step < 4 ? 'Next' : 'End', exact: true }).click();
    }
    expect(seen).toEqual([
      ['Encoder', 'Encoder map, encoder.layer4'],
      ['Residual conv unit', 'Residual conv unit, decoder.refinenet1.adapt.1.1'],
      ['Multi-resolution fusion', 'Multi-resolution fusion, decoder.refinenet1.fusion'],
      ['Chained residual pooling', 'Chained residual pooling, decoder.refinenet1.pooling'],
      ['Output', 'Classifier, decoder.classifier'],
    ]);
    expect(await said('decoder.classifier')).toBe('The classes of the whole network');
    expect(await page.getByRole('button', { name: 'A tour in five steps' }).isVisible()).toBe(true);
  });

  test('shows two models side by side, the second at the same place of its own way', async () => {
    await page.getByText('Classes', { exact: true }).first().click();
    await page.getByLabel('Two photographs or models side by side').check();
    await page.getByRole('region', { name: 'Compare' }).getByRole('combobox').first().selectOption('nuclei');
    await page.getByRole('application', { name: 'The other side' }).waitFor();
    await page.locator('.stage-readout[data-ready]').nth(1).waitFor();
    expect(await page.locator('.sides .stage').count()).toBe(2);
    expect(await page.locator('.stage-name').allTextContents()).toEqual(['photo.png by model', 'photo.png by nuclei']);
  });

  test('shows two photographs side by side, each by the model that is chosen for it', async () => {
    const compare = page.getByRole('region', { name: 'Compare' });
    const [model, photo] = [compare.getByRole('combobox').first(), compare.getByRole('combobox').last()];
    const shows = async (...names: readonly string[]): Promise<void> => {
      for (const [side, name] of names.entries())
        await page.locator('.stage').nth(side).filter({ hasText: name }).locator('[data-ready]').waitFor();
    };
    await model.selectOption('model');
    await page.getByLabel('Another photograph').last().setInputFiles(join(folder, 'upright.png'));
    await shows('photo.png by model', 'upright.png by model');
    await page.getByRole('button', { name: UNIT }).click();
    await page.getByText('Output', { exact: true }).first().click();
    await page.getByText('Components', { exact: true }).click();
    await shows(
      shape,
      shape
        .split(' × ')
        .toSpliced(1, 2, ...shape.split(' × ').slice(1).reverse())
        .join(' × '),
    );
    await photo.selectOption('photo.png');
    await shows('photo.png by model', 'photo.png by model');
    await photo.selectOption('upright.png');
    await page.getByRole('combobox', { name: 'Model' }).first().selectOption('nuclei');
    await shows('photo.png by nuclei', 'upright.png by model');
    await page.locator('.thumb[aria-label="upright.png"]').click();
    await shows('upright.png by nuclei', 'upright.png by model');
    await page.getByText('Classes', { exact: true }).first().click();
    await page.getByRole('slider', { name: 'From coarse to fine' }).press('End');
    await shows('The classes of the whole network', 'The classes of the whole network');
  });

  test('says which of two photographs cannot be read', async () => {
    await page
      .getByLabel('Another photograph')
      .last()
      .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await page.getByRole('alert').getByText('broken.png: this browser cannot read it as an image.').waitFor();
    await page.getByRole('region', { name: 'Compare' }).getByRole('combobox').last().selectOption('photo.png');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.locator('.stage', { hasText: 'photo.png by model' }).locator('[data-ready]').waitFor();
  });

  test('asked no other host for anything, and nothing went wrong in the page', () => {
    expectQuiet(opened);
  });

  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('has no fault that axe finds, %s and %i pixels wide', async (colorScheme, width) => {
    await expectAccessible(page, colorScheme, width);
  });
});
