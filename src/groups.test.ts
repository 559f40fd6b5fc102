import { expect, test } from 'vitest';
import { addToGroup, groupBy } from './groups.ts';

test('a value is added to the list of its key, or begins it', () => {
  const groups = new Map([['cats', ['Tom']]]);
  addToGroup(groups, 'cats', 'Felix');
  addToGroup(groups, 'dogs', 'Rex');
  expect([...groups]).toEqual([
    ['cats', ['Tom', 'Felix']],
    ['dogs', ['Rex']],
  ]);
});

test('values are grouped by key in the order they come, as by Map.groupBy', () => {
  const groups = groupBy([3, 1, 4, 1, 5], (value) => value % 2 === 0);
  expect([...groups]).toEqual([
    [false, [3, 1, 1, 5]],
    [true, [4]],
  ]);
  expect(groupBy([], String).size).toBe(0);
});
