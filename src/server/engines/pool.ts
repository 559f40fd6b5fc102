/** Jobs for several engines: a bounded queue, deadlines, and another try for what an engine's end interrupted. */
import type { EngineJob, ModelFacts, Outcome } from './messages.ts';
import type { EndReason, EngineListener, EngineProcess } from './process.ts';

export interface PoolOptions {
  readonly engines: number;
  /** Jobs that one engine has at once: one is computed while others are decoded and encoded. */
  readonly width: number;
  /** Jobs that may wait. */
  readonly queue: number;
  /** Milliseconds from submission to the answer. */
  readonly deadline: number;
  /** Milliseconds that a job which nobody waits for any more may hold an engine. */
  readonly grace: number;
  readonly startEngine: (
    listener: EngineListener,
  ) => Pick<EngineProcess, 'begin' | 'cancel' | 'kill' | 'pid' | 'residentBytes'>;
  readonly onEvent?: (event: PoolEvent) => void;
}

export type PoolEvent =
  | { readonly type: 'ready'; readonly pid: number | undefined; readonly remarks: readonly string[] }
  | { readonly type: 'ended'; readonly pid: number | undefined; readonly reason: EndReason; readonly detail: string }
  | { readonly type: 'retry'; readonly reason: string };

/** Why a job has no answer of its own. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly code: 'full' | 'deadline' | 'failed' | 'closed' | 'left';

  constructor(code: PoolError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface Settled {
  readonly outcome: Exclude<Outcome, { failure: string }>;
  /** Seconds from submission until an engine began it, the last time. */
  readonly queued: number;
}

interface Entry {
  readonly id: number;
  readonly job: EngineJob;
  readonly submitted: number;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: PoolError) => void;
  begun: number;
  /** Times that it was begun. The second time it has an engine alone, so that it takes no other job down with it. */
  tries: number;
  isOver: boolean;
}

interface Engine {
  process: ReturnType<PoolOptions['startEngine']> | undefined;
  isReady: boolean;
  readonly jobs: Map<number, Entry>;
  /** Ends since it last settled a job. */
  ends: number;
}

const MOST_TRIES = 2;
/** Milliseconds before an engine is started that ended so many times in a row. */
const pauseAfter = (ends: number): number => (ends <= 1 ? 0 : Math.min(250 * 2 ** (ends - 2), 10_000));

export class EnginePool {
  readonly #options: PoolOptions;
  readonly #engines: readonly Engine[];
  readonly #queue: Entry[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #ids = 0;
  #meanSeconds = 1;
  #isClosed = false;
  #models: readonly ModelFacts[] | undefined;
  #started: { resolve: (models: readonly ModelFacts[]) => void; reject: (error: Error) => void } | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#engines = Array.from({ length: options.engines }, () => ({
      process: undefined,
      isReady: false,
      jobs: new Map(),
      ends: 0,
    }));
  }

  /** Starts the engines. @returns what the first to be ready says of the models. @throws what the first to fail says. */
  start(): Promise<readonly ModelFacts[]> {
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
      for (const engine of this.#engines) this.#startEngine(engine);
    });
  }

  /** Jobs that wait. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Jobs that engines have. */
  get running(): number {
    return this.#engines.reduce((sum, { jobs }) => sum + jobs.size, 0);
  }

  /** Engines that can take jobs. */
  get ready(): number {
    return this.#engines.filter(({ isReady }) => isReady).length;
  }

  get engines(): readonly { readonly pid: number | undefined; readonly residentBytes: number }[] {
    return this.#engines.flatMap(({ process }) => process ?? []);
  }

  get isFull(): boolean {
    return this.#queue.length >= this.#options.queue;
  }

  /** Seconds until there may be room. */
  get retryAfter(): number {
    const ahead = this.#queue.length / Math.max(1, this.ready);
    return Math.min(60, Math.max(1, Math.ceil(ahead * this.#meanSeconds)));
  }

  /**
   * Has a job done. `signal` takes it back.
   * @throws PoolError if it is not done: the queue is full, its deadline is over, two engines ended over it, or it was taken back.
   */
  submit(job: EngineJob, signal: AbortSignal): Promise<Settled> {
    if (this.#isClosed) return Promise.reject(new PoolError('closed', 'The server is ending.'));
    if (this.isFull && !this.#hasRoom()) return Promise.reject(new PoolError('full', 'The queue is full.'));
    return new Promise((resolve, reject) => {
      const stop = (code: PoolError['code'], message: string) => () =>
        this.#giveUp(entry, new PoolError(code, message));
      const onLeft = stop('left', 'The client has left.');
      const deadline = this.#after(this.#options.deadline, stop('deadline', 'The deadline is over.'));
      const over = (): void => {
        entry.isOver = true;
        this.#clear(deadline);
        signal.removeEventListener('abort', onLeft);
      };
      const entry: Entry = {
        id: this.#ids++,
        job,
        submitted: performance.now(),
        begun: 0,
        tries: 0,
        isOver: false,
        resolve(settled) {
          over();
          resolve(settled);
        },
        reject(error) {
          over();
          reject(error);
        },
      };
      signal.addEventListener('abort', onLeft);
      this.#queue.push(entry);
      if (signal.aborted) onLeft();
      this.#dispatch();
    });
  }

  /** Takes no further jobs, waits for those it has, and ends the engines. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#queue.length > 0 || this.running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.kill();
  }

  /** Ends the engines at once. */
  kill(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { process } of this.#engines) process?.kill('crash', 'the server ends');
  }

  #hasRoom(): boolean {
    return this.#engines.some(({ isReady, jobs }) => isReady && jobs.size < this.#options.width);
  }

  #startEngine(engine: Engine): void {
    if (this.#isClosed) return;
    const process = this.#options.startEngine({
      onReady: (models, remarks) => {
        engine.isReady = true;
        this.#models ??= models;
        this.#options.onEvent?.({ type: 'ready', pid: process.pid, remarks });
        this.#started?.resolve(this.#models);
        this.#dispatch();
      },
      onSettled: (id, outcome) => this.#settle(engine, id, outcome),
      onEnd: (reason, detail) => {
        engine.process = undefined;
        engine.isReady = false;
        engine.ends++;
        if (!this.#isClosed) this.#options.onEvent?.({ type: 'ended', pid: process.pid, reason, detail });
        if (!this.#models) this.#started?.reject(new Error(detail));
        const interrupted = [...engine.jobs.values()];
        engine.jobs.clear();
        for (const entry of interrupted.reverse()) this.#tryAgain(entry, `its engine ended (${reason}: ${detail})`);
        this.#after(pauseAfter(engine.ends), () => this.#startEngine(engine));
        this.#dispatch();
      },
    });
    engine.process = process;
  }

  #dispatch(): void {
    for (let entry = this.#queue[0]; entry; entry = this.#queue[0]) {
      const engine = this.#engineFor(entry);
      if (!engine) break;
      this.#queue.shift();
      entry.begun = performance.now();
      entry.tries++;
      engine.jobs.set(entry.id, entry);
      engine.process?.begin(entry.id, entry.job);
    }
    if (this.#queue.length === 0 && this.running === 0) this.#onIdle?.();
  }

  /** The engine with the fewest jobs that may take this one. */
  #engineFor({ tries }: Entry): Engine | undefined {
    const fits = ({ isReady, jobs }: Engine): boolean => {
      if (!isReady) return false;
      const isShared = [...jobs.values()].every((job) => job.tries < MOST_TRIES);
      return tries === 0 ? jobs.size < this.#options.width && isShared : jobs.size === 0;
    };
    return this.#engines.filter(fits).sort((a, b) => a.jobs.size - b.jobs.size)[0];
  }

  #settle(engine: Engine, id: number, outcome: Outcome): void {
    const entry = engine.jobs.get(id);
    if (!entry) return;
    engine.jobs.delete(id);
    if ('failure' in outcome) {
      // What state it is in, nobody knows: it ends, and its other jobs are begun anew too.
      this.#tryAgain(entry, outcome.failure);
      engine.isReady = false;
      engine.process?.kill('crash', outcome.failure);
    } else {
      engine.ends = 0;
      const now = performance.now();
      if (!entry.isOver) {
        this.#meanSeconds += ((now - entry.begun) / 1000 / this.#options.width - this.#meanSeconds) / 8;
        entry.resolve({ outcome, queued: (entry.begun - entry.submitted) / 1000 });
      }
    }
    this.#dispatch();
  }

  #tryAgain(entry: Entry, reason: string): void {
    if (entry.isOver) return;
    if (entry.tries >= MOST_TRIES) {
      entry.reject(new PoolError('failed', reason));
      return;
    }
    this.#options.onEvent?.({ type: 'retry', reason });
    this.#queue.unshift(entry);
  }

  #giveUp(entry: Entry, error: PoolError): void {
    if (entry.isOver) return;
    entry.reject(error);
    const waiting = this.#queue.indexOf(entry);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    const engine = this.#engines.find(({ jobs }) => jobs.has(entry.id));
    const process = engine?.process;
    if (engine && process) {
      process.cancel(entry.id);
      this.#after(this.#options.grace, () => {
        if (engine.process === process && engine.jobs.has(entry.id)) {
          engine.isReady = false;
          process.kill('overdue', `a job was not left within ${this.#options.grace} ms`);
        }
      });
    }
    this.#dispatch();
  }

  #after(milliseconds: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, milliseconds);
    this.#timers.add(timer);
    return timer;
  }

  #clear(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
