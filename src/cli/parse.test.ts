import { expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { imagePooling } from './parse.ts';

test('image pooling has the forms that a definition has', () => {
  expect(['summed', 'projected'].map(imagePooling)).toEqual([true, 'projected']);
  expect(() => imagePooling('mean')).toThrow(UsageError);
});
