/** One way to segment images, however the model is run on them. */
import { UsageError } from '../errors.ts';
import type { Pixels } from '../image/pixels.ts';
import type { Model, ModelDescription } from '../models/model.ts';
import { networkGeometry } from '../models/network.ts';
import type { Backend } from '../runtime/backend.ts';
import { checkImageSize } from './network-pixels.ts';
import { MultiScaleSegmenter } from './multi-scale-segmenter.ts';
import { type TestTimeView, protocolNamed, type ProtocolName, testTimeViews } from './protocols.ts';
import type { SegmentOptions } from './segment-options.ts';
import type { Segmentation } from './segmentation/segmentation.ts';
import { Segmenter, type SegmenterOptions } from './segmenter.ts';
import { checkTiling, defaultOverlap, type Tiling } from './tiling.ts';

/**
 * How images are segmented: what a `Segmenter` takes, and in how many runs of the network, at other sizes, mirrored or
 * by tiles.
 */
export interface PredictorOptions extends SegmenterOptions {
  /**
   * How sizes are chosen and results averaged; `plain` when left out. The authors' choose sizes by the image alone: of
   * `preprocessing` they leave `resize` out.
   */
  readonly protocol?: ProtocolName | undefined;
  /** Factors of the input size, each run and the results averaged; the protocol's own when left out. */
  readonly scales?: readonly number[] | undefined;
  /** Whether each scale is also run mirrored; as the protocol says when left out. */
  readonly flip?: boolean | undefined;
  /**
   * The longest side of a tile, in pixels of the network's input: a multiple of `NetworkGeometry.alignment`, at least
   * twice that. Images are run whole when left out.
   */
  readonly tile?: number | undefined;
  /**
   * What neighboring tiles share at least, in the same pixels: 0 or such a multiple below `tile`. When left out 64, or the
   * next multiple above; one alignment for tiles that are no larger.
   */
  readonly overlap?: number | undefined;
}

/** A loaded model that segments each image in one run of the network or in several; `createPredictor` makes one. */
export interface Predictor {
  /** The network that was loaded, its classes by id, and the preprocessing that images get. */
  readonly description: ModelDescription;
  /** The execution provider that computes, as the engine names it. */
  readonly provider: string;
  /** The test-time views of each image, or of each tile of it: one run of the network each. */
  readonly views: readonly TestTimeView[];
  /**
   * Segments one image, given as RGB or RGBA pixels; the result has its size.
   * @throws ShapeError if a side of the image, or of what enters the network, is under 32 pixels or its bytes are not 3 or 4 a
   * pixel, UsageError if it is no image or if probabilities are asked for that take more than 4 GiB, RuntimeError if the
   * engine fails, if the network's numbers overflow or if the model was disposed of, the signal's reason if it was aborted.
   */
  segment(image: Pixels, options?: SegmentOptions): Promise<Segmentation>;
  /** Frees the engine's memory once the calls that were begun have ended; calling it again does nothing. */
  dispose(): Promise<void>;
  /** `dispose()`, at the end of the block of `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a model to be run as the options say: once over each image, at several scales and mirrored, by tiles, or all of
 * these.
 * @throws UsageError if options do not fit each other, WeightsError if the weights do not fit the network, RuntimeError if the
 * engine cannot load it.
 */
export async function createPredictor(
  model: Model,
  backend: Backend,
  options: PredictorOptions = {},
): Promise<Predictor> {
  const { protocol: name = 'plain', logits, imageSize, ...rest } = options;
  if (imageSize) checkImageSize(imageSize);
  const protocol = protocolNamed(name);
  const views = testTimeViews(protocol, options);
  const tiling = tilingOf(model, options);
  const isPlain = name === 'plain' && views.every(({ scale, flip }) => scale === 1 && !flip) && views.length === 1;
  if (isPlain && !tiling) return predictorOf(await Segmenter.create(model, backend, options), views);
  if (logits) {
    throw new UsageError(
      "The network's own output (logits) belongs to one run over a whole image. Ask for probabilities, or leave out scales, flip, protocol and tile.",
    );
  }
  return predictorOf(await MultiScaleSegmenter.create(model, backend, { ...rest, protocol, views, tiling }), views);
}

function predictorOf(segmenter: Segmenter | MultiScaleSegmenter, views: readonly TestTimeView[]): Predictor {
  const dispose = () => segmenter.dispose();
  return {
    description: segmenter.description,
    provider: segmenter.provider,
    views,
    segment: (image, options) => segmenter.segment(image, options),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function tilingOf({ definition }: Model, { tile, overlap }: PredictorOptions): Tiling | null {
  if (tile === undefined) {
    if (overlap === undefined) return null;
    throw new UsageError(`An overlap of ${overlap} was given, but no tile. Give the tile's side too, such as 512.`);
  }
  const { alignment, outputStride } = networkGeometry(definition);
  const tiling: Tiling = { tile, overlap: overlap ?? defaultOverlap({ tile, alignment }), alignment, outputStride };
  checkTiling(tiling);
  return tiling;
}
