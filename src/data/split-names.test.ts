import { expect, test } from 'vitest';
import { inSplitOrder, splitNamed, splitsOfFolders } from './split-names.ts';

test.each([
  ['Train', 'train'],
  ['trn', 'train'],
  ['train2014', 'train'],
  ['val2017', 'val'],
  ['dev', 'val'],
  ['test2015', 'test'],
  ['train1', undefined],
  ['constructor', undefined],
])('%s means %s', (name, split) => {
  expect(splitNamed(name)).toBe(split);
});

test('of folders that mean one split the likeliest is it, and the others keep their names', () => {
  expect([...splitsOfFolders(['dev', 'extra', 'train', 'val'])]).toEqual([
    ['dev', 'dev'],
    ['extra', 'extra'],
    ['train', 'train'],
    ['val', 'val'],
  ]);
  expect([...splitsOfFolders(['validation', 'valid'])]).toEqual([
    ['validation', 'validation'],
    ['valid', 'val'],
  ]);
});

test('train comes first, then val, test and the others', () => {
  expect(inSplitOrder(['extra', 'test', 'val', 'a', 'train'])).toEqual(['train', 'val', 'test', 'a', 'extra']);
});
