import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/synthetic-model.ts';
import { numberedClasses } from '../labels/classes-named.ts';
import { architecture } from '../models/architectures.ts';
import { toModelConfig } from '../models/folder/config.ts';
import { pixelLimitOf } from './pixel-limit.ts';

let root: string;
beforeAll(async () => {
  root = await temporaryFolder();
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A model's folder, as far as it is looked into. */
async function model(classes: number) {
  const folder = join(root, String(classes));
  await mkdir(folder, { recursive: true });
  const config = toModelConfig({
    definition: architecture('refinenet-lw-mobilenetv2', classes),
    classes: numberedClasses(classes),
  });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return { name: `m${classes}`, folder };
}

const limit = (models: readonly { name: string; folder: string }[], engines = 1, pixelLimit?: number) =>
  pixelLimitOf({ engines, engine: { models, device: 'cpu', pixelLimit } }, 7.32e9);

test('the limit is what half of the memory holds by the model of the most classes, for each engine', async () => {
  const [few, many] = [await model(20), await model(150)];
  expect(await limit([few])).toBe(Math.floor(3.66e9 / 350));
  expect(await limit([few, many])).toBe(3.66e9 / 610);
  expect(await limit([many, few], 2)).toBe(3.66e9 / 2 / 610);
});

test('the limit that was asked for is taken as it is', async () => {
  expect(await limit([await model(150)], 1, 123_456)).toBe(123_456);
});

test('a folder that is no model is left to what loads it', async () => {
  expect(await limit([await model(150), { name: 'none', folder: join(root, 'nowhere') }])).toBe(3.66e9 / 610);
});
