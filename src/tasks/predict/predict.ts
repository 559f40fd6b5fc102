/** `predict`: images through a model, and their files. */
import type { Image } from '../../image/image.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import type { FailureEvent, ModelEvent, ProgressEvent, WarningEvent } from '../events.ts';
import { defineTask, type WorkContext } from '../task.ts';
import type { NamedInput } from '../task-files.ts';
import { assertResultsReplaced } from './earlier-results.ts';
import { imageFailure, isImageFailure } from './image-failure.ts';
import { assertRegionsListed } from './listed-regions.ts';
import { openPrediction } from './open-prediction.ts';
import { pipeline } from './pipeline.ts';
import type { ImageReport } from './prediction-files.ts';
import { PREDICT_REQUEST, type PredictRequest } from './request.ts';
import { inShard } from './shard.ts';
import { assertInputsUntouched } from './untouched-inputs.ts';

/** An image is segmented and its files are written. */
export interface ImageEvent {
  readonly type: 'image';
  readonly report: ImageReport;
}

/** Progress counts `images`; and `runs` of the network for the image that is at work. */
export type PredictEvent = WarningEvent | ModelEvent | ProgressEvent | ImageEvent | FailureEvent;

/** Each image's own result is told in an event, and lies beside its mask. */
export interface PredictResult {
  /** `interrupted` by the signal: images that were begun are finished, the others are not. */
  readonly status: 'finished' | 'interrupted';
  /** Images asked for, done, and failed with the reason; the rest were not begun. */
  readonly images: number;
  readonly done: number;
  readonly failures: readonly { readonly image: string; readonly message: string }[];
  readonly output: string;
}

export const predictTask = defineTask({ name: 'predict', request: PREDICT_REQUEST, work: predict });

/** Images at work at once: some being written, one in the engine, the next ones decoded. */
const WIDTH = 4;
/** Pixels at work at once. With its masks and images one takes some 20 bytes; larger images go one by one. */
const PIXEL_BUDGET = 32_000_000;

/** @throws what ends all of it; what is wrong with one image is told as its failure. */
async function predict(request: PredictRequest, context: WorkContext<PredictEvent>): Promise<PredictResult> {
  const { files, onEvent, signal = { aborted: false } } = context;
  const warn = (message: string) => onEvent({ type: 'warning', message });
  assertRegionsListed(request);
  const all = await files.listImages(request.images, warn);
  await assertInputsUntouched(all, request, files);
  const images = inShard(all, request.shard);
  await assertResultsReplaced(images, request, files);
  const openImage = (file: NamedInput) => files.openImage(file.path, { pixelLimit: request.pixelLimit });
  const first = images[0] && openImage(images[0]);
  // A broken image is told when its turn comes.
  first?.catch(() => {});
  const open = (file: NamedInput) => (file === images[0] && first) || openImage(file);
  const prediction = await openPrediction(request, images.length, first, context);
  onEvent({ type: 'model', classes: prediction.classes.length, provider: prediction.provider });
  const failures: { image: string; message: string }[] = [];
  let done = 0;
  const tellProgress = (unit: 'images' | 'runs', doneOf: number, total: number, name: string) =>
    onEvent({ type: 'progress', unit, done: doneOf, total, name });
  tellProgress('images', 0, images.length, '');
  try {
    const outcomes = pipeline<NamedInput, Image, Segmentation, ImageReport>(images, {
      open,
      make: (image, file) =>
        prediction.segment(image, {
          signal,
          onProgress: (runs, total) => tellProgress('runs', runs, total, file.path),
        }),
      finish: (segmentation, file) => prediction.write(file, segmentation),
      weigh: ({ width, height }) => width * height,
      budget: PIXEL_BUDGET,
      width: WIDTH,
      signal,
    });
    for await (const { item: file, outcome } of outcomes) {
      if ('value' in outcome) {
        done++;
        onEvent({ type: 'image', report: outcome.value });
      } else {
        const { error } = outcome;
        if (error === signal.reason && signal.aborted) continue;
        if (!isImageFailure(error)) throw error;
        const message = imageFailure(file, error);
        failures.push({ image: file.path, message });
        onEvent({ type: 'failure', name: file.path, message });
      }
      tellProgress('images', done + failures.length, images.length, file.path);
    }
  } finally {
    await prediction.dispose();
  }
  const status = done + failures.length < images.length ? 'interrupted' : 'finished';
  return { status, images: images.length, done, failures, output: request.output };
}
