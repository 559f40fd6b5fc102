import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModelFolder } from './model-folder.ts';
import { modelFolder, SHIPPED_MODELS } from './model-location.ts';

describe('a shipped model', () => {
  test.each(SHIPPED_MODELS)('is found by its name: %s', async (name) => {
    const folder = await modelFolder(name);
    expect(folder).toMatch(new RegExp(`models.${name}$`));
    const { definition, classes } = await readModelFolder(folder);
    expect(classes).toHaveLength(definition.classes);
  });

  test('is the default, if none is named', async () => {
    expect(await modelFolder()).toBe(await modelFolder('general'));
  });

  test('gives way to a model of that name, not to images', async () => {
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

describe('a model', () => {
  let folder: string;
  const before = process.cwd();
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'refinenet ö models-')));
    for (const path of [
      'own',
      'node_modules/leaves',
      'node_modules/@botany/models/trees',
      'inner/node_modules/leaves',
    ]) {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, 'config.json'), '{}');
    }
    // A package may forbid paths into it; a model folder is no module.
    await writeFile(join(folder, 'node_modules/leaves/package.json'), '{ "name": "leaves", "exports": {} }');
    process.chdir(folder);
  });
  afterAll(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });

  test('is found by a file: URL, as an object or text', async () => {
    const url = pathToFileURL(join(folder, 'own'));
    expect(await modelFolder(url)).toBe(join(folder, 'own'));
    expect(await modelFolder(url.href)).toBe(join(folder, 'own'));
    expect(await modelFolder(`${url.href}/`)).toBe(join(folder, 'own/'));
  });

  test('is found in an installed package, the nearest first, as Node seeks them', async () => {
    expect(await modelFolder('leaves')).toBe(join(folder, 'node_modules/leaves'));
    expect(await modelFolder('@botany/models/trees')).toBe(join(folder, 'node_modules/@botany/models/trees'));
    process.chdir(join(folder, 'inner'));
    expect(await modelFolder('leaves')).toBe(join(folder, 'inner/node_modules/leaves'));
    process.chdir(folder);
  });

  test('that is nowhere is named, with what there is', async () => {
    await expect(readModelFolder(await modelFolder('models/street-scenes'))).rejects.toThrow(
      `There is no model at models/street-scenes (the working folder is ${folder}). Give a folder made by "refinenet import" or "refinenet train", ` +
        'an installed package that holds one, or the name of a shipped model: general, street-scenes, portrait, nuclei.',
    );
  });

  test.each<[unknown, string]>([
    [null, 'but got null.'],
    [3, 'but got the number 3.'],
    [new URL('https://example.org/model'), 'https://example.org/model is no folder on this machine'],
    ['https://example.org/model', 'Download the model folder, and give its path or file: URL.'],
    ['file:%', 'file:% is no folder on this machine'],
  ])('is not %s', async (given, message) => {
    await expect(modelFolder(given as string)).rejects.toThrow(message);
  });
});
