import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { globFiles, patternOf } from './glob.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet glob-'));
  await mkdir(join(root, 'photos'));
  await writeFile(join(root, 'photos/a.jpg'), '');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  ['C:\\photos\\*.jpg', 'C:\\', ['photos', '*.jpg']],
  ['C:/photos/*.jpg', 'C:/', ['photos', '*.jpg']],
  ['C:photos\\*.jpg', 'C:', ['photos', '*.jpg']],
  ['\\\\server\\share\\photos\\*.jpg', '\\\\server\\share\\', ['photos', '*.jpg']],
  ['\\photos\\*.jpg', '\\', ['photos', '*.jpg']],
  ['photos\\**\\*.jpg', '', ['photos', '**', '*.jpg']],
])('on Windows %s is looked for from its root on', (pattern, from, parts) => {
  expect(patternOf(pattern, win32)).toEqual({ root: from, parts });
});

test.each([
  ['/photos/*.jpg', '/', ['photos', '*.jpg']],
  ['//photos/*.jpg', '/', ['', 'photos', '*.jpg']],
  ['C:\\photos/*.jpg', '', ['C:\\photos', '*.jpg']],
  ['../*.jpg', '', ['..', '*.jpg']],
])('elsewhere %s is looked for from its root on', (pattern, from, parts) => {
  expect(patternOf(pattern, posix)).toEqual({ root: from, parts });
});

test('an absolute pattern finds what lies there', () => {
  expect(globFiles(`${root}/pho*/*.{jpg,png}`)).toEqual([join(root, 'photos', 'a.jpg')]);
  expect(globFiles(`${root}//**//*.jpg`)).toEqual([join(root, 'photos', 'a.jpg')]);
});
