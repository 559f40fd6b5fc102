/** What tells a model's files from others under the same path. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CONFIG_FILE, PREPROCESSOR_FILE, WEIGHTS_FILE } from '../../models/folder/files.ts';
import { QUANTIZATION_FILE } from '../../models/folder/quantization.ts';
import { type ModelLocation, modelFolder } from './model-location.ts';

/** All that results depend on. */
const FILES: readonly string[] = [CONFIG_FILE, PREPROCESSOR_FILE, WEIGHTS_FILE, QUANTIZATION_FILE];

/** Digests by file, and what it was when it was read: a file is read again only where it was written again. */
const known = new Map<string, { readonly written: string; readonly digest: string }>();

/**
 * The SHA-256 of a model's files, in hexadecimal digits: the same on every machine that has the same files. Undefined where there is no model.
 */
export async function modelDigest(location: ModelLocation | undefined): Promise<string | undefined> {
  try {
    const folder = resolve(await modelFolder(location));
    const all = createHash('sha256');
    for (const name of FILES)
      all.update(`${name} ${await fileDigest(join(folder, name), name === QUANTIZATION_FILE)}\n`);
    return all.digest('hex');
  } catch {
    // What is wrong with it is told where it is loaded.
    return undefined;
  }
}

async function fileDigest(path: string, isOptional: boolean): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    if (isOptional) return undefined;
    throw error;
  });
  if (!found) return 'none';
  const { ino, size, mtimeMs, ctimeMs } = found;
  const written = [ino, size, mtimeMs, ctimeMs].join(' ');
  const before = known.get(path);
  if (before?.written === written) return before.digest;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  known.set(path, { written, digest });
  return digest;
}
