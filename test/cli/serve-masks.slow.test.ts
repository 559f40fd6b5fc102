/** What `refinenet serve` answers is what `refinenet predict` writes, to the last byte. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawStreet } from '../../src/data/drawn/street/street-scene.ts';
import { resizeImage } from '../../src/image/resample.ts';
import { encodeImage } from '../../src/platform/node/encode-image.ts';
import { runCli } from '../support/run-cli.ts';
import { differingMasks } from '../support/served-masks.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/synthetic-model.ts';

/** Sides of drawn streets: images come in many. */
const SIZES = [
  [480, 360],
  [353, 481],
  [640, 200],
] as const;

let folder: string;
let server: TestServer;
const names: string[] = [];
beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'photos'));
  for (const [index, [width, height]] of SIZES.entries()) {
    const image = resizeImage(drawStreet(index).image, width, height, 'bilinear');
    for (const format of ['png', 'jpeg'] as const) {
      names.push(`${index}-${format}.${format}`);
      await writeFile(join(folder, 'photos', `${index}-${format}.${format}`), await encodeImage(image, format));
    }
  }
  server = await startServer(['--engines', '2', '--timeout', '300', '--queue', '64']);
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true, force: true });
});

test('whatever the size, with eight clients at once', async () => {
  const { code } = await runCli(['predict', join(folder, 'photos'), '--output', join(folder, 'out')]);
  expect(code).toBe(0);
  const photos = [...names, ...names].map((name) => join(folder, 'photos', name));
  expect(await differingMasks(server.url, photos, join(folder, 'out'))).toEqual([]);
});
