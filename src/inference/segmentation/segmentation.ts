/** The result of segmenting an image. */
import { colorize } from '../../drawing/colorize.ts';
import { withLegend } from '../../drawing/legend.ts';
import { type OverlayOptions, overlay } from '../../drawing/overlay.ts';
import { UsageError } from '../../errors.ts';
import type { Color, Image } from '../../image/image.ts';
import type { LabelMap } from '../../image/label-map.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkOutputContext, type OutputContext } from '../outputs/output-format.ts';
import { type PolygonRegion, polygonRegions } from '../outputs/polygon-regions.ts';
import { type RunLengthRegion, runLengthRegions } from '../outputs/run-length-regions.ts';
import { foundClasses, type SegmentationOutputs, type SegmentedClass } from './outputs.ts';

/** A binary image: one byte a pixel, 255 inside and 0 outside, rows from top to bottom. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Which parts of a segmentation are described one by one. */
export type RegionOptions = Pick<OutputContext, 'regions' | 'only' | 'minimumPixels' | 'tolerance'>;

/** An image with a class for every pixel. */
export class Segmentation {
  /** The image that was segmented, 8-bit RGB at its own size. */
  readonly image: Image;
  /**
   * The most likely class of every pixel: ids from 0 to K - 1 of K classes, in the image's size, rows from top to
   * bottom. They are bytes, or 16-bit numbers above 256 classes.
   */
  readonly labels: LabelMap;
  /**
   * The probability of each pixel's class, in (0, 1]: one number a pixel, in the order of the labels. Undefined unless
   * the option `confidence` asked for it.
   */
  readonly confidence: Float32Array | undefined;
  /**
   * How undecided the network is at each pixel: the entropy of its K probabilities over log K, from 0 (one class is
   * certain) to 1 (all are equally likely). One number a pixel, in the order of the labels. Undefined unless the option
   * `entropy` asked for it.
   */
  readonly entropy: Float32Array | undefined;
  /**
   * Every class's probability at every pixel: float32 [K, height, width] in the image's size, in [0, 1]; those of a
   * pixel sum to 1. Undefined unless the option `probabilities` asked for them.
   */
  readonly probabilities: Tensor<'float32'> | undefined;
  /**
   * The network's own output, before softmax and enlargement: float32 [1, K, ceil(h / s), ceil(w / s)] of any sign, for
   * the h x w pixels that entered the network and its output stride s, 4 as published. Undefined unless the option
   * `logits` asked for it.
   */
  readonly logits: Tensor<'float32'> | undefined;
  /** The classes found, most frequent first. */
  readonly classes: readonly SegmentedClass[];
  /** The colors of all the model's classes, by id. */
  readonly colors: readonly Color[];

  readonly #classes: readonly LabelClass[];

  /** @param found the classes found, where they were counted already. */
  constructor(
    image: Image,
    outputs: SegmentationOutputs,
    classes: readonly LabelClass[],
    found: readonly SegmentedClass[] = foundClasses(outputs, classes),
  ) {
    this.image = image;
    this.labels = outputs.labels;
    this.confidence = outputs.confidence;
    this.entropy = outputs.entropy;
    this.probabilities = outputs.probabilities;
    this.logits = outputs.logits;
    this.colors = classes.map(({ color }) => color);
    this.classes = found;
    this.#classes = classes;
  }

  /** Every pixel in its class's color. */
  colorized(): Image {
    return colorize(this.labels, this.colors);
  }

  /** The image tinted in the classes' colors, with a legend of the classes found unless it is turned off. */
  overlay({ legend = true, ...options }: OverlayOptions & { readonly legend?: boolean } = {}): Image {
    const image = overlay(this.image, this.labels, this.colors, options);
    return legend ? withLegend(image, this.classes) : image;
  }

  /**
   * Where a class is: 255 for each of its pixels and 0 elsewhere, rows from top to bottom; all 0 if it was not found.
   * @throws UsageError if the model has no class of this name.
   */
  mask(className: string): Mask {
    const id = this.classId(className);
    const { width, height, data } = this.labels;
    return { width, height, data: Uint8Array.from(data, (label) => (label === id ? 255 : 0)) };
  }

  /**
   * Every class found as polygons with holes along the edges of its pixels, by class id.
   * @throws UsageError if an option is wrong.
   */
  polygons(options: RegionOptions = {}): readonly PolygonRegion[] {
    return polygonRegions(this, this.#context(options));
  }

  /**
   * Every class found as a mask in COCO's compressed run lengths, as pycocotools writes them, by class id.
   * @throws UsageError if an option is wrong.
   */
  rle(options: Omit<RegionOptions, 'tolerance'> = {}): readonly RunLengthRegion[] {
    return runLengthRegions(this, this.#context(options));
  }

  /** A class's id by its name. @throws UsageError if the model has no class of this name */
  protected classId(className: string): number {
    const id = this.#classes.findIndex(({ name }) => name === className);
    if (id >= 0) return id;
    const names = this.#classes.map(({ name }) => name).join(', ');
    throw new UsageError(`The model has no class ${JSON.stringify(className)}. Its classes are ${names}.`);
  }

  #context(options: RegionOptions): OutputContext {
    const context: OutputContext = { image: '', classes: this.#classes, ...options };
    checkOutputContext(context);
    return context;
  }
}
