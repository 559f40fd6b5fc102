/** Reads a sample's class ids from its files. */
import { PIXELS } from '../limits.ts';
import { describeValue } from '../text.ts';
import { FormatError } from '../errors.ts';
import { decodeLabelPng } from '../image/png.ts';
import { IGNORE_INDEX, labelTable } from '../labels/label-table.ts';
import type { Dataset } from './dataset.ts';
import type { DecodeImage } from './file-source.ts';
import { type DecodedMask, decodeMask, type MaskEncoding } from './mask.ts';
import type { Sample } from './sample.ts';
import type { ImageAnnotation } from './annotations/annotation.ts';
import type { ImageSize } from '../image/preprocess.ts';
import { paintAnnotation } from './annotations/paint.ts';

/** How a sample's mask says which class a pixel has: as the data set's masks do, or by plain ids if it was predicted. */
export const encodingOf = ({ encoding, classes }: Dataset, { predicted, encoding: own }: Sample): MaskEncoding =>
  predicted ? { kind: 'ids', table: labelTable({ classes: classes.length }) } : (own ?? encoding);

/**
 * The class ids in a sample's mask; those of a predicted one only where the prediction was sure enough.
 * @param bytes the mask's file.
 * @throws FormatError if a file is damaged, of a kind that cannot hold what it should, or sizes differ.
 */
export async function decodeSampleMask(
  bytes: Uint8Array,
  dataset: Dataset,
  sample: Sample,
  decodeImage: DecodeImage,
): Promise<DecodedMask> {
  const { mask, predicted } = sample;
  const { readHdf5Mat } = dataset.source;
  const decoded = await decodeMask(bytes, encodingOf(dataset, sample), decodeImage, mask, readHdf5Mat);
  if (!predicted || predicted.least === 0) return decoded;
  const { width, height, data } = decodeLabelPng(await dataset.source.read(predicted.confidence), {
    name: predicted.confidence,
  });
  const { labels } = decoded;
  if (width !== labels.width || height !== labels.height || !(data instanceof Uint8Array)) {
    const what = data instanceof Uint8Array ? `${width}x${height}` : 'of 16 bits a pixel';
    throw new FormatError(
      `${predicted.confidence}: the confidences are ${what}, but the mask ${mask} has ${labels.width}x${labels.height} and they 8 bits. Predict the image anew.`,
    );
  }
  return { ...decoded, labels: { ...labels, data: sureLabels(labels.data, data, predicted.least) } };
}

/** Labels with 255 where the confidence, 255 for 1, is below the least one. */
function sureLabels(labels: Uint8Array, confidences: Uint8Array, least: number): Uint8Array {
  return labels.map((id, pixel) => ((confidences[pixel] as number) / 255 < least ? IGNORE_INDEX : id));
}

/**
 * The class ids of what was drawn, in the form of a mask's.
 * @param isThorough whether it is searched for what is odd but can be drawn.
 * @throws FormatError naming the labels' file if they say a size that no image has.
 */
export function paintedMask(
  file: string,
  annotation: ImageAnnotation,
  size: ImageSize,
  isThorough: boolean,
): DecodedMask {
  const { width, height } = annotation.size ?? size;
  if (![width, height].every((side) => Number.isSafeInteger(side) && side > 0)) {
    throw new FormatError(
      `${file}: the labels say a width of ${describeValue(width)} and a height of ${describeValue(height)}. Correct them to the image's, in pixels.`,
    );
  }
  if (width * height > PIXELS) {
    throw new FormatError(
      `${file}: an image of ${width}x${height} is more than the ${PIXELS} pixels allowed. Correct the size that the labels say.`,
    );
  }
  const { labels, overlap, faults } = paintAnnotation(annotation, { width, height }, isThorough);
  return { labels, unknown: new Map(), stored: new Map(), isWide: false, painted: { overlap, faults } };
}
