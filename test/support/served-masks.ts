/** Masks that a server answers with, beside those that `predict` wrote. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { post } from './server.ts';

/** Clients that ask at the same time. */
export const CLIENTS = 8;

/**
 * Asks for the mask of each photograph, eight clients at once.
 * @param written the folder of predict's masks.
 * @returns those whose answer is another than predict's mask, byte for byte, each with its status.
 */
export async function differingMasks(
  url: string,
  photos: readonly string[],
  written: string,
): Promise<readonly (readonly [photo: string, status: number])[]> {
  const todo = [...photos];
  const differing: (readonly [string, number])[] = [];
  const client = async (): Promise<void> => {
    for (let photo = todo.shift(); photo !== undefined; photo = todo.shift()) {
      const type = { 'content-type': 'application/octet-stream' };
      const answer = await post(`${url}/segment?format=mask`, await readFile(photo), type);
      const mask = Buffer.from(await answer.arrayBuffer());
      const expected = await readFile(join(written, basename(photo).replace(/\.\w+$/, '.png')));
      if (answer.status !== 200 || !mask.equals(expected)) differing.push([photo, answer.status]);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return differing;
}
