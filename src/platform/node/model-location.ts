/** Where a model is that is named by a path, a file: URL, an installed package, or the name of a shipped one. */
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { CONFIG_FILE } from '../../models/folder/files.ts';
import { describeValue } from '../../text.ts';
import { localPath } from './local-path.ts';
import { PACKAGE_FOLDER } from './package.ts';

/** The models in the package, by the names that stand for them; the first is the default. */
export const SHIPPED_MODELS = ['general', 'street-scenes', 'portrait', 'nuclei'] as const;

/** A folder's path or file: URL, an npm specifier such as `@someone/model` or `some-package/models/leaves`, or a shipped model's name. */
export type ModelLocation = string | URL;

/**
 * The folder of a model. A path comes first, then the name of a shipped model, then a package that is installed for the
 * working folder; what is none of these is given back as it is, for whoever opens it to say so.
 * @throws UsageError if a shipped model is not in the package, as in a copy without `models`, if a URL is no file's, or if
 * this is neither text nor URL.
 */
export async function modelFolder(given: ModelLocation = SHIPPED_MODELS[0]): Promise<string> {
  const path = pathOf(given);
  if (await isModel(path)) return path;
  if (SHIPPED_MODELS.some((name) => name === path)) return shippedFolder(path);
  return (await installedFolder(path)) ?? path;
}

function pathOf(given: ModelLocation): string {
  if (typeof given !== 'string' && !(given instanceof URL)) {
    throw new UsageError(
      `A model is named by a folder's path, a file: URL, an installed package or a shipped model's name (${SHIPPED_MODELS.join(', ')}), but got ${describeValue(given)}.`,
    );
  }
  return localPath(given, 'folder', 'Download the model folder, and give its path or file: URL.');
}

async function isModel(path: string): Promise<boolean> {
  return (await stat(join(path, CONFIG_FILE)).catch(() => null)) !== null;
}

async function shippedFolder(name: string): Promise<string> {
  const folder = join(PACKAGE_FOLDER, 'models', name);
  if (await isModel(folder)) return folder;
  throw new UsageError(
    `The shipped model is missing: there is no ${folder}. Install the package again, or name a model folder of yours (predict: --model DIR; val: DIR DATASET).`,
  );
}

/** A package's name, with or without a scope and a folder in it. */
const SPECIFIER = /^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w.-]+)*$/;

/** The model folder in a package, sought as Node seeks packages; whatever the package's `exports` say, for it is no module. */
async function installedFolder(specifier: string): Promise<string | undefined> {
  if (!SPECIFIER.test(specifier)) return undefined;
  const folders = createRequire(resolve('unnamed.js')).resolve.paths(specifier) ?? [];
  for (const folder of folders) if (await isModel(join(folder, specifier))) return join(folder, specifier);
  return undefined;
}
