import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subfolder } from '../../data/file-source.ts';
import { RefineNetError } from '../../errors.ts';
import { folderSink, folderSource } from './dataset-files.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet-files-'));
  await mkdir(join(root, 'set', 'deep', '.git'), { recursive: true });
  await writeFile(join(root, 'set', 'b.txt'), 'bb');
  await writeFile(join(root, 'set', '.hidden'), '');
  await writeFile(join(root, 'set', 'deep', 'a.txt'), 'a');
  await writeFile(join(root, 'set', 'deep', '.git', 'c.txt'), '');
  await writeFile(join(root, 'beside.txt'), 'beside');
  await symlink(join(root, 'set'), join(root, 'set', 'deep', 'loop'));
  await symlink(join(root, 'beside.txt'), join(root, 'set', 'link.txt'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('the files of a folder', () => {
  test('are listed sorted, with those of folders and behind links, without hidden ones and without end', async () => {
    const source = folderSource(join(root, 'set'));
    expect(await source.list('')).toEqual(['b.txt', 'deep/a.txt', 'link.txt']);
    expect(await source.list('deep')).toContain('deep/a.txt');
    expect(await source.list('nowhere')).toEqual([]);
    expect(await source.list('..')).toContain('../beside.txt');
  });

  test('are listed by their whole paths where their folder is asked for by its own', async () => {
    const source = folderSource(join(root, 'elsewhere', 'deeper'));
    expect(await source.list(join(root, 'set'))).toEqual(
      ['b.txt', 'deep/a.txt', 'link.txt'].map((path) => join(root, 'set', path)),
    );
  });

  test('are read, measured and missed', async () => {
    const source = folderSource(join(root, 'set'));
    expect(new TextDecoder().decode(await source.read('b.txt'))).toBe('bb');
    expect([await source.size('b.txt'), await source.exists('b.txt'), await source.exists('c')]).toEqual([
      2,
      true,
      false,
    ]);
    await expect(source.read('c')).rejects.toThrow(RefineNetError);
    await expect(source.size('c')).rejects.toThrow(/set\/c: there is no such file\./);
  });

  test('are the same seen from a folder in them', async () => {
    const source = subfolder(folderSource(root), 'set');
    expect(source.name).toBe(join(root, 'set'));
    expect(await source.list('deep')).toContain('deep/a.txt');
    expect(await source.list('')).toContain('b.txt');
    expect(await source.size('deep/a.txt')).toBe(1);
  });

  test('are written with the folders that they need', async () => {
    await folderSink(join(root, 'new')).write('x/y.txt', Uint8Array.of(65));
    expect(await folderSource(join(root, 'new')).list('')).toEqual(['x/y.txt']);
  });
});
