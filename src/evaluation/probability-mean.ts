/** Class probabilities of several models or scales made one prediction. */
import { FormatError, ShapeError } from '../errors.ts';
import { labelIds, type LabelMap, labelMap } from '../image/label-map.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * The arithmetic mean of probabilities [classes, height, width], all of equal weight. Only their sum is kept, whatever their
 * number: it has the same largest class.
 */
export class ProbabilityMean {
  readonly #shape: readonly [classes: number, height: number, width: number];
  readonly #sum: Float32Array;

  constructor(classes: number, width: number, height: number) {
    this.#shape = [classes, height, width];
    this.#sum = new Float32Array(classes * height * width);
  }

  /**
   * Takes in one more prediction of the same image, float32 [classes, height, width].
   * @throws ShapeError if the shape is another, FormatError if not all are finite; `name` begins the message.
   */
  add(probabilities: Tensor<'float32'>, name: string): void {
    const { shape, data } = probabilities;
    if (shape.length !== 3 || shape.some((extent, axis) => extent !== this.#shape[axis])) {
      throw new ShapeError(
        `${name}: the probabilities have the shape ${formatShape(shape)}, but [classes, height, width] is ${formatShape(this.#shape)} here. ` +
          "Save them at the image's own size, with the data set's classes.",
      );
    }
    let total = 0;
    for (let index = 0; index < data.length; index++) {
      this.#sum[index] = (this.#sum[index] as number) + (data[index] as number);
      total += this.#sum[index] as number;
    }
    if (Number.isFinite(total)) return;
    throw new FormatError(
      `${name}: not all probabilities are finite numbers. Save them again, by a model whose numbers do not overflow.`,
    );
  }

  /** The most probable class of every pixel, the first of equal ones. */
  labels(): LabelMap {
    const [classes, height, width] = this.#shape;
    const pixels = width * height;
    const labels = labelIds(classes, pixels);
    const highest = this.#sum.slice(0, pixels);
    for (let id = 1; id < classes; id++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const sum = this.#sum[id * pixels + pixel] as number;
        if (!(sum > (highest[pixel] as number))) continue;
        highest[pixel] = sum;
        labels[pixel] = id;
      }
    }
    return labelMap(width, height, labels);
  }
}
