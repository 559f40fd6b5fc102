/** Two lines in a page: a model by its address, and whatever a page has for an image. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/platform/node/load.ts';
import { missingBrowser, openBrowser, type Pages, runInPage, servePages } from '../support/browser.ts';
import { childProcesses } from '../support/child-processes.ts';
import { missingSoftwareWebgpu } from '../support/software-webgpu.ts';
import { temporaryFolder, waves, writeSyntheticModel } from '../support/synthetic-model.ts';

const [WIDTH, HEIGHT] = [96, 64];
const PIXELS = waves(WIDTH, HEIGHT);

let folder: string;
let browser: Browser;
let pages: Pages;
let page: Page;
/** The labels that the model gives in Node. */
let expected: number[];

beforeAll(async () => {
  if (missingBrowser) return;
  folder = await temporaryFolder();
  const model = await writeSyntheticModel(folder);
  const png = await sharp(PIXELS, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toBuffer();
  await using inNode = await loadModel(model);
  const { labels } = await inNode.segment({ width: WIDTH, height: HEIGHT, data: PIXELS });
  expected = [...labels.data];
  browser = await openBrowser();
  pages = await servePages({ folders: { '/drawn/': `${folder}/` }, answers: { '/photo.png': png } });
  page = await browser.newPage();
  await page.goto(pages.address);
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

describe.skipIf(missingBrowser)(`a page${missingBrowser}`, () => {
  /** The labels of an image that a script makes, and what else it returns. */
  const segmented = (image: string, options = '{}') =>
    runInPage<{ labels: number[]; size: number[]; error?: unknown }>(
      page,
      `const model = await loadModel('/drawn/model', ${options});
       const image = await (async () => { ${image} })();
       const { labels } = await model.segment(image);
       await model.dispose();
       return { labels: [...labels.data], size: [labels.width, labels.height] };`,
    );

  const differing = (labels: readonly number[]): number => labels.filter((label, at) => label !== expected[at]).length;

  const IMG = `const img = new Image(); img.src = '/photo.png'; await img.decode();`;
  const CANVAS = `${IMG} const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [img.width, img.height];
    const context = canvas.getContext('2d'); context.drawImage(img, 0, 0);`;

  test.each([
    ['an <img>', `${IMG} return img;`],
    ['an <img> that is still loading', `const img = new Image(); img.src = '/photo.png?later'; return img;`],
    ['a <canvas>', `${CANVAS} return canvas;`],
    ['an ImageBitmap', `${IMG} return createImageBitmap(img);`],
    ['an ImageData', `${CANVAS} return context.getImageData(0, 0, canvas.width, canvas.height);`],
    ['a VideoFrame', `${CANVAS} return new VideoFrame(canvas, { timestamp: 0 });`],
    ['a Blob', `return (await fetch('/photo.png')).blob();`],
    ['a File', `return new File([await (await fetch('/photo.png')).blob()], 'photo.png');`],
    ['an address', `return '/photo.png';`],
    ['a URL', `return new URL('/photo.png', location.href);`],
  ])('segments %s as Node does', async (_, image) => {
    const { labels, size, error } = await segmented(image);
    expect(error).toBeUndefined();
    expect(size).toEqual([WIDTH, HEIGHT]);
    expect(differing(labels)).toBeLessThanOrEqual(expected.length / 1000);
  });

  test('leaves what it was given whole', async () => {
    const result = await runInPage(
      page,
      `const model = await loadModel('/drawn/model');
       ${CANVAS}
       const data = context.getImageData(0, 0, canvas.width, canvas.height);
       const bitmap = await createImageBitmap(img);
       await model.segment(data);
       await model.segment(bitmap);
       await model.dispose();
       return { bytes: data.data.length, width: bitmap.width };`,
    );
    expect(result).toEqual({ bytes: WIDTH * HEIGHT * 4, width: WIDTH });
  });

  test.each([
    ['in the page itself', '{ worker: false }'],
    ['with one thread', '{ threads: 1 }'],
    ['without keeping files', '{ cache: false }'],
  ])('gives the same %s', async (_, options) => {
    expect(differing((await segmented(`return '/photo.png';`, options)).labels)).toBeLessThanOrEqual(
      expected.length / 1000,
    );
  });

  test('takes files in hand: bytes, Blobs, Responses and parsed objects', async () => {
    const result = await runInPage<{ labels: number[] }>(
      page,
      `const config = await (await fetch('/drawn/model/config.json')).json();
       const preprocessor = await (await fetch('/drawn/model/preprocessor_config.json')).blob();
       const labels = [];
       for (const take of [(response) => response, (response) => response.arrayBuffer().then((bytes) => new Uint8Array(bytes))]) {
         const weights = await take(await fetch('/drawn/model/model.safetensors'));
         const model = await loadModel({ config, preprocessor, weights });
         labels.push(...(await model.segment('/photo.png')).labels.data);
         await model.dispose();
       }
       return { labels };`,
    );
    expect(differing(result.labels.slice(0, expected.length))).toBeLessThanOrEqual(expected.length / 1000);
    expect(result.labels.slice(expected.length)).toEqual(result.labels.slice(0, expected.length));
  });

  test('finds the files of a repository in the manner of Hugging Face', async () => {
    const files = ['config.json', 'preprocessor_config.json', 'model.safetensors'];
    for (const file of files) {
      pages.answers[`/someone/model/resolve/main/${file}`] = await readFile(join(folder, 'model', file));
    }
    pages.answers['/someone/model/config.json'] = {
      type: 'text/html',
      body: '<!doctype html><title>a repository</title>',
    };
    const result = await runInPage<{ labels: number[] }>(
      page,
      `const model = await loadModel('/someone/model');
       const { labels } = await model.segment('/photo.png');
       await model.dispose();
       return { labels: [...labels.data] };`,
    );
    expect(differing(result.labels)).toBeLessThanOrEqual(expected.length / 1000);
  });

  test('says what computes, and why', async () => {
    const device = await runInPage(
      page,
      `const model = await loadModel('/drawn/model');
       const { device, provider, views } = model;
       await model.dispose();
       return { ...device, provider, views: views.length };`,
    );
    expect(device).toEqual({
      name: 'wasm',
      threads: expect.any(Number),
      reason: expect.stringMatching(/^The browser (has no WebGPU|offers no graphics card \(adapter\))\.$/),
      provider: 'WasmExecutionProvider',
      views: 1,
    });
  });

  test('says once that a page that is not isolated has one thread', async () => {
    const plain = await servePages({ isolated: false, folders: { '/drawn/': `${folder}/` } });
    try {
      const own = await browser.newPage();
      const said: string[] = [];
      own.on('console', (message) => said.push(message.text()));
      await own.goto(plain.address);
      const reasons = await runInPage<string[]>(
        own,
        `const reasons = [];
         for (let round = 0; round < 2; round++) {
           const model = await loadModel('/drawn/model', { device: 'wasm' });
           reasons.push([model.device.threads, model.device.reason].join(' '));
           await model.dispose();
         }
         return reasons;`,
      );
      const reason = '1 WASM was asked for. It has one thread because the page is not cross-origin isolated.';
      expect(reasons).toEqual([reason, reason]);
      expect(said.filter((line) => line.includes('not cross-origin isolated'))).toHaveLength(1);
      await own.close();
    } finally {
      await plain.close();
    }
  });

  test('works under a strict security policy, and asks nobody but its own server', async () => {
    const policy =
      "default-src 'self'; img-src 'self' data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";
    const strict = await servePages({ policy, folders: { '/drawn/': `${folder}/` }, answers: pages.answers });
    strict.answers['/page.js'] = `
      import { loadModel } from '/refinenet/refinenet.js';
      const model = await loadModel('/drawn/model', { wasmPaths: '/engine/', threads: 2 });
      const { labels } = await model.segment('/photo.png');
      document.title = 'labels: ' + labels.data.length;`;
    strict.answers['/'] = {
      type: 'text/html',
      body: '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    };
    const own = await browser.newPage();
    try {
      const foreign: string[] = [];
      const faults: string[] = [];
      own.on('request', (request) => {
        if (!request.url().startsWith(strict.address) && !request.url().startsWith('data:'))
          foreign.push(request.url());
      });
      own.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      await own.goto(strict.address);
      // Not by a script: the policy forbids to evaluate texts.
      await expect.poll(() => own.title(), { timeout: 60_000 }).toBe(`labels: ${WIDTH * HEIGHT}`);
      expect(foreign).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      await own.close();
      await strict.close();
    }
  });

  test('draws what was found', async () => {
    const result = await runInPage<Record<string, unknown>>(
      page,
      `const model = await loadModel('/drawn/model', { confidence: true });
       const result = await model.segment('/photo.png');
       const [first] = result.classes;
       const at = result.labels.data.indexOf(first.id);
       const pixel = (data) => [...data.data.slice(4 * at, 4 * at + 4)];
       const canvas = document.createElement('canvas');
       result.drawOverlay(canvas, { opacity: 1 });
       const bitmap = await result.toImageBitmap();
       const others = result.classes.slice(1).map(({ label }) => label);
       const cutout = result.cutout(first.label);
       const drawn = {
         first: first.label,
         color: first.color,
         confidence: first.confidence > 0 && first.confidence <= 1,
         image: [...result.image.data.slice(3 * at, 3 * at + 3)],
         full: pixel(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)),
         size: [canvas.width, canvas.height, bitmap.width, bitmap.height],
         half: pixel(result.toImageData({ boundaries: false })),
         left: pixel(result.toImageData({ classes: others })),
         tint: pixel(result.toImageData({ background: 'transparent', opacity: 0.4 })),
         onBlack: pixel(result.toImageData({ background: [0, 0, 0], opacity: 1, boundaries: false })),
         cut: pixel(cutout),
         opaque: cutout.data.filter((value, index) => index % 4 === 3 && value === 255).length,
         mask: result.mask(first.label).data.filter((value) => value === 255).length,
         pixels: first.pixels,
         polygons: result.polygons().map(({ label }) => label).sort(),
         rle: result.rle().map(({ label }) => label).sort(),
         labels: result.classes.map(({ label }) => label).sort(),
       };
       await model.dispose();
       return drawn;`,
    );
    const { color, image, pixels, labels } = result as {
      color: number[];
      image: number[];
      pixels: number;
      labels: string[];
    };
    expect(result).toMatchObject({
      confidence: true,
      full: [...color, 255],
      size: [WIDTH, HEIGHT, WIDTH, HEIGHT],
      half: [
        ...image.map((value, channel) => Math.floor(value + 0.5 * ((color[channel] as number) - value) + 0.5)),
        255,
      ],
      left: [...image, 255],
      tint: [...color, 102],
      onBlack: [...color, 255],
      cut: [...image, 255],
      opaque: pixels,
      mask: pixels,
      polygons: labels,
      rle: labels,
    });
  });
});

describe.skipIf(missingBrowser || missingSoftwareWebgpu)(
  `a page with WebGPU in software${missingBrowser || missingSoftwareWebgpu}`,
  () => {
    test('computes the same, and `auto` prefers WASM to it', async () => {
      const gpu = await openBrowser({ webgpu: true });
      const served = await servePages({ folders: { '/drawn/': `${folder}/` }, answers: pages.answers });
      try {
        const own = await gpu.newPage();
        await own.goto(served.address);
        const result = await runInPage<{ auto: unknown; labels: Record<string, number[]>; error?: unknown }>(
          own,
          `const chosen = await loadModel('/drawn/model');
         const auto = chosen.device;
         await chosen.dispose();
         const labels = {};
         for (const script of ['jspi-worker.js', 'webgpu-worker.js']) {
           const worker = () => new Worker('/refinenet/' + script, { type: 'module' });
           const model = await loadModel('/drawn/model', { device: 'webgpu', worker });
           labels[script] = [...(await model.segment('/photo.png')).labels.data];
           await model.dispose();
         }
         return { auto, labels };`,
        );
        expect(result.error).toBeUndefined();
        expect(result.auto).toMatchObject({
          name: 'wasm',
          reason: 'The browser has WebGPU in software only, which is slower than WASM.',
        });
        for (const labels of Object.values(result.labels)) {
          expect(labels.filter((label, at) => label !== expected[at]).length).toBeLessThanOrEqual(
            expected.length / 1000,
          );
        }
      } finally {
        await gpu.close();
        await served.close();
      }
    });

    test.each(['jspi-worker.js', 'webgpu-worker.js'])(
      'computes on after an image was given up in the midst of it, by %s',
      async (script) => {
        const gpu = await openBrowser({ webgpu: true });
        const served = await servePages({ folders: { '/drawn/': `${folder}/` }, answers: pages.answers });
        try {
          const own = await gpu.newPage();
          await own.goto(served.address);
          const result = await runInPage<{ labels: number[]; outcome: string; error?: unknown }>(
            own,
            `const worker = () => new Worker('/refinenet/${script}', { type: 'module' });
             const model = await loadModel('/drawn/model', { device: 'webgpu', worker });
             const control = new AbortController();
             const givenUp = model.segment('/photo.png', { signal: control.signal });
             await new Promise((resolve) => setTimeout(resolve, 100));
             control.abort();
             const outcome = await givenUp.then(() => 'done', ({ name }) => name);
             const { labels } = await model.segment('/photo.png');
             await model.dispose();
             return { outcome, labels: [...labels.data] };`,
          );
          expect(result.error).toBeUndefined();
          expect(result.outcome).toBe('AbortError');
          const differing = result.labels.filter((label, at) => label !== expected[at]).length;
          expect(result.labels).toHaveLength(expected.length);
          expect(differing).toBeLessThanOrEqual(expected.length / 1000);
        } finally {
          await gpu.close();
          await served.close();
        }
      },
    );

    test('is told that the graphics card is lost, and may load again', async () => {
      const gpu = await openBrowser({ webgpu: true });
      const served = await servePages({ folders: { '/drawn/': `${folder}/` }, answers: pages.answers });
      try {
        const own = await gpu.newPage();
        await own.goto(served.address);
        await runInPage(own, `globalThis.model = await loadModel('/drawn/model', { device: 'webgpu' });`);
        const call = runInPage<{ error: { name: string; message: string } }>(own, `await model.segment('/photo.png');`);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const processes = childProcesses().filter(({ command }) => /type=gpu-process/.test(command));
        expect(processes.length).toBeGreaterThan(0);
        for (const { pid } of processes) process.kill(pid, 'SIGKILL');
        const lost = {
          name: 'RuntimeError',
          message: expect.stringMatching(/^The graphics card was lost \(.*\): .*Load the model again\.$/),
        };
        expect((await call).error).toEqual(lost);
        const after = await runInPage(
          own,
          `const told = await model.segment('/photo.png').then(() => 'nothing', ({ name, message }) => ({ name, message }));
           await model.dispose();
           const again = await loadModel('/drawn/model');
           const pixels = (await again.segment('/photo.png')).labels.data.length;
           await again.dispose();
           return { told, pixels };`,
        );
        expect(after).toEqual({ told: lost, pixels: WIDTH * HEIGHT });
      } finally {
        await gpu.close();
        await served.close();
      }
    });
  },
);
