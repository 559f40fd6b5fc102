/** The app written to a folder that any web server can serve. */
import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../../errors.ts';
import { writeFileAtomically } from '../../platform/node/files.ts';
import type { Site } from './site-files.ts';

/**
 * Writes all files of a site.
 * @returns how many bytes they have.
 * @throws UsageError if the folder has files already.
 */
export async function writeSite(site: Site, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new UsageError(`--output takes a new or empty folder; ${folder} has files. Name another.`);
  }
  let bytes = 0;
  for (const [path, source] of site) {
    const content = 'text' in source ? Buffer.from(source.text) : await buffer(createReadStream(source.file));
    await writeFileAtomically(join(folder, path), content);
    bytes += content.length;
  }
  return bytes;
}
