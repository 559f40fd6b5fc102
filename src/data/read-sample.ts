/** Reads an image and its labels from two files. */
import { FormatError } from '../errors.ts';
import { placeOf, type ShapeFault, STOPPING_FAULTS } from './annotations/annotation.ts';
import type { ImageSize } from '../image/preprocess.ts';
import { firstOf } from '../text.ts';
import type { Dataset } from './dataset.ts';
import type { DecodeImage } from './file-source.ts';
import { type DecodedMask, describeUnknown } from './mask.ts';
import { decodeSampleMask, encodingOf, paintedMask } from './read-mask.ts';
import { type LabeledImage, labelsNameOf, type Sample } from './sample.ts';

/**
 * Reads and decodes a sample.
 * @throws FormatError naming the file if one is damaged, the sizes differ, or the mask has values that are no classes.
 */
export async function readSample(dataset: Dataset, sample: Sample, decodeImage: DecodeImage): Promise<LabeledImage> {
  const decoding = dataset.source.read(sample.image).then((bytes) => decodeImage(bytes, sample.image));
  const [image, labels] = await Promise.all([decoding, readLabels(dataset, sample, decodeImage, () => decoding)]);
  assertSameSize(sample, image, labels);
  return { image, labels };
}

/** @throws FormatError naming the mask if it has another size than its image. */
export function assertSameSize(sample: Sample, image: ImageSize, labels: ImageSize): void {
  if (image.width === labels.width && image.height === labels.height) return;
  throw new FormatError(
    `${labelsNameOf(sample)}: the mask is ${labels.width}x${labels.height}, but its image ${sample.image} is ${image.width}x${image.height}. ` +
      'Make the mask anew at the size of the image.',
  );
}

/**
 * Reads a sample's labels alone.
 * @param sizeOf the size of its image, which is asked for only where labels do not say it.
 * @throws FormatError naming the file if it is damaged, or has values or shapes that are no classes.
 */
export async function readLabels(
  dataset: Dataset,
  sample: Sample,
  decodeImage: DecodeImage,
  sizeOf: () => Promise<ImageSize>,
): Promise<LabeledImage['labels']> {
  const { annotation, mask } = sample;
  if (annotation) {
    const { labels, painted } = paintedMask(mask, annotation, annotation.size ?? (await sizeOf()), false);
    assertNoneStops(sample, painted?.faults ?? []);
    return labels;
  }
  const decoded = await decodeSampleMask(await dataset.source.read(mask), dataset, sample, decodeImage);
  assertKnown(dataset, sample, decoded);
  return decoded.labels;
}

function assertNoneStops(sample: Sample, faults: readonly ShapeFault[]): void {
  const { annotation, mask, image } = sample;
  const stopping = faults.filter(({ kind }) => STOPPING_FAULTS.includes(kind));
  if (!annotation || stopping.length === 0) return;
  const list = stopping.map((fault) => `${placeOf(mask, annotation, fault)}: ${fault.detail}`);
  throw new FormatError(
    `${image}: its labels cannot be used: ${firstOf(list, 5, '; ')}. Verify the data set for all of them.`,
  );
}

function assertKnown(dataset: Dataset, sample: Sample, { unknown }: DecodedMask): void {
  if (unknown.size === 0) return;
  const { kind } = encodingOf(dataset, sample);
  const what = kind === 'ids' ? 'ids' : 'colors';
  throw new FormatError(
    `${sample.mask}: the mask has ${what} that are no classes: ${describeUnknown(unknown, kind)}. ` +
      `The classes are 0 ... ${dataset.classes.length - 1}, and 255 is ignored. Correct the mask or the mapping of labels.`,
  );
}
