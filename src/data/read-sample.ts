/** Reads a picture and its labels from two files. */
import { FormatError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import type { DecodeImage } from './file-source.ts';
import { describeUnknown } from './mask.ts';
import { decodeSampleMask, encodingOf } from './read-mask.ts';
import type { LabeledImage, Sample } from './sample.ts';

/**
 * Reads and decodes a sample.
 * @throws FormatError naming the file if one is damaged, the sizes differ, or the mask has values that are no classes.
 */
export async function readSample(dataset: Dataset, sample: Sample, decodeImage: DecodeImage): Promise<LabeledImage> {
  const { source, classes } = dataset;
  const [imageBytes, maskBytes] = await Promise.all([source.read(sample.image), source.read(sample.mask)]);
  const decoding = decodeImage(imageBytes, sample.image);
  const [image, { labels, unknown }] = await Promise.all([
    decoding,
    decodeSampleMask(maskBytes, dataset, sample, decodeImage),
  ]);
  if (image.width !== labels.width || image.height !== labels.height) {
    throw new FormatError(
      `${sample.mask}: the mask is ${labels.width}x${labels.height}, but its image ${sample.image} is ${image.width}x${image.height}. ` +
        'Make the mask anew at the size of the image.',
    );
  }
  if (unknown.size > 0) {
    const { kind } = encodingOf(dataset, sample);
    const what = kind === 'ids' ? 'ids' : 'colors';
    throw new FormatError(
      `${sample.mask}: the mask has ${what} that are no classes: ${describeUnknown(unknown, kind)}. ` +
        `The classes are 0 ... ${classes.length - 1}, and 255 is ignored. Correct the mask or the mapping of labels.`,
    );
  }
  return { image, labels };
}
