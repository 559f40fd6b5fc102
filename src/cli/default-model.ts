/** The model that `predict` uses when none is named. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { PACKAGE_FOLDER } from './package.ts';

/** Its folder inside the package. */
const DEFAULT_MODEL = join('models', 'street-scenes');

/** @throws UsageError if it is not in the package, as in a copy without `models`. */
export async function defaultModel(): Promise<string> {
  const folder = join(PACKAGE_FOLDER, DEFAULT_MODEL);
  if (await stat(folder).catch(() => null)) return folder;
  throw new UsageError(
    `The shipped model is missing: there is no ${folder}. Install the package again, or name a model folder of yours (predict: --model DIR; val: DIR DATASET).`,
  );
}
