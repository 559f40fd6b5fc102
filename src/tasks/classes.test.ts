import { expect, test } from 'vitest';
import { classesPlace } from './classes.ts';

const place = (text: string) => classesPlace(text, { absolute: (path) => `/here/${path}` });

test('classes from a file are found again from any folder, those of a known set by its name', () => {
  expect(place('names.txt')).toBe('/here/names.txt');
  expect(place('camvid')).toBe('camvid');
  // Every object has one.
  expect(place('constructor')).toBe('/here/constructor');
});
