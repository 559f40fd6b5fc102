/**
 * Writes dist/command: the command line in fewer files, about 90 for `predict` in place of 390, each of which takes its time to be
 * found and read.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenseNotices } from './license-notices.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'dist/command';

/** Where our own modules are. */
const MODULES = join(ROOT, 'dist', sep);

/** Milliseconds that what is no longer made is kept. */
const KEPT = 86_400_000;

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

/** CommonJS packages ask for Node's own modules by this, which ES modules lack. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

const isBundled = (path) => BUNDLED.some((name) => path === name || path.startsWith(`${name}/`));

/** Packages that are not bundled stay imports. */
const PACKAGES = {
  name: 'packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) =>
      kind === 'entry-point' || isBundled(path) ? undefined : { path, external: true },
    );
  },
};

/** A module that asks where it is gets the answer that it would get by itself, so that it finds what lies beside it. */
const PLACES = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(MODULES)) return undefined;
      const text = await readFile(path, 'utf8');
      const place = relative(join(ROOT, FOLDER), path).split('\\').join('/');
      return {
        contents: text.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`),
      };
    });
  },
};

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { main: 'dist/cli/main.js', 'image-decoders': 'dist/platform/node/image-decoders.js' },
  outdir: FOLDER,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  banner: { js: REQUIRE },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [PACKAGES, PLACES],
});
// Parts of a former build stay for a while: a command that runs may not have asked for all of its own yet.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of await readdir(join(ROOT, FOLDER))) {
  const path = join(ROOT, FOLDER, name);
  if (!made.has(name) && Date.now() - (await stat(path)).mtimeMs > KEPT) await rm(path);
}
await writeFile(join(ROOT, FOLDER, 'LICENSES.txt'), await licenseNotices(ROOT, Object.keys(metafile.inputs)));
