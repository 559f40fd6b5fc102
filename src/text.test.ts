import { expect, test } from 'vitest';
import { count, percent } from './text.ts';

test('a share is a percentage with one decimal, or as many as asked for', () => {
  expect([percent(0.9734), percent(1), percent(0.00041, 3), percent(0.5, 0)]).toEqual([
    '97.3 %',
    '100.0 %',
    '0.041 %',
    '50 %',
  ]);
});

test('a count has its noun, in the plural unless it is one', () => {
  expect([count(1, 'image'), count(0, 'image'), count(2, 'class', 'classes')]).toEqual([
    '1 image',
    '0 images',
    '2 classes',
  ]);
});
