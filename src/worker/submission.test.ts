import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ImageJob, jobId } from './image-job.ts';
import { Submission } from './submission.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const IMAGE = { path: '/photos/a.png', name: 'a' };
const JOB = { image: IMAGE, request: { output: '/out' } } as ImageJob;

/** A queue whose one job is done at once, and a folder in which its report is seen some seconds later. */
function submitted(seenAfter: number) {
  const from = performance.now();
  const isSeen = (): boolean => performance.now() - from >= 1000 * seenAfter;
  const events = Object.assign(new EventEmitter(), { waitUntilReady: async () => {} });
  const addBulk = vi.fn(async () => {
    queueMicrotask(() => events.emit('completed', { jobId: jobId(JOB) }));
  });
  const queue = Object.assign(new EventEmitter(), {
    addBulk,
    getJob: async () => undefined,
    getWorkersCount: async () => 1,
  });
  const files = {
    join: (folder: string, name: string) => `${folder}/${name}`,
    absolute: (path: string) => path,
    kindOf: async () => (isSeen() ? 'file' : undefined),
    async read(path: string) {
      if (!isSeen()) throw new Error(`ENOENT: no such file, open '${path}'`);
      return new TextEncoder().encode(JSON.stringify({ image: IMAGE.path }));
    },
  };
  const context = { files, signal: new AbortController().signal, onEvent: () => {} };
  const submission = new Submission({ queue, events, context, output: '/out', jobs: [JOB], there: 0 } as never);
  return { result: submission.watch(), addBulk };
}

test('results that a network file system shows later than they are written are waited for', async () => {
  const { result, addBulk } = submitted(45);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await result).toMatchObject({ status: 'finished', done: 1, failures: [] });
  expect(addBulk).toHaveBeenCalledTimes(1);
});

test('results that are not here after a minute are missed', async () => {
  const { result } = submitted(1000);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(await result).toMatchObject({
    done: 0,
    failures: [
      {
        image: '/photos/a.png',
        message:
          "/photos/a.png: a worker has done it, but its results are not here: ENOENT: no such file, open '/out/a.json'",
      },
    ],
  });
});
