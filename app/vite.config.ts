/** Builds the app: static files in dist/app, which may lie at any address. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { licenseNotices } from '../tools/license-notices.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The package's workers are built already (dist/browser): they lie in engine/ beside the page, with the engine's .wasm files, and are
 * not bundled once more. Nor is what computes in the page itself, for here a worker always does.
 */
function builtWorkers(): Plugin {
  const NEW_WORKER = /new Worker\(new URL\('\.\/([\w-]+\.js)', import\.meta\.url\)/g;
  return {
    name: 'built-workers',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith('open-in-page.js') ? '\0open-in-page' : null),
    load: (id) => (id === '\0open-in-page' ? 'export {};' : null),
    transform(code, id) {
      if (!id.includes('/platform/web/') || !NEW_WORKER.test(code)) return null;
      return code.replace(NEW_WORKER, "new Worker(new URL('./engine/$1', document.baseURI)");
    },
  };
}

/** Writes LICENSES.txt beside the scripts. */
function licenses(): Plugin {
  return {
    name: 'licenses',
    async generateBundle(_, bundle) {
      const files = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? Object.keys(part.modules) : []));
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: await licenseNotices(at('..'), files) });
    },
  };
}

export default defineConfig({
  root: at('.'),
  base: './',
  resolve: {
    alias: [
      { find: /^refinenet\/web\/training$/, replacement: at('../dist/entries/web-training.js') },
      { find: /^refinenet\/web$/, replacement: at('../dist/entries/web.js') },
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: at('../dist/app'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [builtWorkers(), licenses()],
});
