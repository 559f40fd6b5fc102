/** What may fall silent without ending. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { whileHeard } from './silence.ts';

test('what comes late is told of once, and what nobody takes is not late', async () => {
  const told: string[] = [];
  async function* parts(): AsyncGenerator<string, void, undefined> {
    yield 'soon';
    yield 'also soon';
    await pause(150);
    yield 'late';
  }
  for await (const part of whileHeard(parts(), 80, () => told.push('silent'))) {
    told.push(part);
    if (part === 'soon') await pause(150);
  }
  await pause(100);
  expect(told).toEqual(['soon', 'also soon', 'silent', 'late']);
});
