import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../../../test/support/app.ts';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder, writeSyntheticModel } from '../../../../test/support/synthetic-model.ts';
import { servedModels } from '../../../server/model-names.ts';
import { serveSite } from '../../../server/site/serve-site.ts';
import { siteFiles } from '../../../server/site/site-files.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

let folder: string;
beforeAll(async () => {
  buildApp();
  folder = await temporaryFolder();
  await writeSyntheticModel(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('app', () => {
  test('--output writes a site with the page, its workers, the engine and the models, those given first', async () => {
    const output = join(folder, 'site');
    expect(await main(['app', join(folder, 'model'), '--output', output])).toBe(0);
    expect(terminal.printed).toMatch(
      /The app is in .*site: \d+ files, \d+\.\d MB\. Send it with the headers Cross-Origin/,
    );
    const files = await readdir(output, { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining([
        'index.html',
        join('engine', 'wasm-worker.js'),
        join('engine', 'training-worker.js'),
        join('engine', 'ort-wasm-simd-threaded.wasm'),
        join('models', 'model', 'model.safetensors'),
      ]),
    );
    const names = JSON.parse(await readFile(join(output, 'models', 'index.json'), 'utf8')) as string[];
    expect(names.slice(0, 2)).toEqual(['model', 'general']);
    expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  test('--output leaves a folder alone that has files', async () => {
    await writeFile(join(folder, 'model', 'mine.txt'), 'mine');
    expect(await main(['app', '--output', join(folder, 'model')])).toBe(2);
    expect(terminal.noted).toContain('--output takes a new or empty folder;');
  });

  test('says that a port is taken', async () => {
    const site = await siteFiles(await servedModels([join(folder, 'model')]));
    const first = await serveSite(site, { host: '127.0.0.1', port: 0 });
    const { port } = new URL(first.url);
    expect(await main(['app', '--no-open', '--port', port])).toBe(2);
    expect(terminal.noted).toContain(`The port ${port} of 127.0.0.1 is taken. Choose another with --port;`);
    await first.close();
  });

  test('serves nothing to pages of other sites, nothing beside the site, and a file once where it is known', async () => {
    const { url, close } = await serveSite(await siteFiles(await servedModels([join(folder, 'model')])), {
      host: '127.0.0.1',
      port: 0,
    });
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
    );
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect((await fetch(url, { headers: { origin: 'http://elsewhere.example' } })).status).toBe(403);
    expect((await fetch(`${url}/models/model/mine.txt`)).status).toBe(404);
    expect((await fetch(`${url}/models/%2e%2e/package.json`)).status).toBe(404);
    const etag = page.headers.get('etag') as string;
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await close();
  });
});
