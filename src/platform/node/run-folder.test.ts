import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRunFolder, folderStorage } from './run-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refinenet runs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const filesOf = (entries: Readonly<Record<string, string>>) =>
  new Map(Object.entries(entries).map(([name, text]) => [name, [bytes(text.slice(0, 1)), bytes(text.slice(1))]]));
const read = async (root: string, path: string) => {
  const found = await folderStorage(root).read(path);
  return found && new TextDecoder().decode(found);
};

describe('createRunFolder', () => {
  test('numbers runs from the second on', async () => {
    const path = join(folder, 'named', 'train');
    expect(await createRunFolder(path)).toBe(path);
    await writeFile(join(path, 'x'), '');
    expect(await createRunFolder(path)).toBe(`${path}2`);
    expect(await createRunFolder(path)).toBe(`${path}3`);
    await rm(`${path}2`, { recursive: true });
    expect(await createRunFolder(path)).toBe(`${path}2`);
  });

  test('gives two that ask at once different folders', async () => {
    const path = join(folder, 'race', 'train');
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'x'), '');
    const made = await Promise.all(Array.from({ length: 8 }, () => createRunFolder(path)));
    expect(new Set(made).size).toBe(8);
  });

  test.each([
    ['is not there', false],
    ['is empty', true],
  ])('gives them different ones also where the folder %s, and nothing was written into it yet', async (_, isThere) => {
    const path = join(folder, `claim ${isThere}`, 'train');
    if (isThere) await mkdir(path, { recursive: true });
    const made = await Promise.all(Array.from({ length: 8 }, () => createRunFolder(path)));
    expect([...made].sort()).toEqual([path, ...[2, 3, 4, 5, 6, 7, 8].map((number) => `${path}${number}`)]);
    expect(await createRunFolder(path)).toBe(`${path}9`);
    await folderStorage(path).append('log.jsonl', bytes('one'));
    expect(await readdir(path)).toEqual(['log.jsonl']);
    expect(await createRunFolder(path)).toBe(`${path}10`);
  });
});

describe('a run folder', () => {
  test('is made when something is first kept in it, also where that is added to a file', async () => {
    const root = join(folder, 'not', 'there', 'yet');
    const storage = folderStorage(root);
    expect(await storage.read('log.jsonl')).toBeUndefined();
    await storage.append('log.jsonl', bytes('one'));
    await storage.append('log.jsonl', bytes('two'));
    expect(await read(root, 'log.jsonl')).toBe('onetwo');
  });

  test('replaces the files of a folder and leaves nothing beside it', async () => {
    const root = join(folder, 'replace');
    await mkdir(root);
    const storage = folderStorage(root);
    await storage.replaceFolder('last', filesOf({ a: 'one', b: 'two' }));
    await storage.replaceFolder('last', filesOf({ a: 'three', b: 'four' }));
    expect([await read(root, 'last/a'), await read(root, 'last/b')]).toEqual(['three', 'four']);
    expect(await readdir(root)).toEqual(['last']);
    expect(await read(root, 'last/c')).toBeUndefined();
  });

  test.each([
    ['before the new files count', ['.last.tmp/a'], ['old', 'old']],
    ['when they count and none was moved', ['.last.next/a', '.last.next/b'], ['new', 'new']],
    ['when one was moved', ['last/a', '.last.next/b'], ['new', 'new']],
    ['when all were moved', ['last/a', 'last/b', '.last.next/'], ['new', 'new']],
  ])('killed %s has all old or all new files', async (_, present, expected) => {
    const root = await mkdtemp(join(folder, 'killed-'));
    await folderStorage(root).replaceFolder('last', filesOf({ a: 'old', b: 'old' }));
    for (const path of present) {
      const file = join(root, path);
      await mkdir(path.endsWith('/') ? file : join(file, '..'), { recursive: true });
      if (!path.endsWith('/')) await writeFile(file, 'new');
    }
    expect([await read(root, 'last/a'), await read(root, 'last/b')]).toEqual(expected);
    await folderStorage(root).replaceFolder('last', filesOf({ a: 'newer', b: 'newer' }));
    expect([await read(root, 'last/a'), await read(root, 'last/b')]).toEqual(['newer', 'newer']);
    expect(await readdir(root)).toEqual(['last']);
  });

  test('killed as its first checkpoint was about to appear has it', async () => {
    const root = await mkdtemp(join(folder, 'first-'));
    await folderStorage(root).replaceFolder('last', filesOf({ a: 'one' }));
    await rename(join(root, 'last'), join(root, '.last.next'));
    expect(await read(root, 'last/a')).toBe('one');
  });

  test('says where it cannot write', async () => {
    const root = join(folder, 'a-file');
    await writeFile(root, 'x');
    await expect(folderStorage(root).append('log.jsonl', bytes('x'))).rejects.toThrow(
      /a-file\/log\.jsonl: cannot be written \((EEXIST|ENOTDIR).*Check the folder, its rights and the space left\./,
    );
  });
});
