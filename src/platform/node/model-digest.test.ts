import { cp, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder, writeSyntheticModel } from '../../../test/support/synthetic-model.ts';
import { modelDigest } from './model-digest.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a model has the digest of its files, wherever and since whenever they are there', async () => {
  const copy = join(folder, 'copy');
  await cp(model, copy, { recursive: true });
  await utimes(join(copy, 'model.safetensors'), 1, 1);
  expect(await modelDigest(model)).toMatch(/^[0-9a-f]{64}$/);
  expect(await modelDigest(copy)).toBe(await modelDigest(model));
});

test.each(['config.json', 'preprocessor_config.json', 'model.safetensors', 'quantization.json'])(
  'a model whose %s was written anew has another digest',
  async (name) => {
    const before = await modelDigest(model);
    await writeFile(join(model, name), 'other');
    expect(await modelDigest(model)).not.toBe(before);
  },
);

test('a model card is no part of the digest', async () => {
  const before = await modelDigest(model);
  await writeFile(join(model, 'README.md'), 'other');
  expect(await modelDigest(model)).toBe(before);
});

test('where there is no model, there is no digest', async () => {
  expect(await modelDigest(join(folder, 'none'))).toBeUndefined();
});
