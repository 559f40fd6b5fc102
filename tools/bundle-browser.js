/** Writes dist/browser: the package for pages without a bundler. One script to load, and beside it those that its workers run. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenseNotices } from './license-notices.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'dist/browser';

const OPTIONS = {
  absWorkingDir: ROOT,
  outdir: FOLDER,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

await rm(new URL(`../${FOLDER}`, import.meta.url), { recursive: true, force: true });
// The engine is a part of its own, which only pages load that compute in their own thread.
const pages = await build({
  ...OPTIONS,
  entryPoints: { refinenet: 'dist/entries/browser.js' },
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
});
// On its own: what pages share with it would lie in parts, where no worker's script is found.
const training = await build({
  ...OPTIONS,
  entryPoints: { training: 'dist/entries/web-training.js' },
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
});
// Each worker is one file: the engine's threads run the script of the worker that starts them.
const workers = await build({
  ...OPTIONS,
  entryPoints: ['wasm-worker', 'webgpu-worker', 'jspi-worker', 'training-worker', 'webgpu-training-worker'].map(
    (name) => `dist/platform/web/${name}.js`,
  ),
});

const files = [pages, training, workers].flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(join(ROOT, FOLDER, 'LICENSES.txt'), await licenseNotices(ROOT, files));
