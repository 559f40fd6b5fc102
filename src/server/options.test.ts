import { expect, test } from 'vitest';
import { engineThreads } from './options.ts';

test.each([
  [1, 4, 4],
  [2, 4, 2],
  [3, 4, 1],
  [8, 4, 1],
])('%i engines share %i threads: %i each', (engines, threads, each) => {
  expect(engineThreads(engines, threads)).toBe(each);
});
