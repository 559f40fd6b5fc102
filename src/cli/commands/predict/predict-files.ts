/** What `predict` does once it is loaded: all images through the model, and their files. */
import { count } from '../../../data/checks/check.ts';
import { basename } from 'node:path';
import pc from 'picocolors';
import { messageOf, RefineNetError } from '../../../errors.ts';
import type { Image } from '../../../image/image.ts';
import { networkSize } from '../../../image/preprocess.ts';
import { createPredictor, type Predictor } from '../../../inference/predictor.ts';
import type { Segmentation } from '../../../inference/segmentation.ts';
import { modelFor, readModelFolder } from '../../../platform/node/model-folder.ts';
import type { NamedInput } from '../../../platform/node/output-names.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { byteLength } from '../../../tensor/weights.ts';
import type { PredictOptions } from './command.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import { onInterrupt } from '../../interruption.ts';
import { EXIT } from '../../exit.ts';
import { fail, note, type Progress, print, progress } from '../../output.ts';
import { pipeline } from './pipeline.ts';
import { type ImageReport, type PredictionFileOptions, writePrediction } from './prediction-files.ts';
import { predictorOptions } from '../../run-options.ts';

/** What has begun already. */
export interface Begun {
  readonly backend: Promise<Backend>;
  open(file: NamedInput): Promise<Image>;
}

/** Images at work at once: some being written, one in the engine, the next ones decoded. */
const WIDTH = 4;
/** Pixels at work at once. With its masks and pictures one takes some 20 bytes; larger images go one by one. */
const PIXEL_BUDGET = 32_000_000;

/** @returns the exit code. */
export async function predictFiles(
  files: readonly NamedInput[],
  options: PredictOptions,
  begun: Begun,
): Promise<number> {
  const model = await modelFolder(options.model);
  const formats = options.format
    ? (await import('../../../inference/outputs/index.ts')).outputFormats(options.format)
    : [];
  const entropy = formats.some(({ needs }) => needs === 'entropy');
  const predictor = await openPredictor(model, { ...options, entropy }, begun, files);
  const { classes } = predictor.description;
  note(pc.dim(`${classes.length} classes, computing on ${predictor.provider}`));
  const { regions, minimumPixels, tolerance } = options;
  const writing: PredictionFileOptions = {
    output: options.output,
    opacity: options.opacity,
    model,
    provider: predictor.provider,
    classes,
    probabilities: options.probabilities ?? false,
    logits: options.logits ?? false,
    formats,
    context: {
      ...(regions && { regions }),
      ...(minimumPixels !== undefined && { minimumPixels }),
      ...(tolerance !== undefined && { tolerance }),
    },
  };
  const interruption = onInterrupt('\nEnding; images that are being written are finished. Ctrl-C again ends at once.');
  const bar = imageProgress(files);
  const counts = { done: 0, failed: 0 };
  try {
    const { signal } = interruption;
    const outcomes = pipeline<NamedInput, Image, Segmentation, ImageReport>(files, {
      open: begun.open,
      make: (image) => predictor.segment(image, { signal, onProgress: bar.onRun }),
      finish: (segmentation, file) => writePrediction(file, segmentation, writing),
      weigh: ({ width, height }) => width * height,
      budget: PIXEL_BUDGET,
      width: WIDTH,
      signal,
    });
    for await (const { item: file, outcome } of outcomes) {
      if ('value' in outcome) {
        counts.done++;
        const { value } = outcome;
        bar.interrupt(() => print(options.json ? JSON.stringify(value) : describe(value)));
      } else {
        const { error } = outcome;
        if (error === signal.reason && signal.aborted) continue;
        if (!isExpected(error)) throw error;
        counts.failed++;
        bar.interrupt(() => fail(withPath(file, messageOf(error))));
      }
      bar.step(basename(file.path));
    }
  } finally {
    bar.stop();
    interruption.release();
    await predictor.dispose();
  }
  return conclude(files.length, counts, options.output);
}

function conclude(total: number, { done, failed }: { done: number; failed: number }, output: string): number {
  const left = total - done - failed;
  const failures = failed > 0 ? `${failed} of ${count(total, 'image', 'images')} failed` : '';
  if (left > 0) {
    note(`Interrupted: ${done} of ${total} images are done, in ${output}${failures && `; ${failures}`}.`);
  } else if (failed > 0) note(`${failures}${done > 0 ? `; the others are in ${output}` : ''}.`);
  return left > 0 || failed > 0 ? EXIT.failure : EXIT.success;
}

async function openPredictor(
  path: string,
  options: PredictOptions & { readonly entropy: boolean },
  begun: Begun,
  files: readonly NamedInput[],
): Promise<Predictor> {
  const model = await readModelFolder(path);
  const backend = await begun.backend;
  const { protocol, scales } = options;
  const running = predictorOptions(options, model, files.length);
  // Images of a folder mostly have one size. A broken image is told later.
  const image = files[0] && (await begun.open(files[0]).catch(() => undefined));
  const isShort =
    files.length === 1 &&
    image !== undefined &&
    !protocol &&
    !scales &&
    byteLength(model.weights) <= SMALL_WEIGHTS &&
    isSmall(networkSize(image.width, image.height, running.preprocessing ?? model.preprocessing));
  return createPredictor(await modelFor(backend, model), backend, {
    ...running,
    confidence: true,
    entropy: options.entropy,
    probabilities: options.probabilities ?? false,
    logits: options.logits ?? false,
    ...(image && { imageSize: { width: image.width, height: image.height } }),
    ...(isShort && { rewritesGraph: false }),
  });
}

/** Below these bytes of weights and these pixels one run gains less from the engine's own rewriting of the graph than that takes at loading. */
const SMALL_WEIGHTS = 64_000_000;
const SHORT_RUN = 500_000;

function isSmall({ width, height }: { readonly width: number; readonly height: number }): boolean {
  return width * height <= SHORT_RUN;
}

interface ImageProgress extends Progress {
  /** Told after each run of the network for one image. */
  onRun(done: number, total: number): void;
}

/** Counts images; for a single one that takes several runs, these. */
function imageProgress(files: readonly NamedInput[]): ImageProgress {
  let bar = progress(files.length, 'images');
  let runs = 0;
  if (files.length > 1) return { ...bar, onRun: () => {} };
  const label = files[0] ? basename(files[0].path) : '';
  return {
    step: () => {},
    stop: () => bar.stop(),
    interrupt: (write) => bar.interrupt(write),
    onRun(done, total) {
      if (runs === 0) bar = progress(total, 'runs');
      for (; runs < done; runs++) bar.step(label);
    },
  };
}

/** Errors of one image do not end the command: the library's own, and those of the file system. */
function isExpected(error: unknown): boolean {
  return error instanceof RefineNetError || (error instanceof Error && 'syscall' in error);
}

function withPath(file: NamedInput, message: string): string {
  return message.includes(file.path) ? message : `${file.path}: ${message}`;
}

function describe({ image, outputs, classes }: ImageReport): string {
  const shares = classes.slice(0, 4).map(({ label, fraction }) => `${label} ${(100 * fraction).toFixed(1)} %`);
  const rest = classes.length > 4 ? `, ${classes.length - 4} more` : '';
  return `${image}: ${shares.join(', ')}${rest} ${pc.dim(`→ ${outputs.overlay}`)}`;
}
