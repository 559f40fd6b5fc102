/** The app as a site: every file of it by the path that it is asked for at, wherever it lies. */
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { PACKAGE_FOLDER } from '../../platform/node/package.ts';
import type { ServedModel } from '../engines/messages.ts';

/** A file on the disk, or a text. */
export type SiteFile = { readonly file: string } | { readonly text: string };

/** Files by their path in the site: `index.html`, `assets/app.js`. Its folder is `index.html`'s. */
export type Site = ReadonlyMap<string, SiteFile>;

const APP = join(PACKAGE_FOLDER, 'dist', 'app');
const SCRIPTS = join(PACKAGE_FOLDER, 'dist', 'browser');
const ENGINE_FILE = /^ort-wasm-simd-threaded(\.jspi|\.asyncify)?\.wasm$/;
const WORKER_FILE = /-worker\.js$/;
const MODEL_FILES = ['config.json', 'preprocessor_config.json', 'model.safetensors', 'README.md'];

/** Whether the app's files are there, as they are in the published package and after `npm run build`. */
export const isSiteBuilt = (): Promise<boolean> => isFile(join(APP, 'index.html'));

/**
 * The app, the scripts of its workers and the engine beneath `engine/`, the models beneath `models/`, and their list,
 * `models/index.json`, the first of which the app begins with.
 * @throws UsageError if the app is not built.
 */
export async function siteFiles(models: readonly ServedModel[]): Promise<Site> {
  if (!(await isSiteBuilt())) {
    throw new UsageError(
      `The app is not built: there is no ${join(APP, 'index.html')}. In a checkout, npm run build makes it.`,
    );
  }
  const engine = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  const own = await readdir(APP, { recursive: true, withFileTypes: true });
  const site = new Map<string, SiteFile>();
  for (const entry of own.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    site.set(file.slice(APP.length + 1).replaceAll('\\', '/'), { file });
  }
  for (const [folder, wanted] of [
    [SCRIPTS, WORKER_FILE],
    [engine, ENGINE_FILE],
  ] as const) {
    for (const name of (await readdir(folder)).filter((each) => wanted.test(each))) {
      site.set(`engine/${name}`, { file: join(folder, name) });
    }
  }
  for (const { name, folder } of models) {
    for (const part of MODEL_FILES) {
      if (await isFile(join(folder, part))) site.set(`models/${name}/${part}`, { file: join(folder, part) });
    }
  }
  site.set('models/index.json', { text: JSON.stringify(models.map(({ name }) => name)) });
  return site;
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() ?? false;
