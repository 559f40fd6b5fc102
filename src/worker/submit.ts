/** `predict --queue`: a folder's images into the queue, and watching until all are done. */
import type * as z from 'zod';
import type { ImageSize } from '../image/preprocess.ts';
import { assertRegionsListed } from '../tasks/predict/listed-regions.ts';
import type { PredictResult } from '../tasks/predict/predict.ts';
import { PREDICT_REQUEST, type PredictRequest } from '../tasks/predict/request.ts';
import { inShard } from '../tasks/predict/shard.ts';
import { assertInputsUntouched } from '../tasks/predict/untouched-inputs.ts';
import { optimizationFor } from '../tasks/run-options.ts';
import { parseRequest } from '../tasks/task.ts';
import type { NamedInput, TaskFiles } from '../tasks/task-files.ts';
import { type ImageJob, QUEUE } from './image-job.ts';
import { queueLibraries } from './libraries.ts';
import { checkRedis, redisAddress } from './redis-address.ts';
import { imagesToDo } from './results.ts';
import { Submission, type SubmitContext } from './submission.ts';

/**
 * Puts what is asked for into the queue, image by image, and waits for workers to do it. Images whose results are there are
 * passed over, so that the same request goes on where it was left.
 * @throws UsageError if the request or the address is wrong, RuntimeError without the libraries or a Redis.
 */
export async function submit(
  given: z.input<typeof PREDICT_REQUEST>,
  address: string,
  context: SubmitContext,
): Promise<PredictResult> {
  const { files, onEvent } = context;
  const redis = redisAddress(address);
  const request = await everywhereValid(parseRequest('predict', PREDICT_REQUEST, given), files);
  assertRegionsListed(request);
  const warn = (message: string): void => onEvent({ type: 'warning', message });
  const all = await files.listImages(request.images, warn);
  await assertInputsUntouched(all, request, files);
  const images = inShard(all, request.shard);
  const libraries = await queueLibraries();
  await checkRedis(redis, libraries.ioredis);
  const modelDigest = await files.modelDigest(request.model);
  const toDo = await imagesToDo(images, { ...request, modelDigest }, files);
  const there = images.length - toDo.length;
  onEvent({
    type: 'note',
    message: `${toDo.length} of ${images.length} images go into the queue at ${redis.shown}${there > 0 ? `; the results of ${there} are there` : ''}.`,
  });
  const expected = await sizeOf(images[0], request, files);
  const jobs = toDo.map((image) => imageJob(image, request, { count: images.length, expected, modelDigest }, files));
  // Commands wait while Redis is away.
  const connection = { ...redis.options, maxRetriesPerRequest: null };
  const queue = new libraries.bullmq.Queue(QUEUE, { connection });
  const events = new libraries.bullmq.QueueEvents(QUEUE, { connection });
  try {
    const submission = new Submission({ queue, events, jobs, there, output: request.output, context });
    return await submission.watch();
  } finally {
    await Promise.allSettled([events.close(), queue.close()]);
  }
}

/** Workers have other working folders. */
async function everywhereValid(request: PredictRequest, files: TaskFiles): Promise<PredictRequest> {
  const { model, output } = request;
  const isFolder = model !== undefined && (await files.kindOf(model)) === 'folder';
  return {
    ...request,
    output: files.absolute(output),
    ...(isFolder && { model: files.absolute(model) }),
  };
}

/** The first image's size; a broken one has none, and is told when its turn comes. */
async function sizeOf(
  image: NamedInput | undefined,
  { pixelLimit }: PredictRequest,
  files: TaskFiles,
): Promise<ImageSize | undefined> {
  const opened = image && (await files.openImage(image.path, { pixelLimit }).catch(() => undefined));
  return opened && { width: opened.width, height: opened.height };
}

interface OfAllImages {
  readonly count: number;
  /** The size of the first. */
  readonly expected: ImageSize | undefined;
  readonly modelDigest: string | undefined;
}

/** What depends on the number of all images is decided here, where it is known. */
function imageJob(
  { path, name }: NamedInput,
  { images: _, shard: __, ...request }: PredictRequest,
  { count, expected, modelDigest }: OfAllImages,
  files: TaskFiles,
): ImageJob {
  const absolute = files.absolute(path);
  return {
    image: { path: absolute, name },
    ...(expected && { expected }),
    ...(modelDigest !== undefined && { modelDigest }),
    request: { ...request, images: [absolute], optimize: optimizationFor(request, count) },
  };
}
