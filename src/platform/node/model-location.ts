/** The models in the package: where they are, and the one that is used when none is named. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { PACKAGE_FOLDER } from './package.ts';

/** By the names that commands take for them; the first is the default. */
export const SHIPPED_MODELS = ['street-scenes', 'nuclei'] as const;

const isModel = async (path: string): Promise<boolean> =>
  (await stat(join(path, 'config.json')).catch(() => null)) !== null;

/**
 * The folder of the model that a command was given: a path, or where no model is at that path the name of a shipped one.
 * @throws UsageError if a shipped model is not in the package, as in a copy without `models`.
 */
export async function modelFolder(given: string = SHIPPED_MODELS[0]): Promise<string> {
  if (!SHIPPED_MODELS.some((name) => name === given) || (await isModel(given))) return given;
  const folder = join(PACKAGE_FOLDER, 'models', given);
  if (await isModel(folder)) return folder;
  throw new UsageError(
    `The shipped model is missing: there is no ${folder}. Install the package again, or name a model folder of yours (predict: --model DIR; val: DIR DATASET).`,
  );
}
