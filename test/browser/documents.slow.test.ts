/** The pages of docs/browser.md, each as a user has it: bundled by Vite or esbuild without configuration, or not at all. */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawShapes } from '../../src/data/drawn/shapes.ts';
import { encodeLabelPng, encodePng } from '../../src/image/png.ts';
import { missingBrowser, openBrowser, type Pages, servePages } from '../support/browser.ts';
import { CHECKOUT, drawPhoto, linkedProject, pack, temporaryFolder } from '../package/packed.ts';

/** The first page below a heading. */
async function pageBelow(heading: string): Promise<string> {
  const text = await readFile(join(CHECKOUT, 'docs/browser.md'), 'utf8');
  const html = text.split(`\n## ${heading}\n`)[1]?.match(/```html\n([\s\S]*?)```/)?.[1];
  if (!html) throw new Error(`docs/browser.md has no page below "${heading}".`);
  return html;
}

let project: string;
let browser: Browser;

/** What the canvas of a page shows: its size and how many colors are on it. */
const SHOWN = `(() => {
  const canvas = document.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colors = new Set();
  for (let at = 0; at < data.length; at += 4) colors.add(data.slice(at, at + 4).join());
  return { width: canvas.width, height: canvas.height, colors: colors.size };
})()`;

/** Opens what is in a folder; an error of the page, or a file that it lacks, is the test's. */
async function opened(folder: string, path = ''): Promise<{ page: Page; pages: Pages; faults: string[] }> {
  const pages = await servePages({ folders: { '/': `${folder}/` }, answers: {}, own: true });
  const context = await browser.newContext({ permissions: ['camera'] });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`));
  await page.goto(`${pages.address}${path}`);
  return { page, pages, faults };
}

async function close({ page, pages }: { page: Page; pages: Pages }): Promise<void> {
  await page.context().close();
  await pages.close();
}

/** A folder of files that are served as they are, with the model and a photograph. */
async function publicFolder(name: string): Promise<string> {
  const folder = join(project, name);
  await mkdir(join(folder, 'models'), { recursive: true });
  await cp(join(CHECKOUT, 'models/street-scenes'), join(folder, 'models/street-scenes'), { recursive: true });
  await drawPhoto(join(folder, 'photo.jpg'));
  return folder;
}

/** A project of one page. */
async function viteRoot(name: string, html: string): Promise<string> {
  const root = join(project, name);
  await mkdir(root, { recursive: true });
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'), 'junction');
  await publicFolder(`${name}/public`);
  await writeFile(join(root, 'index.html'), html);
  return root;
}

async function viteBuild(name: string, html: string): Promise<string> {
  const root = await viteRoot(name, html);
  const { build } = await import('vite');
  await build({ root, logLevel: 'silent', configFile: false });
  return join(root, 'dist');
}

describe.skipIf(missingBrowser)(`docs/browser.md${missingBrowser}`, () => {
  beforeAll(async () => {
    project = await temporaryFolder();
    const { archive } = await pack(project);
    await linkedProject(archive, project);
    browser = await openBrowser({ flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });
  });

  afterAll(() => browser?.close());

  test('a picture: Vite bundles the page without configuration, and it draws the overlay', async () => {
    const site = await opened(await viteBuild('picture', await pageBelow('A picture')), 'index.html');
    try {
      await expect
        .poll(() => site.page.evaluate(SHOWN), { timeout: 120_000 })
        .toMatchObject({
          width: 480,
          height: 360,
          colors: expect.toSatisfy((colors: number) => colors > 3),
        });
      expect(site.faults).toEqual([]);
    } finally {
      await close(site);
    }
  });

  test("a picture: Vite's server for development needs no configuration either", async () => {
    const root = await viteRoot('developed', await pageBelow('A picture'));
    const { createServer } = await import('vite');
    // The packages of this test are links out of its project, which the server would not follow.
    const server = await createServer({
      root,
      logLevel: 'silent',
      configFile: false,
      server: { port: 0, host: '127.0.0.1', fs: { strict: false } },
    });
    await server.listen();
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(server.resolvedUrls?.local[0] as string);
      const colors = async () => (await page.evaluate<{ colors: number }>(SHOWN)).colors;
      await expect.poll(colors, { timeout: 120_000 }).toBeGreaterThan(3);
    } finally {
      await context.close();
      await server.close();
    }
  });

  test('the webcam: frames are drawn as they come', async () => {
    const site = await opened(await viteBuild('webcam', await pageBelow('The webcam')), 'index.html');
    try {
      const line = () => site.page.locator('p').textContent();
      await expect.poll(line, { timeout: 120_000 }).toMatch(/^\d+\.\d s: \w+/);
      const first = await line();
      await expect.poll(line, { timeout: 120_000 }).not.toBe(first);
      expect(await site.page.evaluate(SHOWN)).toMatchObject({ width: 320, height: 240 });
      expect(site.faults).toEqual([]);
    } finally {
      await close(site);
    }
  });

  test('without a bundler: a photograph that is chosen is segmented', async () => {
    const folder = await publicFolder('plain');
    const engine = join(CHECKOUT, 'node_modules/onnxruntime-web/dist');
    await cp(join(project, 'node_modules/refinenet/dist/browser'), join(folder, 'refinenet'), { recursive: true });
    await cp(join(engine, 'ort-wasm-simd-threaded.wasm'), join(folder, 'refinenet/ort-wasm-simd-threaded.wasm'));
    await writeFile(join(folder, 'index.html'), await pageBelow('Without a bundler'));
    const site = await opened(folder, 'index.html');
    try {
      await expect.poll(() => site.page.title(), { timeout: 120_000 }).toBe('Ready');
      await site.page.setInputFiles('input', join(folder, 'photo.jpg'));
      await expect
        .poll(() => site.page.evaluate(SHOWN), { timeout: 120_000 })
        .toMatchObject({ width: 480, height: 360, colors: expect.toSatisfy((colors: number) => colors > 3) });
      expect(site.faults).toEqual([]);
    } finally {
      await close(site);
    }
  });

  test('esbuild: workers and engine lie beside its output', async () => {
    const folder = await publicFolder('bundled');
    const [html, script] = split(await pageBelow('A picture'));
    await writeFile(join(project, 'main.js'), script);
    await esbuild({
      entryPoints: [join(project, 'main.js')],
      outfile: join(folder, 'main.js'),
      bundle: true,
      format: 'esm',
      target: 'es2023',
      logLevel: 'silent',
    });
    for (const name of ['wasm-worker.js']) {
      await cp(join(project, 'node_modules/refinenet/dist/browser', name), join(folder, name));
    }
    const wasm = 'ort-wasm-simd-threaded.wasm';
    await cp(join(CHECKOUT, 'node_modules/onnxruntime-web/dist', wasm), join(folder, wasm));
    await writeFile(join(folder, 'index.html'), html);
    const site = await opened(folder, 'index.html');
    try {
      await expect
        .poll(() => site.page.evaluate(SHOWN), { timeout: 120_000 })
        .toMatchObject({ width: 480, height: 360, colors: expect.toSatisfy((colors: number) => colors > 3) });
      expect(site.faults).toEqual([]);
    } finally {
      await close(site);
    }
  });

  test('training in the page: pictures that are chosen are learned, and the model is saved', async () => {
    const [large, small] = ['epochs: 10,', 'epochs: 1, batch: 2,'];
    const html = await pageBelow('Training in the page');
    expect(html.split(large)).toHaveLength(2);
    const site = await opened(await viteBuild('training', html.replace(large, small)), 'index.html');
    const files = { images: [] as string[], masks: [] as string[] };
    for (const index of [0, 1, 2, 3, 4]) {
      const { image, labels } = drawShapes(2, ['document', index], 96);
      for (const [kind, bytes] of Object.entries({ images: encodePng(image), masks: encodeLabelPng(labels, []) })) {
        await mkdir(join(project, kind), { recursive: true });
        files[kind as keyof typeof files].push(join(project, kind, `shape-${index}.png`));
        await writeFile(join(project, kind, `shape-${index}.png`), bytes);
      }
    }
    try {
      await site.page.setInputFiles('#images', files.images);
      await site.page.setInputFiles('#masks', files.masks);
      const download = site.page.waitForEvent('download', { timeout: 300_000 });
      await site.page.click('#train');
      expect((await download).suggestedFilename()).toBe('training.zip');
      expect(await site.page.locator('#said').textContent()).toBe('finished after 2 steps');
      expect(await site.page.evaluate(SHOWN)).toMatchObject({ width: 96, height: 96 });
      expect(site.faults).toEqual([]);
    } finally {
      await close(site);
    }
  });

  test('the example that trains in a page draws, learns and draws again', async () => {
    const html = await readFile(join(CHECKOUT, 'examples/train-in-a-page.html'), 'utf8');
    const site = await opened(await viteBuild('example', html.replace('epochs: 50,', 'epochs: 1,')), 'index.html');
    try {
      const said = () => site.page.locator('#said').textContent();
      await expect.poll(said, { timeout: 120_000 }).toMatch(/^Ready\. Mean IoU on these pictures: \d+ %$/);
      await site.page.click('#go');
      await expect.poll(said, { timeout: 300_000 }).toMatch(/^finished after 2 steps\. .*: \d+ % before, \d+ % after$/);
      expect(await site.page.locator('canvas').count()).toBe(32);
      expect(site.faults).toEqual([]);
    } finally {
      await close(site);
    }
  });
});

/** A page that loads main.js, and what it had as a script of its own. */
function split(page: string): [html: string, script: string] {
  const [, before, script, after] = page.match(/^([\s\S]*<script type="module")>([\s\S]*)(<\/script>[\s\S]*)$/) as [
    string,
    string,
    string,
    string,
  ];
  return [`${before} src="/main.js">${after}`, script];
}
