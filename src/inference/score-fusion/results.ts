/** The fused blocks of an image, put together. */
import type { Image } from '../../image/image.ts';
import { labelIds, labelMap } from '../../image/label-map.ts';
import type { ModelDescription } from '../../models/model.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Stretch } from '../axis-sampling.ts';
import { checkProbabilitySize } from '../probability-size.ts';
import { FUSION_OUTPUTS, type FusionOutput } from './graph.ts';
import { Segmentation } from '../segmentation/segmentation.ts';

/** What is known of an image so far: its fused blocks. */
export class ScoreFusionResults {
  readonly #width: number;
  readonly #pixels: number;
  readonly #arrays: Partial<Record<FusionOutput, Uint8Array | Uint16Array | Float32Array>>;

  /** @throws UsageError if probabilities are wanted that take more than 4 GiB. */
  constructor({ width, height }: Image, classes: number, wanted: readonly string[]) {
    const pixels = width * height;
    const withProbabilities = wanted.includes('probabilities');
    if (withProbabilities) checkProbabilitySize(classes, { width, height });
    this.#width = width;
    this.#pixels = pixels;
    this.#arrays = {
      labels: labelIds(classes, pixels),
      ...(wanted.includes('confidence') && { confidence: new Float32Array(pixels) }),
      ...(wanted.includes('entropy') && { entropy: new Float32Array(pixels) }),
      ...(withProbabilities && { probabilities: new Float32Array(classes * pixels) }),
    };
  }

  /** Copies a block's rows to their places, in every plane. */
  put(block: Readonly<Record<string, Tensor>>, top: number, columns: Stretch): void {
    const width = columns.end - columns.start;
    for (const name of FUSION_OUTPUTS) {
      const whole = this.#arrays[name];
      if (!whole) continue;
      const { shape, data } = block[name] as Tensor<'uint8' | 'float32'>;
      const height = shape.at(-2) as number;
      for (let row = 0; row < data.length / width; row++) {
        const plane = Math.floor(row / height);
        const to = plane * this.#pixels + (top + (row % height)) * this.#width + columns.start;
        whole.set(data.subarray(row * width, (row + 1) * width), to);
      }
    }
  }

  segmentation(image: Image, { definition, classes }: ModelDescription): Segmentation {
    const { width, height } = image;
    const { labels, confidence, entropy, probabilities } = this.#arrays;
    return new Segmentation(
      image,
      {
        labels: labelMap(width, height, labels as Uint8Array | Uint16Array),
        ...(confidence && { confidence: confidence as Float32Array }),
        ...(entropy && { entropy: entropy as Float32Array }),
        ...(probabilities && {
          probabilities: tensor('float32', [definition.classes, height, width], probabilities as Float32Array),
        }),
      },
      classes,
    );
  }
}
