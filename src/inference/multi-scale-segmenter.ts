/** Segmenting by several runs of the network: at several scales, mirrored, or tile by tile. */
import type { Image } from '../image/image.ts';
import { type Pixels, rgbImage } from '../image/pixels.ts';
import { type Preprocessing, preprocess } from '../image/preprocess.ts';
import type { Model, ModelDescription } from '../models/model.ts';
import { networkGeometry } from '../models/network.ts';
import { LOGITS, PIXEL_VALUES } from '../models/pixel-values.ts';
import type { Backend, Session } from '../runtime/backend.ts';
import { Calls } from '../runtime/calls.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Stretch } from './axis-sampling.ts';
import { checkEnlargement, checkSize } from './network-pixels.ts';
import { networkSession } from './network-session.ts';
import { type TestTimeView, type Protocol, resizeThrough } from './protocols.ts';
import { FUSION_OUTPUTS, scoreFusionGraph } from './score-fusion/graph.ts';
import { ScoreFusionPlan } from './score-fusion/plan.ts';
import { ScoreFusionResults } from './score-fusion/results.ts';
import { ScoreMap } from './scores/score-map.ts';
import { DISPOSED, type SegmentOptions, throwIfAborted, untilAborted } from './segment-options.ts';
import type { Segmentation } from './segmentation/segmentation.ts';
import { segmentationGraph } from './segmentation/graph.ts';
import type { SegmenterOptions } from './segmenter.ts';
import { type TileSpan, type Tiling, tileSpans } from './tiling.ts';

export interface MultiScaleOptions extends Omit<SegmenterOptions, 'logits' | 'imageSize'> {
  readonly protocol: Protocol;
  /** At least one. */
  readonly views: readonly TestTimeView[];
  /** Null runs each image whole. */
  readonly tiling: Tiling | null;
}

/** Side of the blocks that are fused at once; larger ones multiply by larger, mostly empty matrices. */
const BLOCK = 128;

/** Blocks fused side by side, each on one thread: they are too small to be shared out among threads that wait for each other. */
const AT_ONCE = 4;

/**
 * One session runs the network at every size, another fuses its score maps to labels. Beside the image, its copies
 * at other scales, and the results, only bands of the score maps are held.
 */
export class MultiScaleSegmenter {
  readonly description: ModelDescription;
  readonly #options: MultiScaleOptions;
  readonly #network: Session;
  readonly #fusion: Session;
  readonly #calls = new Calls(DISPOSED);

  private constructor(description: ModelDescription, options: MultiScaleOptions, network: Session, fusion: Session) {
    this.description = description;
    this.#options = options;
    this.#network = network;
    this.#fusion = fusion;
  }

  /** @throws WeightsError if the weights do not fit the network, RuntimeError if the engine cannot load it. */
  static async create(model: Model, backend: Backend, options: MultiScaleOptions): Promise<MultiScaleSegmenter> {
    const { definition, classes, preprocessing } = model;
    const { protocol, views } = options;
    const wanted = FUSION_OUTPUTS.filter((name) => name === 'labels' || options[name]);
    const fusionValues = scoreFusionGraph(definition.classes, views.length, protocol.averaging, wanted);
    const network = await networkSession(segmentationGraph(definition, [LOGITS]), model, backend, options);
    try {
      const fusion = await networkSession(fusionValues, { weights: new Map() }, backend, {
        ...options,
        optimization: 'none',
        precision: 'float32',
        threads: 1,
      });
      const description = { definition, classes, preprocessing: options.preprocessing ?? preprocessing };
      return new MultiScaleSegmenter(description, options, network, fusion);
    } catch (error) {
      await network.dispose();
      throw error;
    }
  }

  /** The execution provider that computes, as the engine names it. */
  get provider(): string {
    return this.#network.provider;
  }

  /**
   * Segments one image, given as RGB or RGBA pixels; the result has its size.
   * @throws ShapeError if a side of the image, or of what enters the network, is under 32 pixels or its bytes are not 3 or 4 a
   * pixel, UsageError if it is no image or if probabilities are asked for that take more than 4 GiB, RuntimeError if the
   * engine fails, if the network's numbers overflow or if the model was disposed of, the signal's reason if it was aborted.
   */
  async segment(pixels: Pixels, options: SegmentOptions = {}): Promise<Segmentation> {
    throwIfAborted(options.signal);
    return untilAborted(
      this.#calls.run(() => this.#segment(rgbImage(pixels), options)),
      options.signal,
    );
  }

  /** Frees the engine's memory once the calls that were begun have ended; calling it again does nothing. */
  dispose(): Promise<void> {
    return this.#calls.dispose(() => Promise.all([this.#network.dispose(), this.#fusion.dispose()]));
  }

  async #segment(image: Image, { onProgress, signal }: SegmentOptions): Promise<Segmentation> {
    checkSize('The image is', image, networkGeometry(this.description.definition).smallestSide);
    const results = new ScoreFusionResults(image, this.description.definition.classes, this.#fusion.outputNames);
    const maps = this.#scoreMaps(image);
    const plan = new ScoreFusionPlan(image, maps, this.#options.protocol.averaging);
    const total = maps.reduce((sum, { runs }) => sum + runs, 0);
    let done = 0;
    const onRun = (runs: number): void => {
      throwIfAborted(signal);
      done += runs;
      if (runs > 0) onProgress?.(done, total);
    };
    for (const rows of blocks(image.height)) {
      const taken = plan.rowsOf(rows);
      for (const [index, map] of maps.entries()) {
        const { start, end } = taken[index] as Stretch;
        map.release(start);
        await map.advance(end, onRun);
      }
      const row = [...blocks(image.width)];
      for (let at = 0; at < row.length; at += AT_ONCE) {
        throwIfAborted(signal);
        const read = async (columns: Stretch): Promise<void> =>
          results.put(await this.#fusion.run(plan.feeds(rows, columns)), rows.start, columns);
        await Promise.all(row.slice(at, at + AT_ONCE).map(read));
      }
    }
    return results.segmentation(image, this.description);
  }

  #scoreMaps(image: Image): readonly ScoreMap[] {
    const { protocol, views, tiling } = this.#options;
    const { definition, preprocessing } = this.description;
    const filter = protocol.resample ?? preprocessing.resample;
    const asItIs: Preprocessing = { ...preprocessing, resize: null };
    const run = async (image: Image): Promise<Tensor<'float32'>> => {
      const results = await this.#network.run({ [PIXEL_VALUES]: preprocess([image], asItIs) });
      return results[LOGITS] as Tensor<'float32'>;
    };
    const { outputStride, smallestSide } = networkGeometry(definition);
    const spans = (length: number): readonly TileSpan[] =>
      tiling ? tileSpans(length, tiling) : [wholeSpan(length, outputStride)];
    // Both runs at one scale share its image.
    const images = new Map<number, Image>();
    return views.map(({ scale, flip }) => {
      const sizes = protocol.inputSizes(image, scale, preprocessing);
      for (const size of sizes) {
        checkSize(`At scale ${scale} the image enters the network at`, size, smallestSide);
        checkEnlargement(image, size, { isTiled: tiling !== null, setsSizes: protocol.setsSizes });
      }
      const scaled = images.get(scale) ?? resizeThrough(image, sizes, filter);
      images.set(scale, scaled);
      const { width, height } = scaled;
      const classes = definition.classes;
      return new ScoreMap({
        image: scaled,
        classes,
        outputStride,
        rows: spans(height),
        columns: spans(width),
        flip,
        run,
      });
    });
  }
}

const wholeSpan = (length: number, outputStride: number): TileSpan => ({
  start: 0,
  length,
  weights: new Float32Array(Math.ceil(length / outputStride)).fill(1),
});

function* blocks(length: number): Generator<Stretch> {
  for (let start = 0; start < length; start += BLOCK) yield { start, end: Math.min(start + BLOCK, length) };
}
