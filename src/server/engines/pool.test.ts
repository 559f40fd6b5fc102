/** Engines are played here: what is under test is who gets which job, when, and what happens where one ends. */
import { describe, expect, test } from 'vitest';
import type { EngineJob, ModelFacts, Outcome } from './messages.ts';
import { EnginePool, type PoolEvent, type PoolOptions } from './pool.ts';
import type { EndReason, EngineListener } from './process.ts';

class PlayedEngine {
  readonly pid: number;
  readonly residentBytes = 0;
  readonly jobs: number[] = [];
  readonly cancelled: number[] = [];
  readonly listener: EngineListener;
  isAlive = true;

  constructor(pid: number, listener: EngineListener) {
    this.pid = pid;
    this.listener = listener;
  }

  begin(id: number): void {
    this.jobs.push(id);
  }
  cancel(id: number): void {
    this.cancelled.push(id);
  }
  kill(reason: EndReason, detail: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.listener.onEnd(reason, detail);
  }
  settle(id: number, outcome: Outcome = DONE): void {
    this.listener.onSettled(id, outcome);
  }
}

const DONE: Outcome = { answer: { type: 'image/png', body: new Uint8Array(1), seconds: {} } };
const MODELS: readonly ModelFacts[] = [{ name: 'model', classes: [], provider: 'played' }];
const JOB: EngineJob = { kind: 'infer', model: 'model', body: new Uint8Array(1) };

async function pool(options: Partial<PoolOptions> = {}) {
  const engines: PlayedEngine[] = [];
  const events: PoolEvent[] = [];
  const made = new EnginePool({
    engines: 1,
    width: 2,
    queue: 2,
    deadline: 60_000,
    grace: 20,
    onEvent: (event) => events.push(event),
    startEngine(listener) {
      const engine = new PlayedEngine(engines.length, listener);
      engines.push(engine);
      queueMicrotask(() => listener.onReady(MODELS, []));
      return engine;
    },
    ...options,
  });
  await made.start();
  const never = new AbortController().signal;
  const submit = (signal = never) => {
    const result = made.submit(JOB, signal);
    return result.then(
      ({ outcome }) => outcome,
      (error: { code: string }) => error.code,
    );
  };
  const engine = (index: number): PlayedEngine => engines[index] as PlayedEngine;
  return { pool: made, engines, engine, events, submit };
}

const soon = (milliseconds = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a pool of engines', () => {
  test('gives jobs to the engine that has the fewest, each up to its width, in order', async () => {
    const { engine, submit, pool: made } = await pool({ engines: 2 });
    const results = Array.from({ length: 6 }, () => submit());
    expect([engine(0).jobs, engine(1).jobs, made.queued]).toEqual([[0, 2], [1, 3], 2]);
    engine(1).settle(3);
    expect(await results[3]).toEqual(DONE);
    expect([engine(1).jobs, made.queued, made.running]).toEqual([[1, 3, 4], 1, 4]);
  });

  test('refuses what finds the queue full, and says when to come again', async () => {
    const { submit, pool: made } = await pool();
    for (let count = 0; count < 4; count++) void submit();
    expect(made.isFull).toBe(true);
    expect(await submit()).toBe('full');
    expect(made.retryAfter).toBeGreaterThanOrEqual(1);
  });

  test('begins a job once more, alone, when its engine ends', async () => {
    const { engine, submit, events } = await pool();
    const [first, second, third] = [submit(), submit(), submit()];
    engine(0).kill('crash', 'SIGKILL');
    await soon(1);
    // The first of the two that were interrupted has the new engine for itself.
    expect(engine(1).jobs).toEqual([0]);
    engine(1).settle(0);
    expect(await first).toEqual(DONE);
    expect(engine(1).jobs).toEqual([0, 1]);
    engine(1).settle(1);
    expect(engine(1).jobs).toEqual([0, 1, 2]);
    engine(1).settle(2);
    expect([await second, await third]).toEqual([DONE, DONE]);
    expect(events.map(({ type }) => type)).toEqual(['ready', 'ended', 'retry', 'retry', 'ready']);
  });

  test('gives a job up over which two engines ended, and no other', async () => {
    const { engine, submit } = await pool();
    const [poison, other] = [submit(), submit()];
    engine(0).kill('crash', 'SIGSEGV');
    await soon(1);
    engine(1).kill('crash', 'SIGSEGV');
    expect(await poison).toBe('failed');
    await soon(300);
    expect(engine(2).jobs).toEqual([1]);
    engine(2).settle(1);
    expect(await other).toEqual(DONE);
  });

  test('replaces an engine that failed at a job, and begins the job anew', async () => {
    const { engine, submit, engines } = await pool();
    const job = submit();
    engine(0).settle(0, { failure: 'no memory' });
    await soon(1);
    expect([engine(0).isAlive, engines.length, engine(1).jobs]).toEqual([false, 2, [0]]);
    engine(1).settle(0, { failure: 'no memory' });
    expect(await job).toBe('failed');
  });

  test('passes on that a request is refused, without another try', async () => {
    const { engine, submit } = await pool();
    const job = submit();
    const refusal: Outcome = { refusal: { status: 422, message: 'no image' } };
    engine(0).settle(0, refusal);
    expect(await job).toEqual(refusal);
    expect(engine(0).isAlive).toBe(true);
  });

  test('gives up at the deadline what waits and what is worked on', async () => {
    const { engine, submit, pool: made } = await pool({ deadline: 10 });
    const jobs = [submit(), submit(), submit()];
    expect(await Promise.all(jobs)).toEqual(['deadline', 'deadline', 'deadline']);
    expect([engine(0).cancelled, made.queued]).toEqual([[0, 1], 0]);
  });

  test('lets an engine leave a job that nobody waits for, and ends one that does not', async () => {
    const { engine, submit } = await pool();
    const [left, kept] = [new AbortController(), new AbortController()];
    const jobs = [submit(left.signal), submit(kept.signal)];
    left.abort();
    expect(await jobs[0]).toBe('left');
    expect(engine(0).cancelled).toEqual([0]);
    engine(0).settle(0);
    await soon(40);
    expect(engine(0).isAlive).toBe(true);
    kept.abort();
    await soon(40);
    expect(engine(0).isAlive).toBe(false);
  });

  test('takes back from the queue what nobody waits for', async () => {
    const { submit, pool: made, engine } = await pool();
    void submit();
    void submit();
    const controller = new AbortController();
    const waiting = submit(controller.signal);
    expect(made.queued).toBe(1);
    controller.abort();
    expect([await waiting, made.queued, engine(0).cancelled]).toEqual(['left', 0, []]);
  });

  test('starts engines ever more slowly that end without doing anything', async () => {
    const { engine, engines } = await pool();
    engine(0).kill('crash', 'x');
    await soon(5);
    engine(1).kill('crash', 'x');
    await soon(50);
    expect(engines).toHaveLength(2);
    await soon(300);
    expect(engines).toHaveLength(3);
  });

  test('finishes what it has when it is closed, takes nothing else, and ends its engines', async () => {
    const { engine, submit, pool: made, engines } = await pool();
    const jobs = [submit(), submit(), submit()];
    const closed = made.close();
    expect(await submit()).toBe('closed');
    for (const id of [0, 1, 2]) engine(0).settle(id);
    expect(await Promise.all(jobs)).toEqual([DONE, DONE, DONE]);
    await closed;
    await soon(5);
    expect([engine(0).isAlive, engines.length]).toEqual([false, 1]);
  });

  test('does not start where the first engine cannot', async () => {
    const made = new EnginePool({
      engines: 1,
      width: 1,
      queue: 1,
      deadline: 1000,
      grace: 10,
      startEngine(listener) {
        const engine = new PlayedEngine(0, listener);
        queueMicrotask(() => engine.kill('start', 'There is no model at nowhere.'));
        return engine;
      },
    });
    await expect(made.start()).rejects.toThrow('There is no model at nowhere.');
    made.kill();
  });
});
