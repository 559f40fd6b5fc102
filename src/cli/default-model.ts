/** The model that `predict` uses when none is named. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { PACKAGE_FOLDER } from './package.ts';

/** Its folder inside the package. */
const DEFAULT_MODEL = join('models', 'street-scenes');

/** @throws UsageError if the package holds no such model; the message says what to do. */
export async function defaultModel(): Promise<string> {
  const folder = join(PACKAGE_FOLDER, DEFAULT_MODEL);
  if (await stat(folder).catch(() => null)) return folder;
  throw new UsageError(
    'This version ships no model of its own yet. Name one with --model DIR, or import a checkpoint first, which makes it the default:\n' +
      `  npx refinenet import CHECKPOINT.pth --output ${folder}`,
  );
}
