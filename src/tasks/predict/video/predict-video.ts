/** `predict-video`: a video through a model, frame by frame. */
import { messageOf, RefineNetError, UsageError } from '../../../errors.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import { createPredictor, type Predictor } from '../../../inference/predictor.ts';
import type { ModelEvent, ProgressEvent, WarningEvent } from '../../events.ts';
import { predictorOptions } from '../../run-options.ts';
import { defineTask, type WorkContext } from '../../task.ts';
import { VIDEO_REQUEST, type VideoRequest } from './request.ts';
import { labelSmoother } from './smooth-labels.ts';
import { startVideoFiles, type VideoOutputs } from './video-files.ts';
import type { TimedFrame, VideoInfo } from './video-tools.ts';

/** Progress counts `frames`; a total of 0 is not known. */
export type VideoEvent = WarningEvent | ModelEvent | ProgressEvent;

export interface VideoResult {
  /** `interrupted` by the signal: what is there up to then is kept, under names with `partial` in them. */
  readonly status: 'finished' | 'interrupted';
  readonly video: string;
  readonly width: number;
  readonly height: number;
  /** Frames written, and how many of them were segmented. */
  readonly frames: number;
  readonly segmented: number;
  /** From the first frame asked for to the last one written. */
  readonly seconds: number;
  readonly outputs: VideoOutputs;
}

export const predictVideoTask = defineTask({ name: 'predict-video', request: VIDEO_REQUEST, work: predictVideo });

/**
 * @throws UsageError if nothing here reads videos; FormatError if the video is damaged, which says where what could be read of it
 * is; what segmenting and writing throw, after which nothing is left.
 */
async function predictVideo(request: VideoRequest, context: WorkContext<VideoEvent>): Promise<VideoResult> {
  const { onEvent, video: tools, signal = { aborted: false } } = context;
  const { video } = request;
  if (!tools)
    throw new UsageError(`${video}: nothing here reads videos. Give the context "video": what opens and writes them.`);
  const warn = (message: string) => onEvent({ type: 'warning', message });
  const { info, frames: read } = await tools.open(video);
  const predictor = await openPredictor(request, info, context);
  try {
    onEvent({ type: 'model', classes: predictor.description.classes.length, provider: predictor.provider });
    const { classes } = predictor.description;
    const writers = await startVideoFiles(request, info, { tools, files: context.files, classes, warn });
    const start = performance.now();
    const written = { frames: 0, segmented: 0 };
    const tell = () =>
      onEvent({ type: 'progress', unit: 'frames', done: written.frames, total: info.frames ?? 0, name: video });
    tell();
    let damage: unknown;
    try {
      const source = labeled(
        held(read(signal), (error) => (damage = error)),
        predictor,
        request,
      );
      for await (const { frame, labels, isSegmented } of source) {
        await writers.write(frame, labels, isSegmented);
        written.frames++;
        if (isSegmented) written.segmented++;
        tell();
      }
      await writers.settle();
    } catch (error) {
      await writers.abandon();
      throw named(video, error);
    }
    if (written.frames === 0) {
      await writers.abandon();
      const event = signal.aborted ? 'was interrupted' : 'ended';
      throw damage instanceof Error ? damage : new RefineNetError(`${video}: ${event} before its first frame.`);
    }
    if (typeof damage === 'string') warn(`${video}: ffmpeg complained, and went on (${damage}).`);
    const isBroken = damage instanceof Error;
    if (isBroken && info.isLive) warn(messageOf(damage));
    // What has no end may be ended at any time.
    const isCut = !info.isLive && (isBroken || signal.aborted);
    const outputs = await writers.finish(isCut).catch(async (error: unknown) => {
      await writers.abandon();
      throw error;
    });
    if (isBroken && !info.isLive) {
      throw new RefineNetError(`${messageOf(damage)} What could be read of it is in ${outputs.overlay}.`, {
        cause: damage,
      });
    }
    return {
      status: isCut ? 'interrupted' : 'finished',
      video,
      width: info.width,
      height: info.height,
      ...written,
      seconds: (performance.now() - start) / 1000,
      outputs,
    };
  } finally {
    await predictor.dispose();
  }
}

interface LabeledFrame {
  readonly frame: TimedFrame;
  readonly labels: LabelMap;
  /** Whether the labels are the frame's own, not those of one before. */
  readonly isSegmented: boolean;
}

/** Frames in the engine and before it: while one is computed, the next is read and brought to the network's input. */
const AHEAD = 2;

/** Frames with their labels, in order. */
async function* labeled(
  frames: AsyncIterable<TimedFrame>,
  predictor: Predictor,
  { every, smooth: times }: VideoRequest,
): AsyncGenerator<LabeledFrame, void, undefined> {
  const smooth = labelSmoother(times);
  const waiting: { readonly frame: TimedFrame; readonly result: Promise<LabelMap> | undefined }[] = [];
  let labels: LabelMap | undefined;
  const next = async (): Promise<LabeledFrame> => {
    const { frame, result } = waiting.shift() as (typeof waiting)[number];
    if (result) labels = smooth(await result);
    return { frame, labels: labels as LabelMap, isSegmented: result !== undefined };
  };
  let index = 0;
  for await (const frame of frames) {
    const isSegmented = index++ % every === 0;
    const result = isSegmented ? predictor.segment(frame.image).then((segmentation) => segmentation.labels) : undefined;
    // A failure is told when its turn comes.
    result?.catch(() => {});
    waiting.push({ frame, result });
    if (waiting.length >= AHEAD) yield await next();
  }
  while (waiting.length > 0) yield await next();
}

/** Frames up to where reading ends, in whichever way; `onEnd` is told of what it threw or complained. */
async function* held(
  frames: AsyncGenerator<TimedFrame, string | undefined, undefined>,
  onEnd: (remark: unknown) => void,
): AsyncGenerator<TimedFrame, void, undefined> {
  let step = frames.next();
  try {
    for (;;) {
      const { value, done } = await step;
      if (done) return onEnd(value);
      // The next one is read while this one is at work.
      step = frames.next();
      step.catch(() => {});
      yield value;
    }
  } catch (error) {
    onEnd(error);
  } finally {
    await frames.return(undefined);
  }
}

async function openPredictor(
  request: VideoRequest,
  { width, height }: VideoInfo,
  { files, backend: openBackend, onEvent }: WorkContext<VideoEvent>,
): Promise<Predictor> {
  const model = await files.readModel(await files.modelFolder(request.model));
  const backend = await openBackend(request.device, (message) => onEvent({ type: 'warning', message }));
  return createPredictor(await files.modelFor(backend, model), backend, {
    ...predictorOptions(request, model, MANY_FRAMES),
    imageSize: { width, height },
  });
}

/** Videos have enough frames for everything that makes a run faster. */
const MANY_FRAMES = 1000;

/** Errors of segmenting do not know what the image is from. */
function named(video: string, error: unknown): unknown {
  if (!(error instanceof RefineNetError) || error.message.includes(video)) return error;
  return new RefineNetError(`${video}: ${error.message}`, { cause: error });
}
