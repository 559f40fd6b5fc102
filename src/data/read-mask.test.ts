import { expect, test } from 'vitest';
import { paintedMask } from './read-mask.ts';

const painted = (width: unknown, height: unknown) => () =>
  paintedMask('a.json', { size: { width, height }, shapes: [] } as never, { width: 4, height: 3 }, false);

test.each([
  [
    48_000_000,
    40,
    'a.json: an image of 48000000x40 is more than the 268402689 pixels allowed. Correct the size that the labels say.',
  ],
  [
    {},
    40,
    "a.json: the labels say a width of an empty object and a height of the number 40. Correct them to the image's, in pixels.",
  ],
  [0, 'ten', 'a.json: the labels say a width of the number 0 and a height of the text "ten".'],
] as const)(
  'labels that say a size of %j by %j are refused before memory is taken for it',
  (width, height, message) => {
    expect(painted(width, height)).toThrow(message);
  },
);
