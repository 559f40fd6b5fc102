/** What a session gives for an image, and the classes found in it. */
import type { Color } from '../../image/image.ts';
import { countLabels, type LabelMap } from '../../image/label-map.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** A class that was found in the image. */
export interface SegmentedClass {
  readonly id: number;
  readonly label: string;
  readonly color: Color;
  readonly pixels: number;
  /** The share of all pixels that are of the class, in (0, 1]. */
  readonly fraction: number;
  /** Mean probability of the class over its pixels, in (0, 1]; only if confidence was asked for. */
  readonly confidence?: number;
}

/** What a session gave for one image. */
export interface SegmentationOutputs {
  readonly labels: LabelMap;
  /** The chosen class's probability for every pixel, rows from top to bottom. */
  readonly confidence?: Float32Array;
  /** The entropy of every pixel's probabilities divided by its largest value, log K of K classes: in [0, 1]. */
  readonly entropy?: Float32Array;
  /** float32 [classes, height, width]. */
  readonly probabilities?: Tensor<'float32'>;
  /** The network's own output, float32 [1, classes, h, w]. */
  readonly logits?: Tensor<'float32'>;
}

/** The classes that a label map has, most frequent first. */
export function foundClasses(
  { labels, confidence }: SegmentationOutputs,
  classes: readonly LabelClass[],
): SegmentedClass[] {
  const counts = countLabels(labels, classes.length);
  const sums = confidence && sumByLabel(labels, confidence, classes.length);
  return classes
    .map(({ name, color }, id): SegmentedClass => {
      const pixels = counts[id] as number;
      const found = { id, label: name, color, pixels, fraction: pixels / labels.data.length };
      return sums ? { ...found, confidence: (sums[id] as number) / pixels } : found;
    })
    .filter(({ pixels }) => pixels > 0)
    .sort((a, b) => b.pixels - a.pixels || a.id - b.id);
}

function sumByLabel(labels: LabelMap, values: Float32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const id = labels.data[pixel] as number;
    sums[id] = (sums[id] as number) + (values[pixel] as number);
  }
  return sums;
}
