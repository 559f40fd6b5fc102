/** Writes dist/browser: the package for pages without a bundler. One script to load, and beside it those that its workers run. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
  entryPoints: ['wasm-worker', 'webgpu-worker', 'jspi-worker', 'training-worker'].map(
    (name) => `dist/platform/web/${name}.js`,
  ),
});

/** Whose packages have no text of their license. */
const HOLDERS = {
  '@bufbuild/protobuf': 'Buf Technologies, Inc. and Google Inc.',
  'onnxruntime-web': 'Microsoft Corporation',
};

/** What the licenses of the libraries ask for whoever passes them on inside other files. */
const files = [pages, training, workers].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const packages = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
const notices = [...packages].sort().map(async (name) => {
  const folder = join(ROOT, 'node_modules', name);
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const own = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  const text = own
    ? await readFile(join(folder, own), 'utf8')
    : `License: ${license}. Copyright (c) ${HOLDERS[name] ?? 'its authors'}.`;
  return `${name} ${version}, ${license}\n\n${text.trim()}\n`;
});
await writeFile(
  join(ROOT, FOLDER, 'LICENSES.txt'),
  `The scripts in this folder contain parts of these libraries.\n\n${(await Promise.all(notices)).join('\n---\n\n')}`,
);
