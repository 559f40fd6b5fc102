/** `predict`: photographs through a model, and their files. */
import { messageOf, RefineNetError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { networkSize } from '../../image/preprocess.ts';
import type { OutputFormat } from '../../inference/outputs/output-format.ts';
import { createPredictor, type Predictor } from '../../inference/predictor.ts';
import type { Segmentation } from '../../inference/segmentation.ts';
import { byteLength } from '../../tensor/weights.ts';
import type { FailureEvent, ModelEvent, ProgressEvent, WarningEvent } from '../events.ts';
import { predictorOptions } from '../run-options.ts';
import { defineTask, type WorkContext } from '../task.ts';
import type { NamedInput } from '../task-files.ts';
import { pipeline } from './pipeline.ts';
import { type ImageReport, type PredictionFileOptions, writePrediction } from './prediction-files.ts';
import { PREDICT_REQUEST, type PredictRequest } from './request.ts';
import { inShard } from './shard.ts';

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
/** Pixels at work at once. With its masks and pictures one takes some 20 bytes; larger images go one by one. */
const PIXEL_BUDGET = 32_000_000;

/** @throws what ends all of it; what is wrong with one image is told as its failure. */
async function predict(request: PredictRequest, context: WorkContext<PredictEvent>): Promise<PredictResult> {
  const { files, onEvent, signal = { aborted: false } } = context;
  const warn = (message: string) => onEvent({ type: 'warning', message });
  const images = inShard(await files.listImages(request.images, warn), request.shard);
  const folder = await files.modelFolder(request.model);
  const formats =
    request.formats.length > 0 ? (await import('../../inference/outputs/index.ts')).outputFormats(request.formats) : [];
  const openImage = (file: NamedInput) => files.openImage(file.path, { pixelLimit: request.pixelLimit });
  const first = images[0] && openImage(images[0]);
  // A broken image is told when its turn comes.
  first?.catch(() => {});
  const open = (file: NamedInput) => (file === images[0] && first) || openImage(file);
  const predictor = await openPredictor(folder, request, formats, images.length, first, context);
  onEvent({ type: 'model', classes: predictor.description.classes.length, provider: predictor.provider });
  const writing = fileOptions(folder, request, formats, predictor);
  const failures: { image: string; message: string }[] = [];
  let done = 0;
  const tellProgress = (unit: 'images' | 'runs', doneOf: number, total: number, name: string) =>
    onEvent({ type: 'progress', unit, done: doneOf, total, name });
  tellProgress('images', 0, images.length, '');
  try {
    const outcomes = pipeline<NamedInput, Image, Segmentation, ImageReport>(images, {
      open,
      make: (image, file) =>
        predictor.segment(image, {
          signal,
          onProgress: (runs, total) => tellProgress('runs', runs, total, file.path),
        }),
      finish: (segmentation, file) => writePrediction(file, segmentation, writing, files),
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
        if (!isExpected(error)) throw error;
        const message = withPath(file, messageOf(error));
        failures.push({ image: file.path, message });
        onEvent({ type: 'failure', name: file.path, message });
      }
      tellProgress('images', done + failures.length, images.length, file.path);
    }
  } finally {
    await predictor.dispose();
  }
  const status = done + failures.length < images.length ? 'interrupted' : 'finished';
  return { status, images: images.length, done, failures, output: request.output };
}

function fileOptions(
  model: string,
  { output, opacity, probabilities, logits, regions, minimumPixels, tolerance }: PredictRequest,
  formats: readonly OutputFormat[],
  { provider, description }: Predictor,
): PredictionFileOptions {
  return {
    output,
    opacity,
    model,
    provider,
    classes: description.classes,
    probabilities,
    logits,
    formats,
    context: {
      ...(regions && { regions }),
      ...(minimumPixels !== undefined && { minimumPixels }),
      ...(tolerance !== undefined && { tolerance }),
    },
  };
}

async function openPredictor(
  folder: string,
  request: PredictRequest,
  formats: readonly OutputFormat[],
  images: number,
  first: Promise<Image> | undefined,
  { files, backend: openBackend, onEvent }: WorkContext<PredictEvent>,
): Promise<Predictor> {
  const model = await files.readModel(folder);
  const backend = await openBackend(request.device, (message) => onEvent({ type: 'warning', message }));
  const running = predictorOptions(request, model, images);
  // Images of a folder mostly have one size.
  const image = await first?.catch(() => undefined);
  const isShort =
    images === 1 &&
    image !== undefined &&
    !request.protocol &&
    !request.scales &&
    byteLength(model.weights) <= SMALL_WEIGHTS &&
    isSmall(networkSize(image.width, image.height, running.preprocessing ?? model.preprocessing));
  return createPredictor(await files.modelFor(backend, model), backend, {
    ...running,
    confidence: true,
    entropy: formats.some(({ needs }) => needs === 'entropy'),
    probabilities: request.probabilities,
    logits: request.logits,
    ...(image && { imageSize: { width: image.width, height: image.height } }),
    ...(isShort && { preparation: 'loading' as const }),
  });
}

/**
 * Below these bytes of weights and these pixels one run gains less from the engine's own rewriting of the graph than that takes
 * at loading.
 */
const SMALL_WEIGHTS = 64_000_000;
const SHORT_RUN = 500_000;

function isSmall({ width, height }: { readonly width: number; readonly height: number }): boolean {
  return width * height <= SHORT_RUN;
}

/** Errors of one image do not end the task: the library's own, and those of the file system. */
function isExpected(error: unknown): boolean {
  return error instanceof RefineNetError || (error instanceof Error && 'syscall' in error);
}

function withPath(file: NamedInput, message: string): string {
  return message.includes(file.path) ? message : `${file.path}: ${message}`;
}
