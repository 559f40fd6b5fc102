/** What ships to a page: `inference` carries neither the rules of gradients nor a trainer. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { RULES } from '../src/graph/gradient/rules/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What only trains, reads other files, or runs in Node. */
const NOT_IN_PAGES =
  /dist\/(training|evaluation|data|tasks|cli|server|platform\/node|graph\/gradient)\/|\/pytorch\/|node_modules\/(yaml|onnx-buf|pickleparser|sharp)\//;

/** A script that uses one export of src, with everything it needs: its text, and the files of src that have a part in it. */
async function bundle(
  name: string,
  path: string,
): Promise<{ readonly text: string; readonly files: readonly string[] }> {
  const { text, inputs } = await scriptOf(`import { ${name} } from './src/${path}';\nconsole.log(${name});`);
  return { text, files: inputs.flatMap((file) => (file.startsWith('src/') ? [file.slice('src/'.length)] : [])) };
}

/** A program for a page: the text, and the files that have a part in it. */
async function scriptOf(contents: string, options: { readonly minify?: boolean; readonly external?: string[] } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
    ...options,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file] : [],
  );
  return { text: outputFiles[0]?.text ?? '', bytes: outputFiles[0]?.contents.length ?? 0, inputs };
}

/** Files, and words of the text, that only differentiation brings. */
const traces = ({ text, files }: Awaited<ReturnType<typeof bundle>>): string[] => [
  ...files.filter((file) => /^(graph\/gradient|training)\//.test(file)),
  ...['has no gradient', 'RULES', 'ConvWeightGradient = '].filter((word) => text.includes(word)),
  // A rule's entry in a table: its operator's name before a function.
  ...Object.entries(RULES).flatMap(([name, rule]) =>
    typeof rule === 'function' && new RegExp(`^ *${name}: (\\(|byInput|byOutput|bilinear)`, 'm').test(text)
      ? [name]
      : [],
  ),
];

describe('a bundle that only segments', () => {
  test.each([
    ['segmentationGraph', 'inference/segmentation/graph.ts'],
    ['Segmenter', 'inference/segmenter.ts'],
  ])('holds no gradient rule: %s', async (name, path) => {
    const bundled = await bundle(name, path);
    expect(bundled.files).toContain(path);
    expect(bundled.files).toContain('graph/ops/conv.ts');
    expect(traces(bundled)).toEqual([]);
  });
});

test('a bundle that trains holds them, so that they would be found', async () => {
  const found = traces(await bundle('gradientValues', 'training/step/graph.ts'));
  expect(found).toEqual(
    expect.arrayContaining(['graph/gradient/rules/elementwise.ts', 'has no gradient', 'RULES', 'Mul', 'Conv', 'Exp']),
  );
});

test('a page that only segments loads little: the package, minified, without the engine', async () => {
  const wanted = ['Segmenter', 'webBackend', 'fromModelConfig', 'fromPreprocessorConfig', 'readSafetensors'];
  const script = await scriptOf(`export { ${wanted.join(', ')} } from './dist/entries/web.js';`, { minify: true });
  expect(script.inputs.filter((file) => NOT_IN_PAGES.test(file))).toEqual([]);
  expect(script.inputs).toContain('dist/inference/segmenter.js');
  expect(script.bytes).toBeLessThan(CEILING);
});

test('a page of three lines loads little: what it runs itself and its worker, compressed, without the engine', async () => {
  const engine = ['onnxruntime-web/*'];
  const page = await scriptOf("import { loadModel } from './dist/entries/browser.js'; console.log(loadModel);", {
    minify: true,
    external: [...engine, '*/open-in-page.js'],
  });
  const worker = await scriptOf("import './dist/platform/web/wasm-worker.js';", { minify: true, external: engine });
  for (const { inputs } of [page, worker]) expect(inputs.filter((file) => NOT_IN_PAGES.test(file))).toEqual([]);
  // The network is in the worker alone.
  expect(page.inputs.filter((file) => /dist\/(models|graph|weights)\/|zod/.test(file))).toEqual([]);
  expect(worker.inputs).toContain('dist/models/network.js');
  const [ofPage, ofWorker] = [page, worker].map(({ text }) => gzipSync(text).length) as [number, number];
  expect(ofPage).toBeLessThan(PAGE_CEILING);
  expect(ofPage + ofWorker).toBeLessThan(TOTAL_CEILING);
});

/** Bytes, compressed. */
const [PAGE_CEILING, TOTAL_CEILING] = [25_000, 100_400];

/** Bytes. Raise it only for what every page needs. */
const CEILING = 166_000;
