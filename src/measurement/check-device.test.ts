import { expect, test } from 'vitest';
import { worstDifference } from './check-device.ts';

test('the worst difference is the largest one, beside the largest number that was expected', () => {
  expect(worstDifference([1, -2.5, 3], [1, -4, 3.5])).toEqual({ difference: 1.5, largest: 4 });
});

test.each([0, 1, 2])('what is not a number differs by more than any bound, wherever it stands: at %i', (at) => {
  const got = [1, 2, 3].map((value, index) => (index === at ? Number.NaN : value));
  const { difference, largest } = worstDifference(got, [1, 2, 3]);
  expect(difference <= 1e6 * largest).toBe(false);
});
