/** A page looks into a network: what is at its stations, as in Node. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { type Inspection, Inspector } from '../../src/inference/inspector.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { decodeImage } from '../../src/platform/node/decode-image.ts';
import { modelFor, readModelFolder } from '../../src/platform/node/model-folder.ts';
import { missingBrowser, openBrowser, type Pages, runInPage, servePages } from '../support/browser.ts';
import { NARROW_REFINENET, temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const STATIONS = ['encoder.layer1', 'decoder.refinenet3.adapt.0.1', 'decoder.refinenet1.fusion', 'decoder.classifier'];

let folder: string;
let browser: Browser;
let pages: Pages;
let page: Page;
let inspector: Inspector;
let inNode: Inspection;

describe.skipIf(missingBrowser)(`a page that looks into a network${missingBrowser}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    const model = await writeSyntheticModel(folder, {}, NARROW_REFINENET);
    const png = await wavesPng(96, 64);
    await writeFile(join(folder, 'photo.png'), png);
    const backend = await nodeBackend();
    inspector = await Inspector.create(await modelFor(backend, await readModelFolder(model)), backend);
    inNode = await inspector.inspect(await decodeImage(png));
    browser = await openBrowser();
    pages = await servePages({ folders: { '/drawn/': `${folder}/` } });
    page = await browser.newPage();
    await page.goto(pages.address);
  });

  afterAll(async () => {
    await inspector?.dispose();
    await browser?.close();
    await pages?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ['in a worker', '{}'],
    ['in the page itself', '{ worker: false }'],
  ])('has the features and classes that Node has, %s', async (_, options) => {
    const found = await runInPage<Record<string, { shape: number[]; data: number[]; labels: number[]; by: string }>>(
      page,
      `const model = await loadModel('/drawn/model', ${options});
       const inspection = await model.inspect('/drawn/photo.png');
       const found = {};
       for (const name of ${JSON.stringify(STATIONS)}) {
         const { shape, data } = await inspection.tensor(name);
         const { segmentation, by } = await inspection.classes(name);
         found[name] = { shape, data: [...data], labels: [...segmentation.labels.data], by };
       }
       await model.dispose();
       return found;`,
    );
    for (const name of STATIONS) {
      const { shape, data } = inNode.tensor(name);
      const { labels, by } = await inNode.classes(name);
      const own = found[name];
      expect(own?.shape, name).toEqual(shape);
      expect(relativeDifference(data, Float32Array.from(own?.data ?? [])), name).toBeLessThan(1e-4);
      expect(own?.by).toBe(by);
      const differing = own?.labels.filter((label, at) => label !== labels.data[at]).length;
      expect(differing, name).toBeLessThanOrEqual(labels.data.length / 1000);
    }
  });

  test('says that an inspection was disposed of, and which stations there are', async () => {
    const said = await runInPage<string[]>(
      page,
      `const model = await loadModel('/drawn/model');
       const inspection = await model.inspect('/drawn/photo.png');
       const messageOf = (promise) => promise.then(() => '', ({ message }) => message);
       const unknown = await messageOf(inspection.tensor('encoder.layer9'));
       await inspection.dispose();
       const gone = await messageOf(inspection.tensor('encoder.layer1'));
       await model.dispose();
       return [unknown, gone];`,
    );
    expect(said[0]).toContain(
      'The network has no station "encoder.layer9". Its stations are encoder.layer1, encoder.layer2,',
    );
    expect(said[1]).toBe('The inspection was disposed of. Inspect the image again.');
  });
});
