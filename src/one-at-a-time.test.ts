import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

test('no task begins before the one before it has ended, and each gives its own result', async () => {
  const turn = oneAtATime();
  const log: string[] = [];
  const task = (name: string, milliseconds: number, fails = false) =>
    turn(async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      log.push(`${name} ends`);
      if (fails) throw new Error(`${name} failed`);
      return name;
    });
  const results = await Promise.allSettled([task('a', 20), task('b', 5, true), task('c', 0)]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results).toMatchObject([{ value: 'a' }, { reason: new Error('b failed') }, { value: 'c' }]);
});
