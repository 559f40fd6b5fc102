/** Times as the player of the view Segment shows them. */
import { expect, test } from 'vitest';
import { clock } from '../../app/src/segment/clock.ts';

test.each([
  [0, '0:00'],
  [7.9, '0:07'],
  [61, '1:01'],
  [3599.5, '59:59'],
  [3600, '1:00:00'],
  [36_125, '10:02:05'],
])('%d seconds are %s', (time, text) => {
  expect(clock(time)).toBe(text);
});
