import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readBody, UploadBudget } from './read-body.ts';

const stream = (...lengths: number[]): Readable => Readable.from(lengths.map((length) => Buffer.alloc(length, length)));

test('a body is all that its stream brings', async () => {
  const budget = new UploadBudget(100);
  expect([...(await readBody(stream(1, 2), 3, budget))]).toEqual([1, 2, 2]);
  expect(budget.held).toBe(0);
});

test('one byte beyond the limit is refused', async () => {
  const budget = new UploadBudget(100);
  await expect(readBody(stream(2, 2), 3, budget)).rejects.toMatchObject({ status: 413 });
  expect(budget.held).toBe(0);
});

test('bodies that together are beyond what is held are refused, and none later', async () => {
  const budget = new UploadBudget(10);
  let release = (): void => {};
  const slow = Readable.from(
    (async function* () {
      yield Buffer.alloc(8);
      await new Promise<void>((resolve) => (release = resolve));
    })(),
  );
  const first = readBody(slow, 10, budget);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(readBody(stream(3), 10, budget)).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
  expect(budget.held).toBe(8);
  release();
  expect(await first).toHaveLength(8);
  expect(await readBody(stream(3), 10, budget)).toHaveLength(3);
});

test('a stream that breaks gives back what it held', async () => {
  const budget = new UploadBudget(10);
  const broken = Readable.from(
    (async function* () {
      yield Buffer.alloc(8);
      throw new Error('reset');
    })(),
  );
  await expect(readBody(broken, 10, budget)).rejects.toThrow('reset');
  expect(budget.held).toBe(0);
});

test('a body in chunks of a byte takes about the memory of its bytes', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const taken = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = taken();
  let held = 0;
  const tiny = Readable.from(
    (async function* () {
      for (let sent = 0; sent < 300_000; sent++) {
        // As a socket does, so that nothing but what is read is held.
        if (sent % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.from([sent]);
      }
      held = taken() - before;
    })(),
  );
  const body = await readBody(tiny, 1 << 20, new UploadBudget(1 << 20));
  expect([body.length, body[299_999]]).toEqual([300_000, 299_999 % 256]);
  expect(held).toBeLessThan(4 << 20);
});
