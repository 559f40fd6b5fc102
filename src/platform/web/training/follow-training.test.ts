import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../errors.ts';
import { type FollowTrainingOptions, followTraining } from './follow-training.ts';

/** A worker that answers each message of the page as it is told. */
function workerThat(answers: (message: { readonly call: string }, tell: (event: object) => void) => void) {
  const worker = {
    onmessage: (_: { readonly data: object }) => {},
    onerror: (_: { readonly message: string }) => {},
    isEnded: false,
    postMessage: (message: { readonly call: string }) => answers(message, tell),
    terminate: () => {
      worker.isEnded = true;
    },
  };
  const tell = (data: object): void => queueMicrotask(() => worker.onmessage({ data }));
  setTimeout(() => tell({ event: 'ready' }));
  return worker;
}

const follow = (worker: object, options: Partial<FollowTrainingOptions> = {}): Promise<string> =>
  followTraining(
    worker as never,
    { request: { run: { kind: 'new' } } as never, transfer: [] },
    { callbacks: {}, ...options },
  );

describe('the page of a worker that trains', () => {
  test('gets the name of the run at its end, and ends the worker', async () => {
    const steps: unknown[] = [];
    const worker = workerThat((_, tell) => {
      tell({ event: 'step', report: { loss: 2 } });
      tell({ event: 'end', name: 'mine' });
    });
    expect(await follow(worker, { callbacks: { onProgress: (report) => steps.push(report) } })).toBe('mine');
    expect(steps).toEqual([{ loss: 2 }]);
    expect(worker.isEnded).toBe(true);
  });

  test('gets an error of its own class', async () => {
    const failure = { name: 'UsageError', message: 'epochs is 0' };
    const worker = workerThat((_, tell) => tell({ event: 'failure', failure }));
    const error = await follow(worker).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(worker.isEnded).toBe(true);
  });

  test('gets what its own callback throws', async () => {
    const worker = workerThat((_, tell) => tell({ event: 'start', name: 'mine', classes: [] }));
    const onStart = () => {
      throw new TypeError('of the page');
    };
    await expect(follow(worker, { callbacks: { onStart } })).rejects.toThrow(new TypeError('of the page'));
    expect(worker.isEnded).toBe(true);
  });

  test('stops it by a signal, also by one that was given before the worker was there', async () => {
    const worker = workerThat(({ call }, tell) => {
      if (call === 'stop') tell({ event: 'end', name: 'stopped' });
    });
    expect(await follow(worker, { signal: AbortSignal.abort() })).toBe('stopped');
    const aborted = workerThat(({ call }, tell) => {
      if (call === 'stop') tell({ event: 'failure', failure: { name: 'AbortError', message: 'ended' } });
    });
    await expect(follow(aborted, { signal: AbortSignal.abort('my reason') })).rejects.toBe('my reason');
  });

  test('ends a worker that says nothing more', async () => {
    const worker = workerThat((_, tell) => tell({ event: 'checkpoint', folder: 'last', update: 0 }));
    await expect(follow(worker, { limit: 20 })).rejects.toThrow(
      'The training worker said nothing for 0 seconds and was ended. The run can be resumed from its last checkpoint;',
    );
    expect(worker.isEnded).toBe(true);
  });

  test('is told of no checkpoint before the first one', async () => {
    await expect(
      follow(
        workerThat(() => {}),
        { limit: 20 },
      ),
    ).rejects.toThrow(
      'The training worker said nothing for 0 seconds and was ended before the run had begun. Start it anew, with more time (limit) or smaller images.',
    );
    const failing = workerThat(() => queueMicrotask(() => failing.onerror({ message: 'no memory' })));
    await expect(follow(failing)).rejects.toThrow('The training worker failed (no memory). Start the run anew.');
  });
});
