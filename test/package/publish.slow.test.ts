/** What npm would publish: the right files, and nothing that the linters of packages find. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKOUT, pack, run, temporaryFolder } from './packed.ts';

let folder: string;
let archive: string;
let files: readonly string[];

beforeAll(async () => {
  folder = await temporaryFolder();
  ({ archive, files } = await pack(folder));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the published package', () => {
  test('holds the program, the models, the documents and the notices', () => {
    for (const file of [
      'bin/refinenet.js',
      'dist/entries/core.d.ts',
      'dist/entries/node.js',
      'dist/entries/web.js',
      'dist/entries/web-training.js',
      'dist/platform/web/training-worker.js',
      'dist/platform/web/webgpu-training-worker.js',
      'dist/platform/node/engine-thread/worker.js',
      'dist/platform/node/hdf5/hdf5-worker.js',
      'models/general/model.safetensors',
      'models/street-scenes/model.safetensors',
      'models/nuclei/model.safetensors',
      'models/portrait/model.safetensors',
      'README.md',
      'LICENSE',
      'THIRD-PARTY-NOTICES.md',
    ]) {
      expect(files).toContain(file);
    }
  });

  test("holds no tests, sources or compiler's notes", () => {
    expect(files.filter((file) => /\.tsbuildinfo$|\.test\.|^(src|test|tools)\//.test(file))).toEqual([]);
  });

  test('has no document that links to what is not in it', () => {
    const documents = files.filter((file) => file.endsWith('.md'));
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/training.md']));
    const missing = documents.flatMap((document) => {
      const text = readFileSync(`${CHECKOUT}/${document}`, 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link as string);
      return links
        .map((link) => posix.join(posix.dirname(document), link))
        .filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`)))
        .map((path) => `${document}: ${path}`);
    });
    expect(missing).toEqual([]);
  });

  test('has source maps that hold their sources', () => {
    const { sourcesContent } = JSON.parse(readFileSync(`${CHECKOUT}/dist/entries/node.js.map`, 'utf8')) as {
      sourcesContent?: readonly string[];
    };
    expect(sourcesContent?.[0]).toContain("export * from './core.ts'");
  });

  test('has nothing that publint finds', async () => {
    const { publint } = await import('publint');
    const tarball = readFileSync(archive);
    const { messages } = await publint({
      pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
    });
    expect(messages).toEqual([]);
  });

  test('has types that are found wherever its modules are', async () => {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [`${CHECKOUT}/node_modules/@arethetypeswrong/cli/dist/index.js`, archive, '--profile', 'esm-only', '--no-emoji'],
      folder,
    );
    expect(code, `${stdout}${stderr}`).toBe(0);
    for (const entry of ['', '/evaluation', '/node', '/training', '/web', '/web/training'])
      expect(stdout).toContain(`"refinenet${entry}"`);
  });
});
