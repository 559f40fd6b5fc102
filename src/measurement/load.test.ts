import { describe, expect, test } from 'vitest';
import { batches, sizes } from './load.ts';

describe('lists of loads', () => {
  test('sizes are squares by one number, and width x height, each once', () => {
    expect(sizes('256, 512x384,256x256')).toEqual([
      { width: 256, height: 256 },
      { width: 512, height: 384 },
    ]);
  });

  test.each(['', '16', '512x', '512x16', '512,,256', '-512', '512.5', '1e3', 'x512', '100000'])(
    'size %j is refused',
    (text) => {
      expect(() => sizes(text)).toThrow(
        `--size takes sides of at least 32 pixels such as 512 or 512x384 (width x height), separated by commas; got "${text}".`,
      );
    },
  );

  test('batches are a list, each entry once', () => {
    expect(batches('1,4,1')).toEqual([1, 4]);
  });

  test('a batch of none is refused', () => {
    expect(() => batches('1,0')).toThrow('--batch takes a whole number of at least 1, got "0".');
  });
});
