/** The README's programs, taken from it and run by a stranger who installed the package. */
import { createServer, type Server } from 'node:http';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKOUT, chromium, drawPhoto, pack, run, SLOW_MS, temporaryFolder } from './packed.ts';

/** TypeScript's blocks below a heading, up to the next heading of its rank. */
async function programs(heading: string): Promise<readonly string[]> {
  const text = await readFile(join(CHECKOUT, 'README.md'), 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`The README has no section "${heading}".`);
  return [...(section.split('\n## ')[0] as string).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code as string);
}

let project: string;
/** Why nothing could be installed, to be shown; empty when it could. */
let offline = '';

beforeAll(async () => {
  project = await temporaryFolder();
  const { archive } = await pack(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  await drawPhoto(join(project, 'photo.jpg'));
  const install = ['install', archive, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, stderr } = await run('npm', install, project);
  if (code === 0) return;
  if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(stderr)) throw new Error(stderr);
  offline = `the registry cannot be reached: ${stderr.split('\n')[0]}`;
}, SLOW_MS);

afterAll(() => rm(project, { recursive: true, force: true }));

describe("the README's programs", { timeout: SLOW_MS }, () => {
  test('in Node print the classes of an image', async ({ skip }) => {
    if (offline) skip(offline);
    const blocks = await programs('In Node');
    expect(blocks.length).toBeGreaterThan(0);
    const { build } = await import('esbuild');
    for (const [index, code] of blocks.entries()) {
      const file = `program-${index}.ts`;
      await writeFile(join(project, file), code);
      await build({
        entryPoints: [join(project, file)],
        outdir: project,
        format: 'esm',
        target: 'node20',
        logLevel: 'silent',
      });
      const { code: exit, stdout, stderr } = await run(process.execPath, [file.replace('.ts', '.js')], project);
      expect(exit, stderr).toBe(0);
      if (index === 0) {
        expect(stdout).toMatch(/^(road|sky|building) 0\.\d+/m);
        expect(stdout).toMatch(/^480 360 \d+$/m);
      }
    }
  });

  test('in the browser load a shipped model and segment', async ({ skip }) => {
    if (offline) skip(offline);
    if (!chromium) skip('chromium is missing (Debian: apt-get install chromium)');
    const [code] = await programs('In the browser');
    expect(code).toBeDefined();
    const { build } = await import('esbuild');
    await writeFile(join(project, 'page.ts'), `${code}\n${SEGMENT_DRAWN}`);
    await build({
      entryPoints: [join(project, 'page.ts')],
      outfile: join(project, 'page.js'),
      bundle: true,
      format: 'esm',
      target: 'es2023',
      logLevel: 'silent',
    });
    const { server, address } = await serve(project);
    try {
      expect(await resultOfPage(address)).toEqual({ size: [480, 360, 480 * 360, 480, 360], classes: true });
    } finally {
      server.close();
    }
  });
});

/** What the page does after the README's block, with its result and its canvas. */
const SEGMENT_DRAWN = `
const { labels, classes } = result;
(globalThis as { result?: unknown }).result = {
  size: [labels.width, labels.height, labels.data.length, canvas.width, canvas.height], classes: classes.length > 0,
};
`;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Serves the page, the model's files under whatever folder the page asks for, and the engine's own files. */
async function serve(folder: string): Promise<{ readonly server: Server; readonly address: string }> {
  const modules = join(folder, 'node_modules');
  const answer = async (path: string): Promise<Buffer | string> => {
    const name = basename(path);
    if (path === '/')
      return '<!doctype html><meta charset="utf-8"><canvas></canvas><script type="module" src="page.js"></script>';
    if (path === '/page.js' || path === '/photo.jpg') return readFile(join(folder, name));
    if (/-worker\.js$/.test(name)) return readFile(join(modules, 'refinenet/dist/browser', name));
    if (/^ort-[\w.-]+\.(wasm|mjs)$/.test(name)) return readFile(join(modules, 'onnxruntime-web/dist', name));
    return readFile(join(modules, 'refinenet/models/street-scenes', name));
  };
  const server = createServer((request, response) => {
    const path = (request.url as string).split('?')[0] as string;
    answer(path).then(
      (body) =>
        response.setHeader('content-type', TYPES[extname(path) || '.html'] ?? 'application/octet-stream').end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens the page and waits for its result; its first error is the test's. */
async function resultOfPage(address: string): Promise<unknown> {
  const { chromium: launcher } = await import('playwright-core');
  const browser = await launcher.launch({ executablePath: chromium as string, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    const failed = new Promise<never>((_, reject) => page.on('pageerror', reject));
    await page.goto(address);
    const ready = page.waitForFunction('globalThis.result', undefined, { timeout: 100_000 });
    return await (await Promise.race([ready, failed])).jsonValue();
  } finally {
    await browser.close();
  }
}
