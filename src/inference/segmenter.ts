/** A model loaded into an engine, ready to segment images. */
import type { Image } from '../image/image.ts';
import { type Pixels, rgbImage } from '../image/pixels.ts';
import { labelMap } from '../image/label-map.ts';
import { type ImageSize, networkSize, type Preprocessing } from '../image/preprocess.ts';
import type { Model, ModelDescription } from '../models/model.ts';
import type { Backend, NamedTensors } from '../runtime/backend.ts';
import { Calls } from '../runtime/calls.ts';
import { int64, type Tensor, tensor } from '../tensor/tensor.ts';
import { type GraphEnds, graphEnds } from './graph-ends.ts';
import { checkedNetworkSize, checkImageSize } from './network-pixels.ts';
import { type NetworkSessionOptions, networkSession } from './network-session.ts';
import { checkProbabilitySize } from './probability-size.ts';
import { readScoresInSteps } from './scores/read-scores.ts';
import type { ReadScores } from './scores/block-reader.ts';
import { DISPOSED, type SegmentOptions, throwIfAborted, untilAborted } from './segment-options.ts';
import { Segmentation } from './segmentation/segmentation.ts';
import type { SegmentationOutputs } from './segmentation/outputs.ts';
import { deviceResults } from './segmentation/device-results.ts';
import { IMAGE_SIZE, SCORE_SUMS, type OutputName, segmentationBetween } from './segmentation/graph.ts';
import { SizedSession } from './sized-session.ts';

/**
 * What is given of each image beside its labels, and how images enter the network. It is fixed when the model is
 * loaded.
 */
export interface SegmenterOptions extends NetworkSessionOptions {
  /** Also give every pixel's confidence and each class's mean. */
  readonly confidence?: boolean;
  /** Also give how undecided the network is at every pixel: the entropy of its probabilities. */
  readonly entropy?: boolean;
  /** Also give every class's probability for every pixel: 4 bytes a class and pixel. */
  readonly probabilities?: boolean;
  /** Also give the network's own output, at a quarter of its input's size in the published forms. */
  readonly logits?: boolean;
  /** How images are brought to the network's input, in place of the model's own way. */
  readonly preprocessing?: Preprocessing;
  /**
   * The size of most images, where it is known: these are segmented up to a tenth faster. For the first one of another
   * size, the model is loaded again. It concerns single runs over whole images only: with scales, flip, tiles or a protocol it
   * changes nothing.
   */
  readonly imageSize?: ImageSize;
}

/** What may be read beside the labels. */
const READ = ['confidence', 'entropy', 'probabilities', 'logits'] as const;

const LOGITS_ALONE: readonly OutputName[] = ['logits'];

/** The most numbers that every device binds at once, 128 MiB: enlarged logits of more stay where they are. */
const MOST_SCORES = 2 ** 25;

/** How images are segmented. */
interface SegmentationWay {
  readonly ends: GraphEnds;
  readonly wanted: readonly OutputName[];
  /** Loads what gives a network's own output alone. */
  forLogits(): Promise<SizedSession>;
}

/** A model loaded into an engine, which segments each image in one run; `create` makes one, `dispose` frees it. */
export class Segmenter {
  /**
   * The network that was loaded, its classes by id, and the preprocessing that images get: the options' if they give
   * one, else the model's.
   */
  readonly description: ModelDescription;
  readonly #session: SizedSession;
  readonly #way: SegmentationWay;
  /** What gives the logits of images that are too large for a device to read: loaded for the first of them. */
  #forLarge: Promise<SizedSession> | undefined;
  readonly #calls = new Calls(DISPOSED);

  private constructor(description: ModelDescription, session: SizedSession, way: SegmentationWay) {
    this.description = description;
    this.#session = session;
    this.#way = way;
  }

  /**
   * Loads a model into an engine. What images will be asked for is fixed here, so that one session gives it in one run.
   * @throws UsageError if the image size is none, WeightsError if the weights do not fit the network, RuntimeError if the
   * engine cannot load it.
   */
  static async create(model: Model, backend: Backend, options: SegmenterOptions = {}): Promise<Segmenter> {
    const { definition, classes } = model;
    const { imageSize, preprocessing = model.preprocessing, ...rest } = options;
    if (imageSize) checkImageSize(imageSize);
    const ends = graphEnds(options);
    const wanted: OutputName[] = ['labels', ...READ.filter((name) => options[name])];
    // A session is made for the image's own size where that is part of the graph, elsewhere for that of what enters the network.
    const entering = (size: ImageSize): ImageSize => (ends.readsScores ? enteringSize(preprocessing, size) : size);
    const open = (outputs: Parameters<typeof segmentationBetween>[3], expected?: ImageSize): Promise<SizedSession> =>
      SizedSession.create((size) => {
        const pixels = ends.pixels(preprocessing, size ? entering(size) : enteringSize(preprocessing));
        const known = ends.readsScores ? size : undefined;
        const graph = segmentationBetween(pixels, ends, definition, outputs, known);
        return networkSession(graph, model, backend, rest);
      }, expected);
    const expected = ends.readsScores ? imageSize : enteringSize(preprocessing, imageSize);
    const session = await open(ends.readsScores ? [...wanted, SCORE_SUMS] : LOGITS_ALONE, expected);
    const forLogits = () => open(LOGITS_ALONE);
    return new Segmenter({ definition, classes, preprocessing }, session, { ends, wanted, forLogits });
  }

  /** The execution provider that computes, as the engine names it. */
  get provider(): string {
    return this.#session.provider;
  }

  /**
   * Segments one image, given as RGB or RGBA pixels; the result has its size.
   * @throws ShapeError if a side of the image, or of what enters the network, is under 32 pixels or its bytes are not 3 or 4 a
   * pixel, UsageError if it is no image or if probabilities are asked for that take more than 4 GiB, RuntimeError if the
   * engine fails, if the network's numbers overflow or if the model was disposed of, the signal's reason if it was aborted.
   */
  async segment(pixels: Pixels, { signal, onProgress }: SegmentOptions = {}): Promise<Segmentation> {
    throwIfAborted(signal);
    const segmentation = await untilAborted(
      this.#calls.run(() => this.#segment(rgbImage(pixels), signal)),
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
    return this.#calls.dispose(async () => {
      const large = await this.#forLarge?.catch(() => undefined);
      await Promise.all([this.#session.dispose(), large?.dispose()]);
    });
  }

  /** Ends an `await using` block as `dispose` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #segment(image: Image, signal: SegmentOptions['signal']): Promise<Segmentation> {
    const { definition, classes } = this.description;
    const size = checkedNetworkSize(image, this.description, { isTiled: false, setsSizes: false });
    if (this.#way.wanted.includes('probabilities')) checkProbabilitySize(definition.classes, image);
    const outputs = this.#readsOnDevice(image)
      ? await this.#readOnDevice(image, size)
      : await this.#readOnHost(image, size, signal);
    return new Segmentation(image, outputs, classes);
  }

  /** Whether the device may hold an image's scores. */
  #readsOnDevice({ width, height }: ImageSize): boolean {
    const scores = this.description.definition.classes * width * height;
    return this.#way.ends.readsScores && scores <= MOST_SCORES;
  }

  async #readOnDevice(image: Image, size: ImageSize): Promise<SegmentationOutputs> {
    const results = await this.#session.run(image, {
      ...this.#feeds(image, size),
      [IMAGE_SIZE]: int64([2], [image.height, image.width]),
    });
    return this.#outputs(image, results.logits as Tensor<'float32'> | undefined, deviceResults(results));
  }

  async #readOnHost(image: Image, size: ImageSize, signal: SegmentOptions['signal']): Promise<SegmentationOutputs> {
    const { ends, wanted, forLogits } = this.#way;
    if (ends.readsScores) {
      this.#forLarge ??= forLogits().catch((error: unknown) => {
        this.#forLarge = undefined;
        throw error;
      });
    }
    const session = (await this.#forLarge) ?? this.#session;
    const results = await session.run(size, this.#feeds(image, size));
    const logits = results.logits as Tensor<'float32'>;
    const options = Object.fromEntries(wanted.map((name) => [name, true]));
    const steps = readScoresInSteps(logits, image, options);
    let step = steps.next();
    while (!step.done) {
      throwIfAborted(signal);
      // Whoever waits for this thread has a turn.
      await new Promise<void>((resolve) => setTimeout(() => resolve()));
      step = steps.next();
    }
    return this.#outputs(image, wanted.includes('logits') ? logits : undefined, step.value);
  }

  #feeds(image: Image, size: ImageSize): NamedTensors {
    return this.#way.ends.feeds(image, size, this.description.preprocessing);
  }

  #outputs(
    { width, height }: ImageSize,
    logits: Tensor<'float32'> | undefined,
    { labels, probabilities, ...others }: ReadScores,
  ): SegmentationOutputs {
    const shape = [this.description.definition.classes, height, width];
    return {
      labels: labelMap(width, height, labels),
      ...others,
      ...(probabilities && { probabilities: tensor('float32', shape, probabilities) }),
      ...(logits && { logits }),
    };
  }
}

/** The size at which an image enters the network; of any image, undefined unless all come to one. */
function enteringSize(preprocessing: Preprocessing, image: ImageSize): ImageSize;
function enteringSize(preprocessing: Preprocessing, image?: ImageSize): ImageSize | undefined;
function enteringSize(preprocessing: Preprocessing, image?: ImageSize): ImageSize | undefined {
  if (image) return networkSize(image.width, image.height, preprocessing);
  const { resize } = preprocessing;
  // A graph of a known size also rounds otherwise: whoever knows an image's size shall see no other mask.
  return resize !== null && 'width' in resize ? resize : undefined;
}
