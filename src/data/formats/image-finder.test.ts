import { expect, test } from 'vitest';
import { memorySource } from '../../../test/support/drawn/files.ts';
import { Folder } from './folder.ts';
import { findImages } from './image-finder.ts';

const found = async (paths: readonly string[], names: readonly string[]) => {
  const folder = await Folder.open(memorySource(Object.fromEntries(paths.map((path) => [path, '']))));
  return findImages(
    folder,
    names.map((name) => ({ name, near: [''] })),
  );
};

test('an image is found by the end of its path, wherever the labels were written', async () => {
  expect(await found(['img/x/1.png', 'img/y/1.png'], ['/home/ann/x/1.png', 'C:\\data\\y\\1.png'])).toEqual([
    'img/x/1.png',
    'img/y/1.png',
  ]);
});

test('an image that only its name has in common with two references is that of neither', async () => {
  expect(await found(['img/1.png'], ['x/1.png', 'y/1.png'])).toEqual([undefined, undefined]);
  expect(await found(['img/1.png'], ['x/1.png'])).toEqual(['img/1.png']);
  // Named twice by one name it is meant twice, which is somebody else's to report.
  expect(await found(['img/1.png'], ['x/1.png', 'x/1.png'])).toEqual(['img/1.png', 'img/1.png']);
});

test('of two references the one that an image has more in common with means it', async () => {
  expect(await found(['img/x/1.png'], ['1.png', 'x/1.png'])).toEqual([undefined, 'img/x/1.png']);
  expect(await found(['img/x/1.png', 'other/1.png'], ['1.png', 'x/1.png'])).toEqual(['other/1.png', 'img/x/1.png']);
});

test('names are found as they are in addresses, and letter by letter', async () => {
  expect(await found(['a b.png'], ['https://example.com/a%20b.png'])).toEqual(['a b.png']);
  expect(await found(['a%20b.png'], ['a%20b.png'])).toEqual(['a%20b.png']);
  expect(await found(['50%.png'], ['50%.png'])).toEqual(['50%.png']);
});

test('thousands of images of one name are told apart by their folders', async () => {
  const names = Array.from({ length: 5000 }, (_, index) => `case-${index}/image.png`);
  const references = names.map((name) => `/home/ann/${name}`);
  expect(
    await found(
      names.map((name) => `set/${name}`),
      references,
    ),
  ).toEqual(names.map((name) => `set/${name}`));
});
