import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelFolder } from '../platform/node/model-folder.ts';
import { modelFolder, SHIPPED_MODELS } from './shipped-models.ts';

describe('a shipped model', () => {
  test.each(SHIPPED_MODELS)('is found by its name: %s', async (name) => {
    const folder = await modelFolder(name);
    expect(folder).toMatch(new RegExp(`models.${name}$`));
    const { definition, classes } = await readModelFolder(folder);
    expect(classes).toHaveLength(definition.classes);
  });

  test('is the default, if none is named', async () => {
    expect(await modelFolder()).toBe(await modelFolder('street-scenes'));
  });

  test('gives way to a model of that name, not to pictures', async () => {
    const [before, folder] = [process.cwd(), await mkdtemp(join(tmpdir(), 'refinenet models-'))];
    await mkdir(join(folder, 'nuclei'));
    await mkdir(join(folder, 'street-scenes'));
    await writeFile(join(folder, 'nuclei', 'config.json'), '{}');
    process.chdir(folder);
    try {
      expect(await modelFolder('nuclei')).toBe('nuclei');
      expect(await modelFolder('street-scenes')).not.toBe('street-scenes');
    } finally {
      process.chdir(before);
      await rm(folder, { recursive: true });
    }
  });

  test('is nothing that any other name means', async () => {
    expect(await modelFolder('constructor')).toBe('constructor');
    expect(await modelFolder('runs/train/best')).toBe('runs/train/best');
  });
});
