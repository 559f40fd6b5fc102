/** How undecided the network is between the classes at every pixel. */
import { UsageError } from '../../errors.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { encodeGrayPng } from './gray-png.ts';
import type { OutputFormat, SegmentationSource } from './output-format.ts';

const MEANING =
  'Entropy of the probabilities of K classes divided by log K: 0 is certain (0), 255 is all equally likely (1).';

/** Black is certain, white says that all classes are equally likely. */
export const entropy: OutputFormat = {
  name: 'entropy',
  extension: '.entropy.png',
  description: 'indecision between the classes as 8-bit gray, 0 to 1',
  needs: 'entropy',
  encode: (segmentation) => [
    { suffix: entropy.extension, content: encodeGrayPng(segmentation.labels, valuesOf(segmentation), MEANING) },
  ],
};

/** float32 [height, width], in [0, 1]. */
export const entropyArray: OutputFormat = {
  name: 'entropy-npy',
  extension: '.entropy.npy',
  description: 'the same as float32 [height, width]',
  needs: 'entropy',
  encode(segmentation) {
    const { width, height } = segmentation.labels;
    return [{ suffix: entropyArray.extension, content: tensor('float32', [height, width], valuesOf(segmentation)) }];
  },
};

function valuesOf({ entropy: values, probabilities }: SegmentationSource): Float32Array {
  if (values) return values;
  if (probabilities) return normalizedEntropy(probabilities);
  throw new UsageError('Outputs: the segmentation has no entropy. Create the segmenter with {entropy: true}.');
}

/** -sum p log p / log K of K classes' probabilities, float32 [K, height, width]: 0 where one is certain, 1 where all are equal. */
export function normalizedEntropy({ shape, data }: Tensor<'float32'>): Float32Array {
  const classes = shape[0] as number;
  const pixels = data.length / classes;
  const sums = new Float64Array(pixels);
  for (let index = 0; index < data.length; index++) {
    const p = data[index] as number;
    // p log p tends to 0 with p.
    if (p > 0) sums[index % pixels] = (sums[index % pixels] as number) - p * Math.log(p);
  }
  const most = Math.log(classes);
  return Float32Array.from(sums, (sum) => (most === 0 ? 0 : Math.min(1, Math.max(0, sum / most))));
}
