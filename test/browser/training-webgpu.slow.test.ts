/** Training on the graphics card in a page, computed in software: it learns what WASM learns, and says what computes. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawShapes, SHAPE_CLASSES } from '../../src/data/drawn/shapes.ts';
import { encodeLabelPng, encodePng } from '../../src/image/png.ts';
import { architecture } from '../../src/models/architectures.ts';
import { missingBrowser, openBrowser, type Pages, servePages } from '../support/browser.ts';

const SIZE = 64;
const PICTURES = 4;
const COLORS = SHAPE_CLASSES.map(({ color }) => color);

/** Few layers, for graphs that are computed quickly in software. */
const DEFINITION = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-mobilenetv2', SHAPE_CLASSES.length);
  const pooling = { ...decoder.pooling, count: 1 };
  return { ...rest, decoder: { ...decoder, taps: ['layer4', 'layer3'], widths: [8, 8], cascade: [1, 2], pooling } };
})();

interface Told {
  readonly losses: readonly number[];
  readonly device: { readonly name: string; readonly reason: string };
  readonly meanIoU: number;
  readonly error?: { readonly name: string; readonly message: string };
}

let browser: Browser;
let pages: Pages;
let page: Page;

/** Trains for two epochs; the same images, order and seed each time. */
const trained = (device: string, { before = '', options = '' } = {}): Promise<Told> =>
  page.evaluate<Told>(`(async () => {
    const { trainModel } = await import('/refinenet/training.js');
    const file = async (address) => new File([await (await fetch(address)).blob()], address.split('/').pop());
    const losses = []; let device; let meanIoU;
    ${before}
    try {
      const images = await Promise.all(Array.from({ length: ${PICTURES} }, async (_, index) =>
        ({ image: await file('/image-' + index + '.png'), mask: await file('/mask-' + index + '.png') })));
      await trainModel(images, {
        device: '${device}', name: '${device}' + Date.now(), classes: ${JSON.stringify(SHAPE_CLASSES.map(({ name }) => name))},
        definition: ${JSON.stringify(DEFINITION)}, wasmPaths: '/engine/', validation: 0.5, crop: ${SIZE}, batch: 2, epochs: 2, seed: 4,
        learningRate: 1e-3, ${options}
        onStart: (_, what) => { device = what; },
        onProgress: ({ loss }) => losses.push(loss),
        onValidation: (found) => { meanIoU = found.meanIoU; },
      });
      return { losses, device, meanIoU };
    } catch (error) {
      return { losses, device, meanIoU, error: { name: error.name, message: String(error.message) } };
    }
  })()`);

describe.skipIf(missingBrowser)(`training on a page's graphics card${missingBrowser}`, () => {
  beforeAll(async () => {
    const files = Array.from({ length: PICTURES }, (_, index) => {
      const { image, labels } = drawShapes(5, ['page', index], SIZE);
      return [
        [`/image-${index}.png`, encodePng(image)],
        [`/mask-${index}.png`, encodeLabelPng(labels, COLORS)],
      ] as const;
    });
    pages = await servePages({ answers: Object.fromEntries(files.flat()) });
    browser = await openBrowser({ webgpu: true });
    page = await (await browser.newContext()).newPage();
    await page.goto(pages.address);
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  /** What the page is told of its adapter: that of a graphics card, which is tried. */
  const before = `navigator.gpu.requestAdapter = async () => ({ info: { vendor: 'a card' } });`;

  test('learns what WASM learns, once a step of it was found to agree', async () => {
    const onCard = await trained('auto', { before });
    expect(onCard.error).toBeUndefined();
    const reason = 'The browser has a graphics card, and its results agree with WASM.';
    expect(onCard.device).toEqual({ name: 'webgpu', threads: 1, reason });
    expect(pages.requests).toContain('GET /engine/ort-wasm-simd-threaded.asyncify.wasm');
    const onProcessor = await trained('wasm');
    expect(onProcessor.error).toBeUndefined();
    expect(onProcessor.device.name).toBe('wasm');
    expect(onCard.losses).toHaveLength(2);
    for (const [step, loss] of onProcessor.losses.entries()) {
      expect(Math.abs((onCard.losses[step] as number) / loss - 1), `step ${step + 1}`).toBeLessThan(1e-3);
    }
    expect(onCard.meanIoU).toBeCloseTo(onProcessor.meanIoU, 2);
  });

  test('is left to WASM where the worker finds that the card does not work', async () => {
    const script = `Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => null } });
      await import('${pages.address}refinenet/webgpu-training-worker.js');`;
    const options = `worker: () => new Worker(URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' })), { type: 'module' }),`;
    const told = await trained('auto', { before, options });
    expect(told.error).toBeUndefined();
    expect(told.device.name).toBe('wasm');
    expect(told.device.reason).toMatch(/^WebGPU was tried and given up: .*the browser offers no adapter/);
    expect(told.losses).toHaveLength(2);
  });
});
