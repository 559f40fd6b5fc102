/** `refinenet worker`: takes images from the queue, segments them, and writes their files. */
import { hostname } from 'node:os';
import { FormatError, messageOf, ShapeError, UsageError } from '../errors.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import { imageFailure, isImageFailure } from '../tasks/predict/image-failure.ts';
import type { ImageReport } from '../tasks/predict/prediction-files.ts';
import type { NamedInput, TaskFiles } from '../tasks/task-files.ts';
import { parseImageJob, QUEUE } from './image-job.ts';
import { queueLibraries } from './libraries.ts';
import { Predictions } from './predictions.ts';
import { checkRedis, onceUntilBack, redisAddress } from './redis-address.ts';
import { isDone } from './results.ts';

export interface WorkerOptions {
  /** The queue, as `redis://HOST`. */
  readonly redis: string;
  /** Images at work at once: one is computed, others are decoded and written. */
  readonly concurrency: number;
  /** Seconds after which an image is given to another worker if this one is silent. */
  readonly stalled: number;
  /** What this machine computes with, whatever is asked for. */
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
}

export interface WorkerContext {
  readonly files: TaskFiles;
  readonly backend: (device: Device | undefined) => Promise<Backend>;
  readonly onImage: (report: ImageReport) => void;
  /** Told of a try that failed, and whether there is another one. */
  readonly onFailure: (message: string, isLast: boolean) => void;
  readonly onWarning: (message: string) => void;
}

export interface RunningWorker {
  /** Where the queue is, without a password. */
  readonly queue: string;
  /** Finishes the images that were begun, takes no others, and ends. */
  close(): Promise<void>;
}

/** How often an image may end the worker that works on it, before it is given up. */
const MOST_STALLED = 2;

/** @throws UsageError if the address is none, RuntimeError without the libraries or a Redis. */
export async function startWorker(
  { redis, concurrency, stalled, device, threads }: WorkerOptions,
  { files, backend, onImage, onFailure, onWarning }: WorkerContext,
): Promise<RunningWorker> {
  const address = redisAddress(redis);
  const { bullmq, ioredis } = await queueLibraries();
  await checkRedis(address, ioredis);
  const predictions = new Predictions({ files, backend, device, threads, onWarning });

  const work = async (data: unknown): Promise<void> => {
    const job = parseImageJob(data);
    const { image, request } = job;
    // It was finished by a worker that ended before it could say so.
    if (await isDone(files, request.output, image)) return;
    onImage(await predictions.run(job, () => files.openImage(image.path, { pixelLimit: request.pixelLimit })));
  };
  const worker = new bullmq.Worker(
    QUEUE,
    async ({ data, attemptsMade, opts }) => {
      try {
        await work(data);
      } catch (error) {
        // Which machine it was matters where the next one may do better.
        const place = isHopeless(error) ? '' : ` (on ${hostname()})`;
        const message = `${messageFor(data, error)}${place}`;
        const isLast = isHopeless(error) || attemptsMade + 1 >= (opts.attempts ?? 1);
        onFailure(isImageFailure(error) ? message : ((error as Error).stack ?? message), isLast);
        throw isHopeless(error) ? new bullmq.UnrecoverableError(message) : new Error(message, { cause: error });
      }
    },
    {
      connection: { ...address.options, maxRetriesPerRequest: null },
      concurrency,
      lockDuration: stalled * 1000,
      stalledInterval: stalled * 1000,
      maxStalledCount: MOST_STALLED,
    },
  );
  const away = onceUntilBack(onWarning);
  worker.on('error', away.onError);
  worker.on('ready', away.onBack);
  await worker.waitUntilReady();
  return {
    queue: address.shown,
    async close() {
      await worker.close();
      await predictions.dispose();
    },
  };
}

/** Whether the next try would fail as this one did: the image or the request is at fault, not this machine or the moment. */
const isHopeless = (error: unknown): boolean =>
  error instanceof FormatError || error instanceof ShapeError || error instanceof UsageError;

function messageFor(data: unknown, error: unknown): string {
  const { image } = data as { readonly image?: Partial<NamedInput> };
  return typeof image?.path === 'string' ? imageFailure(image as NamedInput, error) : messageOf(error);
}
