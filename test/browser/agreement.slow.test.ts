/** A page gives the masks that the command line gives: on frames of a street, by the shipped model. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeSegmenter, loadModel } from '../../src/platform/node/load.ts';
import { missingBrowser, openBrowser, type Pages, runInPage, servePages } from '../support/browser.ts';

const FRAMES = fileURLToPath(new URL('../../../shared/data/camvid/images/val/', import.meta.url));

const missing = missingBrowser || (existsSync(FRAMES) ? '' : `: the frames are missing (${FRAMES})`);

/** Of how many frames WebGPU makes masks; none when not asked for. */
const WEBGPU_FRAMES = Number(process.env.REFINENET_WEBGPU_FRAMES ?? 0);

/** Of all pixels: JPEGs are decoded by two libraries, and sums are rounded in other orders. */
const DIFFERING = 0.001;

describe.skipIf(missing)(`a page${missing}`, () => {
  let browser: Browser;
  let pages: Pages;
  let inNode: NodeSegmenter;

  beforeAll(async () => {
    inNode = await loadModel('street-scenes');
    browser = await openBrowser();
    pages = await servePages({ folders: { '/frames/': FRAMES } });
  });

  afterAll(async () => {
    await inNode?.dispose();
    await browser?.close();
    await pages?.close();
  });

  /** Labels frames in a page and in Node, and compares them. */
  async function compare(browser: Browser, count: number, device: 'wasm' | 'webgpu'): Promise<void> {
    const all = readdirSync(FRAMES).sort();
    const names = Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as string);
    const page = await browser.newPage();
    await page.goto(pages.address);
    const inPage = await runInPage<string[]>(
      page,
      `const model = await loadModel('/models/street-scenes/', { device: '${device}' });
       if (model.device.name !== '${device}') throw new Error(model.device.reason);
       const labels = [];
       for (const name of ${JSON.stringify(names)}) labels.push(String((await model.segment('/frames/' + name)).labels.data));
       await model.dispose();
       return labels;`,
    );
    expect(inPage).toHaveLength(count);
    for (const [index, name] of names.entries()) {
      const { labels } = await inNode.segment(await readFile(`${FRAMES}${name}`));
      const found = (inPage[index] as string).split(',').map(Number);
      const differing = found.filter((label, pixel) => label !== labels.data[pixel]).length;
      expect(found.length, name).toBe(labels.data.length);
      expect(differing / found.length, name).toBeLessThanOrEqual(DIFFERING);
      if (WEBGPU_FRAMES > 0) console.log(`${device} ${name}: ${differing} of ${found.length} pixels differ`);
    }
    await page.close();
  }

  test('labels ten frames as Node does, but for a thousandth of the pixels', () => compare(browser, 10, 'wasm'));

  test.skipIf(WEBGPU_FRAMES === 0)(
    `does so on WebGPU, computed in software, for REFINENET_WEBGPU_FRAMES (${WEBGPU_FRAMES}) of them: a minute each`,
    async () => {
      const withCard = await openBrowser({ webgpu: true });
      try {
        await compare(withCard, WEBGPU_FRAMES, 'webgpu');
      } finally {
        await withCard.close();
      }
    },
    1_800_000,
  );
});
