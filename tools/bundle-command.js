/**
 * Writes dist/command: the command line in fewer files, seven for `predict` in place of 390, each of which takes its time to be
 * found and read.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licenseNotices } from './license-notices.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'dist', 'command');

/** Where our own modules are. */
const MODULES = join(ROOT, 'dist', sep);

/** Milliseconds that what is no longer made is kept; `--fresh` keeps nothing. */
const KEPT = process.argv.includes('--fresh') ? 0 : 86_400_000;

/** Packages in many files, with those that they need; all others are what was installed. */
const BUNDLED = [
  'zod',
  '@bufbuild/protobuf',
  ...['fast-png', 'iobuffer', 'fflate'],
  'npyjs',
  'commander',
  ...['cli-progress', 'string-width', 'strip-ansi', 'ansi-regex', 'emoji-regex', 'is-fullwidth-code-point'],
  'picocolors',
];

/** What `predict` loads one after the other. Each becomes one file, with what its modules import and earlier stages do not have. */
const STAGES = {
  start: ['cli/main.js', 'platform/node/image-decoders.js'],
  options: ['cli/commands/predict/command.js'],
  work: [
    ...['tasks/predict/predict.js', 'cli/commands/predict/report.js'],
    ...['platform/node/model-folder.js', 'platform/node/backend.js'],
  ],
  pictures: ['platform/node/task-files.js', 'platform/node/open-image-file.js', 'platform/node/decode-image.js'],
};

const isBundled = (path) => BUNDLED.some((name) => path === name || path.startsWith(`${name}/`));

/** A module that asks where it is gets the answer that it would get by itself, so that it finds what lies beside it. */
const PLACES = {
  name: 'places',
  transform(code, path) {
    if (!path.startsWith(MODULES) || !code.includes('import.meta.url')) return undefined;
    const place = relative(FOLDER, path).split('\\').join('/');
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`);
  },
};

/** sharp as CommonJS, which takes half the time of its ES modules to load. */
const COMMON_SHARP = {
  name: 'common-sharp',
  resolveId: (path) => (path === 'sharp' ? '\0sharp' : undefined),
  load: (path) =>
    path === '\0sharp'
      ? "import { createRequire } from 'node:module'; export default createRequire(import.meta.url)('sharp');"
      : undefined,
};

/** The stage of each module that has one. */
function stagesOf(imports) {
  const stages = new Map();
  const add = (path, stage) => {
    if (stages.has(path)) return;
    stages.set(path, stage);
    for (const next of imports(path)) add(next, stage);
  };
  for (const [stage, entries] of Object.entries(STAGES)) for (const entry of entries) add(join(MODULES, entry), stage);
  return stages;
}

function importsOf(path, graph) {
  const module = graph.getModuleInfo(path);
  if (!module) throw new Error(`${path} is in a stage of the command line, but no part of it. Name another module.`);
  return module.importedIds.filter((imported) => graph.getModuleInfo(imported) !== null);
}

let stages;
const bundle = await rolldown({
  cwd: ROOT,
  input: { main: 'dist/cli/main.js', 'image-decoders': 'dist/platform/node/image-decoders.js' },
  platform: 'node',
  external: (path) => /^[@a-z]/.test(path) && path !== 'sharp' && !isBundled(path),
  plugins: [PLACES, COMMON_SHARP],
  preserveEntrySignatures: 'allow-extension',
  // Modules of a stage are also imported when they are asked for; that is meant.
  checks: { ineffectiveDynamicImport: false },
});
const { output } = await bundle.write({
  dir: FOLDER,
  format: 'esm',
  chunkFileNames: '[name]-[hash].js',
  minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
  comments: { legal: false },
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      {
        debugName: 'stage',
        name(path, graph) {
          stages ??= stagesOf((module) => importsOf(module, graph));
          return stages.get(path) ?? null;
        },
      },
    ],
  },
});
await bundle.close();

// Parts of a former build stay for a while: a command that runs may not have asked for all of its own yet.
const made = new Set(output.map(({ fileName }) => fileName));
for (const name of await readdir(FOLDER)) {
  const path = join(FOLDER, name);
  if (!made.has(name) && Date.now() - (await stat(path)).mtimeMs > KEPT) await rm(path);
}
const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}));
const files = modules.map((path) => relative(ROOT, path).split(sep).join('/'));
await writeFile(join(FOLDER, 'LICENSES.txt'), await licenseNotices(ROOT, files));
