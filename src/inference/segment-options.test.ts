import { describe, expect, test } from 'vitest';
import { throwIfAborted, untilAborted } from './segment-options.ts';

const never = new Promise<never>(() => {});

describe('work under a signal', () => {
  test('gives its result, and leaves no listener', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = {
      aborted: false,
      addEventListener: () => listeners++,
      removeEventListener: () => listeners--,
    };
    expect(await untilAborted(Promise.resolve(3), signal)).toBe(3);
    expect(await untilAborted(Promise.resolve(3), counting)).toBe(3);
    expect(await untilAborted(Promise.resolve(3), undefined)).toBe(3);
    expect(listeners).toBe(0);
  });

  test('ends at once with the reason, though the work goes on', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(never, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(untilAborted(never, controller.signal)).rejects.toThrow('enough');
  });

  test('ends after the work where the signal cannot be listened to', async () => {
    const signal = { aborted: false };
    const waiting = untilAborted(Promise.resolve(3), signal);
    signal.aborted = true;
    await expect(waiting).rejects.toThrow('Segmenting was aborted.');
  });

  test('does not begin if the signal was aborted before', () => {
    expect(() => throwIfAborted(AbortSignal.abort(new Error('before')))).toThrow('before');
    expect(() => throwIfAborted({ aborted: true })).toThrow('Segmenting was aborted.');
    expect(() => throwIfAborted(undefined)).not.toThrow();
  });
});
