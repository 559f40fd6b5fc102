import { afterEach, expect, test, vi } from 'vitest';
import { interrupt, interruptible, onInterrupt } from './interruption.ts';

const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
afterEach(() => said.mockClear());

test('nothing is interrupted where nothing listens', () => {
  expect(interrupt()).toBe(false);
  const waiting = interruptible('Ending.');
  expect(interrupt()).toBe(false);
  expect(waiting.signal.aborted).toBe(false);
});

test('what listens is asked once to end, however often, and by its own words', () => {
  const work = interruptible('Ending.');
  work.begin();
  expect([interrupt(), interrupt()]).toEqual([true, true]);
  expect(work.signal.aborted).toBe(true);
  expect(said.mock.calls.map(([text]) => text)).toEqual(['Ending.\n']);
  work.release();
  expect(interrupt()).toBe(false);
});

test('the signal of Ctrl-C asks in the same way', () => {
  const listeners = process.listenerCount('SIGINT');
  const work = onInterrupt('Ending.');
  process.emit('SIGINT');
  expect(work.signal.aborted).toBe(true);
  expect(said).toHaveBeenCalledOnce();
  work.release();
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});
