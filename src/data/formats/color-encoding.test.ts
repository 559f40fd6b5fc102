import { expect, test } from 'vitest';
import { colorKey, parseColorTable } from '../../labels/color-table.ts';
import { colorEncoding } from './color-encoding.ts';

test('a class table leaves out what is called void or unlabeled, and keeps background', () => {
  const table = parseColorTable('Void,0,0,0\nbackground,1,1,1\ncat,2,2,2\nUnlabelled,3,3,3', 'x.csv');
  const { classes, encoding, ignored } = colorEncoding(table);
  expect(classes.map(({ name }) => name)).toEqual(['background', 'cat']);
  expect(ignored).toEqual(['Void', 'Unlabelled']);
  if (encoding.kind !== 'colors') throw new Error('colors were expected');
  expect(
    (
      [
        [0, 0, 0],
        [1, 1, 1],
        [2, 2, 2],
        [3, 3, 3],
      ] as const
    ).map((color) => encoding.classes.get(colorKey(color))),
  ).toEqual([255, 0, 1, 255]);
});
