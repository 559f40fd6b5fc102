import { expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { IGNORE_INDEX, labelTable, UNKNOWN } from './label-table.ts';

test('ids below the number of classes are classes, 255 is ignored, all else is unknown', () => {
  const table = labelTable({ classes: 3 });
  expect([0, 1, 2, 3, 254, 255, 256, 65_535].map((id) => table[id])).toEqual([
    0,
    1,
    2,
    UNKNOWN,
    UNKNOWN,
    IGNORE_INDEX,
    UNKNOWN,
    UNKNOWN,
  ]);
});

test('a reduced zero is ignored, and every other id one less', () => {
  const table = labelTable({ classes: 3, reduceZero: true });
  expect([0, 1, 2, 3, 4, 255].map((id) => table[id])).toEqual([255, 0, 1, 2, UNKNOWN, 255]);
});

test('named ids go where they are mapped to, also 255 and those above it', () => {
  const table = labelTable({
    classes: 2,
    ids: new Map([
      [255, 1],
      [0, 255],
      [900, 0],
    ]),
  });
  expect([0, 1, 255, 900].map((id) => table[id])).toEqual([255, 1, 1, 0]);
});

test('mappings that lead nowhere are all named', () => {
  const ids = new Map([
    [1, 2],
    [-1, 0],
    [7, 300],
    [3, 1],
  ]);
  expect(() => labelTable({ classes: 2, ids })).toThrow(
    'The label mapping has entries that lead nowhere: 1 -> 2, -1 -> 0, 7 -> 300. Map ids 0 ... 65535 to the classes 0 ... 1 or to 255 for ignore.',
  );
});

test.each([0, 256, 1.5])('%d classes are refused', (classes) => {
  expect(() => labelTable({ classes })).toThrow(UsageError);
});
