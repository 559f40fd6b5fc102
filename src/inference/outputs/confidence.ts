/** How sure the network is of every pixel's class. */
import { UsageError } from '../../errors.ts';
import { tensor } from '../../tensor/tensor.ts';
import { encodeGrayPng } from './gray-png.ts';
import type { OutputFormat, SegmentationSource } from './output-format.ts';

const MEANING = 'Probability of the chosen class: 0 is 0, 255 is 1.';

/** Black is probability 0, white 1; of K classes the chosen one has at least 1 / K. */
export const confidence: OutputFormat = {
  name: 'confidence',
  extension: '.confidence.png',
  description: "the chosen class's probability as 8-bit gray, 0 to 1",
  needs: 'confidence',
  encode: (segmentation) => [
    { suffix: confidence.extension, content: encodeGrayPng(segmentation.labels, valuesOf(segmentation), MEANING) },
  ],
};

/** float32 [height, width], in (0, 1]. */
export const confidenceArray: OutputFormat = {
  name: 'confidence-npy',
  extension: '.confidence.npy',
  description: 'the same as float32 [height, width]',
  needs: 'confidence',
  encode(segmentation) {
    const { width, height } = segmentation.labels;
    return [{ suffix: confidenceArray.extension, content: tensor('float32', [height, width], valuesOf(segmentation)) }];
  },
};

function valuesOf({ confidence: values }: SegmentationSource): Float32Array {
  if (values) return values;
  throw new UsageError('Outputs: the segmentation has no confidence. Create the segmenter with {confidence: true}.');
}
