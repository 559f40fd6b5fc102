/** What a page is told when something is wrong, and that nothing is left waiting. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingBrowser, openBrowser, type Pages, runInPage, servePages } from '../support/browser.ts';
import { temporaryFolder, waves, writeSyntheticModel } from '../support/synthetic-model.ts';

interface Told {
  readonly error?: { readonly name: string; readonly message: string };
}

let browser: Browser;
let pages: Pages;
let page: Page;
let jpeg: Buffer;

describe.skipIf(missingBrowser)(`a page${missingBrowser}`, () => {
  beforeAll(async () => {
    const folder = await temporaryFolder();
    const model = await writeSyntheticModel(folder);
    jpeg = await sharp(waves(96, 64), { raw: { width: 96, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    const file = (name: string) => readFile(join(model, name));
    const [config, preprocessor, weights] = await Promise.all(
      ['config.json', 'preprocessor_config.json', 'model.safetensors'].map(file) as [
        Promise<Buffer>,
        Promise<Buffer>,
        Promise<Buffer>,
      ],
    );
    /** A model folder with some of its files replaced. */
    const folderWith = (at: string, files: Pages['answers']): Pages['answers'] =>
      Object.fromEntries(
        Object.entries({
          'config.json': config,
          'preprocessor_config.json': preprocessor,
          'model.safetensors': weights,
          ...files,
        }).map(([name, answer]) => [`/${at}/${name}`, answer]),
      );
    const html = { type: 'text/html', body: '<!doctype html><title>not found</title>' };
    const damaged = Buffer.from(weights);
    damaged.fill(0xff, 0, 8);
    pages = await servePages({
      answers: {
        ...folderWith('good', {}),
        ...folderWith('cut', { 'model.safetensors': weights.subarray(0, 5000) }),
        ...folderWith('damaged', { 'model.safetensors': damaged }),
        ...folderWith('html', { 'config.json': html }),
        ...folderWith('unnamed-html', { 'config.json': { type: 'application/json', body: html.body } }),
        ...folderWith('no-weights', { 'model.safetensors': { status: 404, body: 'no' } }),
        ...folderWith('broken-server', { 'config.json': { status: 503, body: 'no' } }),
        ...folderWith('other', { 'config.json': '{"id2label": {"0": "a"}}' }),
        ...folderWith('stalled', { 'model.safetensors': { stalls: true } }),
        '/text.jpg': { type: 'image/jpeg', body: 'This is no image.' },
        '/page.jpg': html,
        '/cut.jpg': jpeg.subarray(0, 300),
        '/small.png': await sharp(waves(16, 16), { raw: { width: 16, height: 16, channels: 3 } })
          .png()
          .toBuffer(),
        '/photo.jpg': jpeg,
      },
    });
    browser = await openBrowser();
    page = await browser.newPage();
    await page.goto(pages.address);
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  test.each([
    [
      'nothing there',
      `'/nowhere/'`,
      'UsageError',
      /^There is no config\.json at http:\S+\/nowhere\/config\.json \(the server answered 404\)\. Give the address of a folder that holds config\.json/,
    ],
    [
      'HTML in place of JSON',
      `'/html/'`,
      'FormatError',
      /\/html\/config\.json: the server answered with a page \(HTML\) in place of the file/,
    ],
    ['HTML that is called JSON', `'/unnamed-html/'`, 'FormatError', /config\.json is not JSON: it is a page \(HTML\)/],
    ['another config.json', `'/other/'`, 'FormatError', /config\.json does not describe a RefineNet/],
    ['no weights', `'/no-weights/'`, 'UsageError', /^There is no model\.safetensors at/],
    ['cut weights', `'/cut/'`, 'FormatError', /\/cut\/model\.safetensors: /],
    ['damaged weights', `'/damaged/'`, 'FormatError', /\/damaged\/model\.safetensors: /],
    ['a broken server', `'/broken-server/'`, 'RuntimeError', /the server answered 503\. Try again later\.$/],
    [
      'a server that is not there',
      `'http://127.0.0.1:9/model/'`,
      'RuntimeError',
      /cannot be reached \(.*\)\. Check the network/,
    ],
    ['another protocol', `'file:///model/'`, 'UsageError', /a page loads models over http or https/],
    ['no model at all', 'null', 'UsageError', /^A model is the address of its folder.*but got null\.$/],
    [
      'a file left out',
      '{ config: {}, weights: new Blob() }',
      'UsageError',
      /\{ config, preprocessor, weights \} in hand/,
    ],
    [
      'an unknown device',
      `'/good/', { device: 'tpu' }`,
      'UsageError',
      'There is no device "tpu" in a page. Choose from auto, webgpu, wasm.',
    ],
    ['no threads', `'/good/', { threads: 0 }`, 'UsageError', 'threads is 0; give a whole number of at least 1.'],
    [
      'WebGPU where there is none',
      `'/good/', { device: 'webgpu' }`,
      'RuntimeError',
      /^The device "webgpu" does not work here: /,
    ],
    ['int8 without calibration', `'/good/', { precision: 'int8' }`, 'UsageError', /^There is no quantization\.json at/],
    [
      'options that do not fit each other',
      `'/good/', { overlap: 8 }`,
      'UsageError',
      /An overlap of 8 was given, but no tile/,
    ],
    [
      'no engine',
      `'/good/', { wasmPaths: '/nowhere/' }`,
      'RuntimeError',
      /the engine's file .*\/nowhere\/ort-wasm-simd-threaded\.wasm.*404/i,
    ],
    [
      'no worker',
      `'/good/', { worker: () => new Worker('/nowhere.js', { type: 'module' }) }`,
      'RuntimeError',
      /^The model's worker could not be started/,
    ],
  ] as const)('with %s is told what and why', async (_, given, name, message) => {
    const told = await runInPage<Told>(
      page,
      `const model = await loadModel(${given}); await model.dispose(); return {};`,
    );
    expect(told.error?.message).toMatch(message);
    expect(told.error?.name).toBe(name);
  });

  test.each([
    [
      'a text file',
      `'/text.jpg'`,
      'FormatError',
      'text.jpg: not an image that can be read: it is a text file. Check that it was saved as an image.',
    ],
    ['a page', `'/page.jpg'`, 'FormatError', /\/page\.jpg: the server answered with a page \(HTML\)/],
    ['a cut JPEG', `'/cut.jpg'`, 'FormatError', /^cut\.jpg: the JPEG is damaged or cut off/],
    ['an address of nothing', `'/nothing.jpg'`, 'UsageError', /^There is no nothing\.jpg at/],
    [
      'a file of text',
      `new File(['text'], 'notes.txt')`,
      'FormatError',
      /^notes\.txt: not an image that can be read: it is a text file/,
    ],
    [
      'an image that is too small',
      `'/small.png'`,
      'ShapeError',
      /^The image is 16 x 16 pixels; it needs at least 32 x 32/,
    ],
    [
      'an <img> that is broken',
      `Object.assign(new Image(), { src: '/text.jpg' })`,
      'UsageError',
      /^The <img> \S+\/text\.jpg cannot be shown/,
    ],
    [
      'an address without a file',
      `'/nowhere.jpg'`,
      'UsageError',
      /^There is no nowhere\.jpg at http:\S+\/nowhere\.jpg \(the server answered 404\)\. Check the address\.$/,
    ],
    ['a number', '7', 'UsageError', /^An image is an <img>.*but got the number 7\.$/],
    ['a video without a frame', `document.createElement('video')`, 'UsageError', /^The video has no frame yet/],
  ] as const)('that gives %s for an image is told so, and the model goes on', async (_, given, name, message) => {
    const told = await runInPage<Told & { after: number }>(
      page,
      `const model = await loadModel('/good/');
       const error = await model.segment(${given}).then(() => undefined, ({ name, message }) => ({ name, message }));
       const after = (await model.segment('/photo.jpg')).labels.data.length;
       await model.dispose();
       return { error, after };`,
    );
    expect(told.error?.message).toMatch(message);
    expect(told.error?.name).toBe(name);
    expect(told.after).toBe(96 * 64);
  });

  test('is told which classes there are, and which opacities', async () => {
    const told = await runInPage<string[]>(
      page,
      `const model = await loadModel('/good/');
       const result = await model.segment('/photo.jpg');
       await model.dispose();
       const message = (call) => { try { call(); return 'nothing'; } catch (error) { return error.message; } };
       return [() => result.cutout('unicorn'), () => result.toImageData({ classes: ['unicorn'] }),
         () => result.toImageData({ opacity: 2 }), () => result.toImageData({ opacity: 2, background: 'transparent' })].map(message);`,
    );
    expect(told[0]).toMatch(/^The model has no class "unicorn"\. Its classes are /);
    expect(told[1]).toBe(told[0]);
    expect(told[2]).toMatch(/the opacity is 2\. Choose a number from 0/);
    expect(told[3]).toBe(told[2]);
  });

  describe('that aborts', () => {
    const aborted = (phase: string) => runInPage<Told & { milliseconds: number }>(page, phase);

    test.each([
      ['before loading', `AbortSignal.abort(new Error('enough'))`],
      ['while loading', `AbortSignal.timeout(1)`],
    ])('%s ends it with the reason', async (_, signal) => {
      const told = await aborted(`await loadModel('/good/', { signal: ${signal} }); return {};`);
      expect(told.error?.message).toMatch(/enough|timed out/);
    });

    test('a download that stalls ends at once', async () => {
      const told = await aborted(
        `const control = new AbortController();
         const began = performance.now();
         setTimeout(() => control.abort(new Error('enough')), 1500);
         const error = await loadModel('/stalled/', { signal: control.signal }).then(() => undefined, ({ name, message }) => ({ name, message }));
         return { error, milliseconds: performance.now() - began };`,
      );
      expect(told.error?.message).toBe('enough');
      expect(told.milliseconds).toBeLessThan(20_000);
    });

    test('a call that waits ends it at once, and one that is computed too; others go on', async () => {
      const result = await runInPage(
        page,
        `const model = await loadModel('/good/');
         const controls = [0, 1, 2, 3].map(() => new AbortController());
         const ended = [];
         const calls = controls.map(({ signal }, index) => model.segment('/photo.jpg', { signal }).then(
           () => ended.push(index + ' done'), (error) => ended.push(index + ' ' + error.message)));
         await new Promise((resolve) => setTimeout(resolve, 20));
         controls[2].abort(new Error('waiting'));
         controls[0].abort(new Error('computing'));
         await Promise.all(calls);
         await model.dispose();
         return ended;`,
      );
      expect(result).toEqual(['2 waiting', '0 computing', '1 done', '3 done']);
    });
  });

  test('whose newer frames replace waiting ones gets the first and the last', async () => {
    const ended = await runInPage(
      page,
      `const model = await loadModel('/good/');
       const results = await Promise.allSettled([1, 2, 3, 4].map(() => model.segment('/photo.jpg', { latest: true })));
       await model.dispose();
       return results.map(({ status, reason }) => reason?.name ?? status);`,
    );
    expect(ended).toEqual(['fulfilled', 'AbortError', 'AbortError', 'fulfilled']);
  });

  test('that disposes gets what it began, and then a clear error; it may load again', async () => {
    const result = await runInPage(
      page,
      `const model = await loadModel('/good/');
       const begun = [model.segment('/photo.jpg'), model.segment('/photo.jpg')];
       const disposal = model.dispose();
       const sizes = (await Promise.all(begun)).map(({ labels }) => labels.data.length);
       await disposal;
       await model.dispose();
       const after = await model.segment('/photo.jpg').catch(({ name, message }) => name + ': ' + message);
       const again = await loadModel('/good/');
       const size = (await again.segment('/photo.jpg')).labels.data.length;
       await again.dispose();
       return { sizes, after, size };`,
    );
    expect(result).toEqual({
      sizes: [96 * 64, 96 * 64],
      after: 'RuntimeError: The model was disposed of. Load it again to segment more images.',
      size: 96 * 64,
    });
  });

  test('whose image takes longer than its limit is told, and may load again', async () => {
    const result = await runInPage(
      page,
      `const model = await loadModel('/good/');
       const calls = [model.segment('/photo.jpg', { limit: 0 }), model.segment('/photo.jpg')];
       const told = (await Promise.allSettled(calls)).map(({ reason }) => reason?.message);
       const after = await model.segment('/photo.jpg').catch(({ message }) => message);
       const again = await loadModel('/good/');
       const size = (await again.segment('/photo.jpg')).labels.data.length;
       await again.dispose();
       return { told, after, size };`,
    );
    const message = expect.stringMatching(/^The image took longer than 0 seconds, and the model was ended/);
    expect(result).toEqual({ told: [message, message], after: message, size: 96 * 64 });
  });

  test('whose worker dies is told by every call, and may load again', async () => {
    const result = await runInPage<{ told: string; after: string; size: number }>(
      page,
      `let killed;
       const model = await loadModel('/good/', { worker: (script) => (killed = new Worker('/refinenet/' + script, { type: 'module' })) });
       const call = model.segment('/photo.jpg').catch(({ message }) => message);
       killed.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
       const told = await call;
       const after = await model.segment('/photo.jpg').catch(({ message }) => message);
       await model.dispose();
       const again = await loadModel('/good/');
       const size = (await again.segment('/photo.jpg')).labels.data.length;
       await again.dispose();
       return { told, after, size };`,
    );
    const message = "The model's worker failed (out of memory). Load the model again.";
    expect(result).toEqual({ told: message, after: message, size: 96 * 64 });
  });

  describe('without a network', () => {
    test('loads what it loaded before, and segments', async () => {
      const context = await browser.newContext();
      const own = await context.newPage();
      await own.goto(pages.address);
      const once = `const model = await loadModel('/good/'); const { labels } = await model.segment(new Blob([photo])); await model.dispose(); return String(labels.data);`;
      const photo = `const photo = new Uint8Array(${JSON.stringify([...jpeg])});`;
      const online = await runInPage(own, `${photo} ${once}`);
      await context.setOffline(true);
      const offline = await runInPage(own, `${photo} ${once}`);
      expect(offline).toEqual(online);
      await context.close();
    });

    test('and with nothing kept is told that the network fails', async () => {
      const context = await browser.newContext();
      const own = await context.newPage();
      await own.goto(pages.address);
      await runInPage(own, `const model = await loadModel('/good/', { cache: false }); await model.dispose();`);
      await context.setOffline(true);
      const told = await runInPage<Told>(own, `await loadModel('/good/', { cache: false }); return {};`);
      expect(told.error?.message).toMatch(/cannot be reached \(.*\)\. Check the network/);
      await context.close();
    });
  });

  test('whose kept files were damaged downloads them again', async () => {
    const result = await runInPage<{ before: number; kept: boolean[]; size: number }>(
      page,
      `await (await loadModel('/good/')).dispose();
       const cache = await caches.open('refinenet');
       const address = new URL('/good/model.safetensors', location.href).href;
       const response = await cache.match(address);
       const bytes = new Uint8Array(await response.arrayBuffer());
       bytes[bytes.length >> 1] ^= 1;
       await cache.put(address, new Response(bytes, { headers: response.headers }));
       const model = await loadModel('/good/');
       const size = (await model.segment('/photo.jpg')).labels.data.length;
       await model.dispose();
       const mended = new Uint8Array(await (await cache.match(address)).arrayBuffer());
       return { size, kept: [mended[mended.length >> 1] !== bytes[bytes.length >> 1]] };`,
    );
    expect(result).toEqual({ size: 96 * 64, kept: [true] });
  });

  test('takes a kept file as long as the server has the same, and the new one once it changed', async () => {
    pages.answers['/changing/config.json'] = pages.answers['/good/config.json'] as Buffer;
    pages.answers['/changing/preprocessor_config.json'] = pages.answers['/good/preprocessor_config.json'] as Buffer;
    pages.answers['/changing/model.safetensors'] = pages.answers['/good/model.safetensors'] as Buffer;
    const load = `const model = await loadModel('/changing/'); const name = model.description.classes[0].name; await model.dispose(); return name;`;
    const downloads = () => pages.requests.filter((line) => line === 'GET /changing/model.safetensors').length;
    const first = await runInPage(page, load);
    expect(await runInPage(page, load)).toBe(first);
    expect(downloads()).toBe(1);
    const config = JSON.parse(String(pages.answers['/changing/config.json']));
    config.id2label['0'] = 'changed';
    pages.answers['/changing/config.json'] = JSON.stringify(config);
    expect(await runInPage(page, load)).toBe('changed');
    expect(downloads()).toBe(1);
  });
});
