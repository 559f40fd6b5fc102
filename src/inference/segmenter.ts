/** A model loaded into an engine, ready to segment images. */
import { ShapeError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { type Pixels, rgbImage } from '../image/pixels.ts';
import { labelMap } from '../image/label-map.ts';
import { type ImageSize, networkSize, type Preprocessing } from '../image/preprocess.ts';
import type { Model, ModelDescription } from '../models/model.ts';
import { networkGeometry } from '../models/network.ts';
import type { Backend } from '../runtime/backend.ts';
import { Calls } from '../runtime/calls.ts';
import { int64, type Tensor, tensor } from '../tensor/tensor.ts';
import { type GraphEnds, graphEnds } from './graph-ends.ts';
import { checkEnlargement } from './network-pixels.ts';
import { type NetworkSessionOptions, networkSession } from './network-session.ts';
import { DISPOSED, type SegmentOptions, throwIfAborted, untilAborted } from './segment-options.ts';
import { Segmentation } from './segmentation.ts';
import { IMAGE_SIZE, type OutputName, segmentationBetween } from './segmentation-graph.ts';
import { SizedSession } from './sized-session.ts';

export interface SegmenterOptions extends NetworkSessionOptions {
  /** Also give every pixel's confidence and each class's mean. */
  readonly confidence?: boolean;
  /** Also give how undecided the network is at every pixel: the entropy of its probabilities. */
  readonly entropy?: boolean;
  /** Also give every class's probability for every pixel: 4 bytes a class and pixel. */
  readonly probabilities?: boolean;
  /** Also give the network's own output at a quarter of its input's size. */
  readonly logits?: boolean;
  /** How images are brought to the network's input, in place of the model's own way. */
  readonly preprocessing?: Preprocessing;
  /**
   * The size of most images, where it is known: these are segmented up to a tenth faster. For the first one of another
   * size, the model is loaded again.
   */
  readonly imageSize?: ImageSize;
}

export class Segmenter {
  readonly description: ModelDescription;
  readonly #session: SizedSession;
  readonly #ends: GraphEnds;
  readonly #calls = new Calls(DISPOSED);

  private constructor(description: ModelDescription, session: SizedSession, ends: GraphEnds) {
    this.description = description;
    this.#session = session;
    this.#ends = ends;
  }

  /**
   * Loads a model into an engine. What images will be asked for is fixed here, so that one session gives it in one run.
   * @throws WeightsError if the weights do not fit the network, RuntimeError if the engine cannot load it.
   */
  static async create(model: Model, backend: Backend, options: SegmenterOptions = {}): Promise<Segmenter> {
    const outputs: OutputName[] = ['labels'];
    for (const name of ['confidence', 'entropy', 'probabilities', 'logits'] as const)
      if (options[name]) outputs.push(name);
    const { definition, classes } = model;
    const { imageSize, preprocessing = model.preprocessing, ...rest } = options;
    const ends = graphEnds(options);
    // What enters the network tells the image's own size only where it is not resized.
    const fixesSize = ends.fixesSize && preprocessing.resize === null;
    const session = await SizedSession.create(
      (size) => {
        const pixels = ends.pixels(preprocessing, size);
        const graph = segmentationBetween(pixels, ends, definition, outputs, fixesSize ? size : undefined);
        return networkSession(graph, model, backend, rest);
      },
      imageSize && networkSize(imageSize.width, imageSize.height, preprocessing),
    );
    return new Segmenter({ definition, classes, preprocessing }, session, ends);
  }

  /** The execution provider that computes, as the engine names it. */
  get provider(): string {
    return this.#session.provider;
  }

  /**
   * Segments one image, given as RGB or RGBA pixels; the result has its size.
   * @throws ShapeError if a side of the image, or of what enters the network, is under 32 pixels or its bytes are not 3 or 4 a
   * pixel, UsageError if it is no image, RuntimeError if the engine fails or the model was disposed of, the signal's reason
   * if it was aborted.
   */
  async segment(pixels: Pixels, { signal, onProgress }: SegmentOptions = {}): Promise<Segmentation> {
    throwIfAborted(signal);
    const segmentation = await untilAborted(
      this.#calls.run(() => this.#segment(rgbImage(pixels))),
      signal,
    );
    onProgress?.(1, 1);
    return segmentation;
  }

  /** Segments many images one after another, each when it is asked for. */
  async *segmentAll(images: AsyncIterable<Pixels> | Iterable<Pixels>): AsyncGenerator<Segmentation> {
    for await (const image of images) yield await this.segment(image);
  }

  /** Frees the engine's memory once the calls that were begun have ended; calling it again does nothing. */
  dispose(): Promise<void> {
    return this.#calls.dispose(() => this.#session.dispose());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #segment(image: Image): Promise<Segmentation> {
    const { definition, preprocessing, classes } = this.description;
    const { smallestSide } = networkGeometry(definition);
    checkSize('The image is', image, smallestSide);
    const size = networkSize(image.width, image.height, preprocessing);
    checkSize('The image enters the network at', size, smallestSide);
    checkEnlargement(image, size, false);
    const results = await this.#session.run(size, {
      ...this.#ends.feeds(image, size, preprocessing),
      [IMAGE_SIZE]: int64([2], [image.height, image.width]),
    });
    const labels = (results.labels as Tensor<'uint8' | 'uint16'>).data;
    const confidence = results.confidence as Tensor<'float32'> | undefined;
    const entropy = results.entropy as Tensor<'float32'> | undefined;
    const probabilities = results.probabilities as Tensor<'float32'> | undefined;
    const logits = results.logits as Tensor<'float32'> | undefined;
    return new Segmentation(
      image,
      {
        labels: labelMap(image.width, image.height, labels),
        ...(confidence && { confidence: confidence.data }),
        ...(entropy && { entropy: entropy.data }),
        ...(probabilities && {
          probabilities: tensor('float32', probabilities.shape.slice(1), probabilities.data),
        }),
        ...(logits && { logits }),
      },
      classes,
    );
  }
}

/** @throws ShapeError if a side is under the network's smallest; `what` begins the message. */
export function checkSize(what: string, { width, height }: ImageSize, smallestSide: number): void {
  if (width >= smallestSide && height >= smallestSide) return;
  throw new ShapeError(
    `${what} ${width} x ${height} pixels; it needs at least ${smallestSide} x ${smallestSide}. Give a larger image.`,
  );
}
