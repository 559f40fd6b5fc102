/** The short way in a page: the address of a model and images, to segmentations. */
import { RuntimeError, UsageError } from '../../errors.ts';
import type { Predictor, PredictorOptions } from '../../inference/predictor.ts';
import { DISPOSED } from '../../inference/segment-options.ts';
import { Calls } from '../../runtime/calls.ts';
import { CallQueue } from './call-queue.ts';
import { adviseIsolation, sensibleThreads } from './engine.ts';
import type { DownloadProgress } from './fetch-file.ts';
import type { InspectionCallName } from './hosted-inspections.ts';
import type { HostedModelRequest } from './hosted-model.ts';
import { PHOTOGRAPH, seconds, within } from './limits.ts';
import { type ModelDevice, WEB_DEVICES, type WebDevice } from './model-device.ts';
import { type ModelSource, plainModelSource } from './model-source.ts';
import { openModel } from './open-model.ts';
import type { OpenedModel, PlaceOptions } from './opened-model.ts';
import { dropImage, type ImageSource, takeImage } from './image-source.ts';
import { type FrameOptions, framesOf } from './video-frames.ts';
import { type WebInspection, webInspection } from './web-inspection.ts';
import { WebSegmentation } from './web-segmentation.ts';

/**
 * How a model is loaded in a page: everything `createPredictor` takes, what computes and where, and what is told
 * meanwhile.
 */
export interface LoadOptions extends Omit<PredictorOptions, 'device'>, PlaceOptions {
  /** What computes. Default `auto`. */
  readonly device?: WebDevice;
  /** Threads on the CPU; all of a small processor and half of a larger one when left out. A page that is not cross-origin isolated has one. */
  readonly threads?: number;
  /** Ends loading; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told while files are downloaded. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Whether files are kept in Cache Storage, so that the model loads again without a network. Default true. */
  readonly cache?: boolean;
  /** The folder of onnxruntime-web's .wasm files, or the file; beside its script when left out. */
  readonly wasmPaths?: string;
}

/** How one call in a page is watched and ended, and whether it may take the place of others that wait. */
export interface SegmentOptions {
  /** Ends the call at once: its reason is thrown. A run of the network that was begun ends by itself, unseen. */
  readonly signal?: AbortSignal;
  /** Told after each run of the network how many of the runs for this image are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Whether this call takes the place of calls with `latest` that still wait; these end with an AbortError. Default false. */
  readonly latest?: boolean;
  /** Milliseconds after which the call is given up and the model ended, since a run cannot be broken off. Default 300000. */
  readonly limit?: number;
}

/** A frame of a video and what is in it. */
export interface SegmentedFrame {
  readonly segmentation: WebSegmentation;
  /** Seconds from the video's start at which the frame is shown. */
  readonly time: number;
  /** How many frames were shown and passed over since the one before. */
  readonly dropped: number;
}

/** A model in a page. */
export interface WebSegmenter extends Omit<Predictor, 'segment'> {
  /** What computes, and why. */
  readonly device: ModelDevice;
  /**
   * Segments an image; the result has its size. Calls are computed one after another.
   * @throws UsageError or FormatError if it is no image, ShapeError if it is too small, RuntimeError if the engine fails, the graphics card was lost or the model was
   * disposed of, the signal's reason if it was aborted.
   */
  segment(image: ImageSource, options?: SegmentOptions): Promise<WebSegmentation>;
  /**
   * Segments what a video shows, frame by frame, until it ends or the loop is left. Frames that come while one is computed are passed over.
   * @throws as `segment`
   */
  segmentVideo(video: HTMLVideoElement, options?: FrameOptions): AsyncGenerator<SegmentedFrame, void>;
  /**
   * Runs the network over an image and keeps its features at every station, to be looked at until the inspection is disposed of.
   * @throws as `segment`; UsageError if the network has no stations
   */
  inspect(image: ImageSource, options?: Pick<SegmentOptions, 'signal'>): Promise<WebInspection>;
  /** Ends the worker and frees the engine's memory once the calls that were begun have ended; calling it again does nothing. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a model: the folder at an address, a repository in the manner of Hugging Face, or files in hand. It computes in a worker.
 * @throws UsageError if options do not fit each other or there is no such model, FormatError or WeightsError if its files are not what they should be,
 * RuntimeError if the network fails, or no engine can be started.
 * @example
 * const model = await loadModel('models/street-scenes/');
 * const result = await model.segment(document.querySelector('img'));
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<WebSegmenter> {
  const {
    device = 'auto',
    threads = sensibleThreads(),
    signal,
    onProgress,
    cache = true,
    wasmPaths,
    worker = true,
    ...predictorOptions
  } = options;
  if (!WEB_DEVICES.includes(device)) {
    throw new UsageError(`There is no device "${device}" in a page. Choose from ${WEB_DEVICES.join(', ')}.`);
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`threads is ${threads}; give a whole number of at least 1.`);
  }
  signal?.throwIfAborted();
  const base = typeof document === 'undefined' ? location.href : document.baseURI;
  const request: Omit<HostedModelRequest, 'device' | 'checksDevice'> = {
    source: await plainModelSource(source, base),
    options: predictorOptions,
    engine: {
      threads: worker ? threads : 1,
      ...(wasmPaths !== undefined && { wasmPaths: new URL(wasmPaths, base).href }),
    },
    cache,
  };
  const opened = await openModel(request, { device, worker, signal, onProgress });
  adviseIsolation({ name: opened.device.name, threads });
  return new WebModel(opened);
}

/** What computes nothing: files may come slowly, and each wait for them has its own limit. */
const UNTIMED: readonly InspectionCallName[] = ['prepare', 'forget'];

class WebModel implements WebSegmenter {
  readonly #opened: OpenedModel;
  readonly #queue = new CallQueue();
  readonly #calls = new Calls(DISPOSED);

  constructor(opened: OpenedModel) {
    this.#opened = opened;
    opened.lost.then((error) => this.#queue.clear(error));
  }

  get description() {
    return this.#opened.facts.description;
  }

  get provider() {
    return this.#opened.facts.provider;
  }

  get views() {
    return this.#opened.facts.views;
  }

  get device() {
    return this.#opened.device;
  }

  async segment(source: ImageSource, options: SegmentOptions = {}): Promise<WebSegmentation> {
    options.signal?.throwIfAborted();
    return this.#calls.run(() => this.#segment(source, options));
  }

  async *segmentVideo(video: HTMLVideoElement, options: FrameOptions = {}): AsyncGenerator<SegmentedFrame, void> {
    for await (const { time, dropped } of framesOf(video, options)) {
      const segmentation = await this.segment(video, options.signal ? { signal: options.signal } : {});
      yield { segmentation, time, dropped };
    }
  }

  async inspect(source: ImageSource, { signal }: Pick<SegmentOptions, 'signal'> = {}): Promise<WebInspection> {
    signal?.throwIfAborted();
    return this.#calls.run(async () => {
      const taken = await takeImage(source);
      let isSent = false;
      const work = async () => {
        await this.#look('prepare', null, { signal });
        signal?.throwIfAborted();
        isSent = true;
        return this.#look('inspect', taken.image, { signal, transfer: taken.transfer });
      };
      try {
        const facts = await this.#queue.run(work, { signal });
        return webInspection(facts, this.description.classes, (call, request) =>
          this.#calls.run(() => this.#queue.run(() => this.#look(call, request))),
        );
      } finally {
        if (!isSent) dropImage(taken);
      }
    });
  }

  dispose(): Promise<void> {
    return this.#calls.dispose(() => this.#opened.dispose());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #segment(
    source: ImageSource,
    { signal, onProgress, latest, limit = PHOTOGRAPH }: SegmentOptions,
  ): Promise<WebSegmentation> {
    const taken = await takeImage(source);
    let isSent = false;
    const work = async () => {
      isSent = true;
      return this.#orEnd(this.#opened.segment(taken, { signal, onProgress }), limit, ' or more time (limit)');
    };
    try {
      const { image, outputs, found } = await this.#queue.run(work, { signal, latest });
      return new WebSegmentation(image, outputs, this.description.classes, found);
    } finally {
      if (!isSent) dropImage(taken);
    }
  }

  #look: OpenedModel['look'] = (call, request, watch) => {
    const work = this.#opened.look(call, request, watch);
    return UNTIMED.includes(call) ? work : this.#orEnd(work);
  };

  /** Ends the model where a call takes too long: a run cannot be broken off. */
  #orEnd<T>(work: Promise<T>, limit = PHOTOGRAPH, remedy = ''): Promise<T> {
    const late = `The image took longer than ${seconds(limit)}, and the model was ended. Load it again, and give smaller images${remedy}.`;
    return within(work, limit, late).catch((error: unknown) => {
      if (error instanceof RuntimeError && error.message === late) this.#opened.end(error);
      throw error;
    });
  }
}
