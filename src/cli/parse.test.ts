import { expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { imagePooling, resizeRule } from './parse.ts';

test('image pooling has the forms that a definition has', () => {
  expect(['summed', 'projected'].map(imagePooling)).toEqual([true, 'projected']);
  expect(() => imagePooling('mean')).toThrow(UsageError);
});

test('a rule of resizing says one edge, both, or none', () => {
  expect(['none', '385', 'longest:513', '512x256'].map((text) => resizeRule(text).resize)).toEqual([
    null,
    { shortestEdge: 385 },
    { longestEdge: 513 },
    { width: 512, height: 256 },
  ]);
  for (const text of ['0', 'longest:', 'longest:31', 'longest:1e3', 'shortest:5', '12x', '-3']) {
    expect(() => resizeRule(text), text).toThrow(UsageError);
  }
});
