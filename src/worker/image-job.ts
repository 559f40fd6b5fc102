/** What stands in the queue: an image, and what is asked for it. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { PREDICT_REQUEST } from '../tasks/predict/request.ts';
import { staysInside } from '../tasks/predict/result-name.ts';
import { parseRequest } from '../tasks/task.ts';

/** The queue's name in Redis. */
export const QUEUE = 'refinenet-predict';

/** All paths are valid on every machine that works, and so is the model's name. */
export const IMAGE_JOB = z.strictObject({
  image: z.strictObject({
    path: z.string().min(1),
    name: z.string().min(1).refine(staysInside, { error: 'it leads out of the folder' }),
  }),
  /** The size of the first of all images: the model is prepared for it, as `predict` does, so that masks are the same. */
  expected: z.strictObject({ width: z.int().min(1), height: z.int().min(1) }).optional(),
  /** What `TaskFiles.modelDigest` gave of the model where the images were put into the queue; nothing where it is not there. */
  modelDigest: z.string().optional(),
  request: PREDICT_REQUEST,
});

export type ImageJob = z.output<typeof IMAGE_JOB>;

/** @throws UsageError naming everything that is wrong with it. */
export const parseImageJob = (data: unknown): ImageJob => parseRequest('a worker', IMAGE_JOB, data);

/** The same for the same image, request and model: it stands in the queue once, however often it is asked for. */
export function jobId({ image, request, modelDigest }: ImageJob): string {
  return `image-${createHash('sha256')
    .update(JSON.stringify([image, request, modelDigest]))
    .digest('hex')}`;
}
