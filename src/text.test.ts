import { expect, test } from 'vitest';
import { areFor, count, firstOf, percent } from './text.ts';

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

test('of many texts the first are named, and the number of the others', () => {
  expect(firstOf(['a', 'b', 'c'], 3)).toBe('a, b, c');
  expect(firstOf(['a', 'b', 'c', 'd', 'e'], 3)).toBe('a, b, c and 2 more');
});

test('one option is for something, several are', () => {
  expect(areFor(['--to'], 'convert')).toBe('--to is for convert');
  expect(areFor(['--to', '--output'], 'convert')).toBe('--to, --output are for convert');
});
