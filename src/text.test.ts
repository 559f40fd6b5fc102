import { expect, test } from 'vitest';
import { percent } from './text.ts';

test('a share is a percentage with one decimal, or as many as asked for', () => {
  expect([percent(0.9734), percent(1), percent(0.00041, 3), percent(0.5, 0)]).toEqual([
    '97.3 %',
    '100.0 %',
    '0.041 %',
    '50 %',
  ]);
});
