/** The formats a segmentation can be written in: adding one is a file beside this and a line here. */
import { UsageError } from '../../errors.ts';
import { cocoRle, cocoRunLengths } from './coco-rle.ts';
import { confidence, confidenceArray } from './confidence.ts';
import { entropy, entropyArray } from './entropy.ts';
import { geojson } from './geojson.ts';
import { masks } from './masks.ts';
import {
  checkOutputContext,
  type OutputContext,
  type OutputFile,
  type OutputFormat,
  type SegmentationSource,
} from './output-format.ts';
import { polygons } from './polygons.ts';
import { yolo } from './yolo.ts';

/** Every format that a segmentation can be written in beside its label map; `outputFormats` finds them by name. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  cocoRle,
  cocoRunLengths,
  polygons,
  yolo,
  geojson,
  masks,
  confidence,
  confidenceArray,
  entropy,
  entropyArray,
];

/**
 * The formats of these names, each once.
 * @throws UsageError naming all that do not exist.
 */
export function outputFormats(names: readonly string[]): OutputFormat[] {
  const unknown = names.filter((name) => !OUTPUT_FORMATS.some((format) => format.name === name));
  if (unknown.length > 0) {
    const known = OUTPUT_FORMATS.map(({ name }) => name).join(', ');
    throw new UsageError(`Outputs: there is no format ${unknown.join(' and no format ')}. Choose from ${known}.`);
  }
  return OUTPUT_FORMATS.filter(({ name }) => names.includes(name));
}

/**
 * The files of a segmentation in one format.
 * @throws UsageError if an option is wrong, or the segmentation lacks what the format needs.
 */
export function encodeOutput(
  format: OutputFormat,
  segmentation: SegmentationSource,
  context: OutputContext,
): readonly OutputFile[] {
  checkOutputContext(context);
  return format.encode(segmentation, context);
}
