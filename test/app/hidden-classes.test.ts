/** Which classes the view Segment does not show, of this model and the next. */
import { afterEach, describe, expect, test } from 'vitest';
import { hidden, hiddenIds, showOnly, toggleClass } from '../../app/src/segment/settings.ts';

const classes = (...names: readonly string[]) => names.map((name) => ({ name, color: [0, 0, 0] as const }));

afterEach(() => {
  hidden.value = new Set();
});

describe('a class that was hidden', () => {
  test('hides no other class of another model that has its id', () => {
    toggleClass('car');
    expect([...hiddenIds(classes('person', 'car'))]).toEqual([1]);
    expect([...hiddenIds(classes('road', 'fence'))]).toEqual([]);
  });

  test('is hidden in another model that knows it, under the id that it has there', () => {
    toggleClass('car');
    expect([...hiddenIds(classes('road', 'fence', 'car'))]).toEqual([2]);
    toggleClass('car');
    expect([...hiddenIds(classes('road', 'fence', 'car'))]).toEqual([]);
  });
});

test('one class is shown alone, and all are where it was alone', () => {
  showOnly('car', ['person', 'car', 'dog']);
  expect([...hidden.value]).toEqual(['person', 'dog']);
  showOnly('car', ['person', 'car', 'dog']);
  expect([...hidden.value]).toEqual([]);
});
