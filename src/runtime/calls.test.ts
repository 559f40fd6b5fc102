import { describe, expect, test } from 'vitest';
import { Calls } from './calls.ts';

describe('calls', () => {
  test('that were begun end before what they need is freed, though one of them fails', async () => {
    const calls = new Calls('Gone.');
    const told: string[] = [];
    let finish = (): void => {};
    const slow = calls.run(() => new Promise<void>((resolve) => (finish = resolve))).then(() => told.push('slow'));
    const failing = calls.run(() => Promise.reject(new Error('fails'))).catch(() => told.push('failing'));
    const disposal = calls.dispose(async () => told.push('freed'));
    await failing;
    expect(told).toEqual(['failing']);
    finish();
    await Promise.all([slow, disposal]);
    expect(told).toEqual(['failing', 'slow', 'freed']);
  });

  test('are refused from the moment of disposal on', async () => {
    const calls = new Calls('Gone.');
    const disposal = calls.dispose(async () => {});
    await expect(calls.run(async () => 1)).rejects.toThrow('Gone.');
    await disposal;
  });

  test('are freed once, however often that is asked for', async () => {
    const calls = new Calls('Gone.');
    let freed = 0;
    const free = async () => freed++;
    await Promise.all([calls.dispose(free), calls.dispose(free)]);
    await calls.dispose(free);
    expect(freed).toBe(1);
  });
});
