import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realPath } from './real-path.ts';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'refinenet real-path-')));
  await mkdir(join(root, 'far/inner'), { recursive: true });
  await writeFile(join(root, 'far/x.png'), '');
  await symlink('far/inner', join(root, 'link'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  ['follows links before it goes up', 'link/../x.png', 'far/x.png'],
  ['does so where there is nothing at the end', 'link/../new/y.png', 'far/new/y.png'],
  ['takes out what goes up from nothing', 'new/../y.png', 'y.png'],
  ['takes out what goes up at its end', 'link/new/..', 'far/inner'],
  ['is without the slash at its end', 'link/', 'far/inner'],
])('a real path %s: %s', async (_, path, expected) => {
  expect(await realPath(`${root}/${path}`)).toBe(join(root, expected));
  expect(await realPath(`${relative(process.cwd(), root)}/${path}`)).toBe(join(root, expected));
});

test('a real path of a name alone lies in the working folder', async () => {
  const here = await realpath('.');
  expect(await realPath('nothing-here.png')).toBe(join(here, 'nothing-here.png'));
  expect(await realPath('')).toBe(here);
});
