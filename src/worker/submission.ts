/** Images in the queue, watched until all are done. */
import type { Queue, QueueEvents } from 'bullmq';
import type { NoteEvent } from '../tasks/events.ts';
import type { PredictEvent, PredictResult } from '../tasks/predict/predict.ts';
import type { TaskFiles } from '../tasks/task-files.ts';
import { type ImageJob, jobId } from './image-job.ts';
import { onceUntilBack } from './redis-address.ts';
import { hasReport, isDone, readReport } from './results.ts';

export interface SubmitContext {
  readonly files: TaskFiles;
  /** Takes the images that nobody has begun out of the queue, and ends. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: PredictEvent | NoteEvent) => void;
}

/** Tries of an image, beyond those that end with their worker. */
const ATTEMPTS = 3;
/** Milliseconds before the second try; doubled before each further one. */
const BACKOFF = 1000;
/** Seconds for which failed images stay in the queue where nobody waits for them. */
const KEPT = 7 * 24 * 3600;
/** Images that are sent or asked about at once. */
const CHUNK = 500;
/** Milliseconds without news, after which the queue and the disk are asked. */
const QUIET = 5000;
/** Milliseconds until a report that a worker has written is seen here: network file systems remember for a minute what was not there. */
const SEEN_WITHIN = 70_000;

export interface SubmissionOptions {
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly context: SubmitContext;
  /** The folder of the results. */
  readonly output: string;
  readonly jobs: readonly ImageJob[];
  /** How many further images have their results already. */
  readonly there: number;
}

export class Submission {
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #context: SubmitContext;
  readonly #output: string;
  readonly #there: number;
  readonly #all: number;
  /** By id, in the order in which they were last asked about. */
  readonly #pending: Map<string, ImageJob>;
  /** Since when those are looked for that a worker has done. */
  readonly #unseen = new Map<string, number>();
  readonly #failures: { image: string; message: string }[] = [];
  #done = 0;
  #lastNews = performance.now();
  #hadWorkers = true;
  #isOver: (error?: unknown) => void = () => {};

  constructor({ queue, events, context, output, jobs, there }: SubmissionOptions) {
    this.#queue = queue;
    this.#events = events;
    this.#context = context;
    this.#output = output;
    this.#there = there;
    this.#all = jobs.length;
    this.#pending = new Map(jobs.map((job) => [jobId(job), job]));
  }

  /** Adds them, and waits. */
  async watch(): Promise<PredictResult> {
    const { signal } = this.#context;
    const over = new Promise<void>((resolve, reject) => {
      this.#isOver = (error) => (error === undefined ? resolve() : reject(error));
    });
    // It may fail before it is waited for.
    over.catch(() => {});
    const inOrder = queueOf((error) => this.#isOver(error));
    const away = onceUntilBack((message) => this.#context.onEvent({ type: 'warning', message }));
    this.#queue.on('error', away.onError);
    this.#events.on('error', away.onError);
    this.#events.on('completed', ({ jobId }) => inOrder(() => this.#completed(jobId)));
    this.#events.on('failed', ({ jobId, failedReason }) => inOrder(() => this.#failed(jobId, failedReason)));
    const timer = setInterval(() => {
      for (const id of this.#unseen.keys()) inOrder(() => this.#completed(id));
      if (performance.now() - this.#lastNews > QUIET) inOrder(() => this.#ask());
    }, QUIET / 2);
    const onAbort = (): void => this.#isOver();
    signal.addEventListener('abort', onAbort);
    try {
      this.#tell('');
      await this.#events.waitUntilReady();
      for (const chunk of chunks([...this.#pending.values()])) {
        if (!signal.aborted) await this.#add(chunk);
      }
      inOrder(() => this.#askForWorkers());
      if (this.#pending.size > 0 && !signal.aborted) await over;
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
    }
    // After the last time that was asked: that would take what is taken back for lost.
    if (signal.aborted) await this.#takeBack();
    return {
      status: this.#pending.size > 0 ? 'interrupted' : 'finished',
      images: this.#there + this.#all,
      done: this.#there + this.#done,
      failures: this.#failures,
      output: this.#output,
    };
  }

  /** What failed in an earlier run is tried anew; what waits already is not added. */
  async #add(jobs: readonly ImageJob[]): Promise<void> {
    const ids = jobs.map(jobId);
    const known = await Promise.all(ids.map((id) => this.#queue.getJob(id)));
    await Promise.all(
      known.map(async (job) => {
        if (job && (await job.isFailed())) await job.remove();
      }),
    );
    if (this.#context.signal.aborted) return;
    await this.#queue.addBulk(
      jobs.map((data, at) => ({
        name: 'image',
        data,
        opts: {
          jobId: ids[at] as string,
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: BACKOFF },
          removeOnComplete: true,
          removeOnFail: { age: KEPT },
        },
      })),
    );
  }

  async #completed(id: string): Promise<void> {
    const job = this.#pending.get(id);
    if (!job) return;
    const { files } = this.#context;
    const since = this.#unseen.get(id) ?? performance.now();
    this.#unseen.set(id, since);
    const mayCome = performance.now() - since < SEEN_WITHIN;
    if (mayCome && !(await hasReport(files, this.#output, job.image).catch(() => true))) return;
    this.#unseen.delete(id);
    const report = await readReport(files, this.#output, job.image).catch((error: unknown) => error);
    if (report instanceof Error) {
      await this.#failed(
        id,
        `${job.image.path}: a worker has done it, but its results are not here: ${report.message}`,
      );
      return;
    }
    this.#pending.delete(id);
    this.#done++;
    this.#context.onEvent({ type: 'image', report: report as Awaited<ReturnType<typeof readReport>> });
    this.#tell(job.image.path);
  }

  async #failed(id: string, message: string): Promise<void> {
    const job = this.#pending.get(id);
    if (!job) return;
    this.#pending.delete(id);
    const { path } = job.image;
    // BullMQ's words for a job whose workers ended.
    const reason = message.startsWith('job stalled') ? 'each worker that began it ended; it is given up' : message;
    const full = reason.includes(path) ? reason : `${path}: ${reason}`;
    this.#failures.push({ image: path, message: full });
    this.#context.onEvent({ type: 'failure', name: path, message: full });
    await (await this.#queue.getJob(id))?.remove().catch(() => {});
    this.#tell(path);
  }

  #tell(name: string): void {
    this.#lastNews = performance.now();
    const done = this.#done + this.#failures.length;
    this.#context.onEvent({ type: 'progress', unit: 'images', done, total: this.#all, name });
    if (this.#pending.size === 0) this.#isOver();
  }

  /** News may be lost with a connection, and jobs with a Redis that forgets: the disk and the queue know better. */
  async #ask(): Promise<void> {
    // What a worker has done is not in the queue any more, and not lost.
    const asked = [...this.#pending].filter(([id]) => !this.#unseen.has(id)).slice(0, CHUNK);
    const lost: ImageJob[] = [];
    for (const [id, job] of asked) {
      const found = await this.#queue.getJob(id);
      if (await isDone(this.#context.files, this.#output, job.image)) await this.#completed(id);
      else if (!found) lost.push(job);
      else if (await found.isFailed()) await this.#failed(id, found.failedReason);
      // The others have their turn first.
      if (this.#pending.delete(id)) this.#pending.set(id, job);
    }
    if (lost.length > 0) await this.#add(lost);
    await this.#askForWorkers();
  }

  async #askForWorkers(): Promise<void> {
    const hasWorkers = (await this.#queue.getWorkersCount()) > 0;
    if (!hasWorkers && this.#hadWorkers) {
      const message = 'No worker is there yet. Start some, here or elsewhere: refinenet worker redis://HOST';
      this.#context.onEvent({ type: 'note', message });
    }
    this.#hadWorkers = hasWorkers;
  }

  /** Workers finish what they have begun. */
  async #takeBack(): Promise<void> {
    for (const chunk of chunks([...this.#pending.keys()])) {
      await Promise.all(chunk.map(async (id) => (await this.#queue.getJob(id))?.remove().catch(() => {})));
    }
  }
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

/** Does works one after the other; the first failure is told. */
function queueOf(onError: (error: unknown) => void): (work: () => Promise<void>) => void {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    last = last.then(work).catch(onError);
  };
}
