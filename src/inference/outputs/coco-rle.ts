/** Masks as COCO annotations: run lengths, as text or as numbers. */
import { encodeDocument } from './described-regions.ts';
import type { OutputContext, OutputFile, OutputFormat, SegmentationSource } from './output-format.ts';
import { compressRunLengths, type RunLengthMask } from '../../image/regions/run-lengths.ts';
import { runLengthRegions } from './run-length-regions.ts';

/** What pycocotools takes as it is: `counts` is text. */
export const cocoRle: OutputFormat = {
  name: 'rle',
  extension: '.rle.json',
  description: 'a COCO document with run-length masks, compressed as by pycocotools',
  encode: (segmentation, context) => encode(segmentation, context, cocoRle.extension, compressRunLengths),
};

/** What is easy to read by hand: `counts` is a list of numbers. */
export const cocoRunLengths: OutputFormat = {
  name: 'rle-counts',
  extension: '.rle-counts.json',
  description: 'the same with the run lengths as numbers',
  encode: (segmentation, context) => encode(segmentation, context, cocoRunLengths.extension, (counts) => counts),
};

/**
 * A data set of one image, as pycocotools' COCO class reads it. A category's id is the class id, from 0 on. `score` is the mean
 * confidence, so that annotations are results too.
 */
function encode(
  segmentation: SegmentationSource,
  context: OutputContext,
  suffix: string,
  write: (counts: readonly number[]) => RunLengthMask['counts'],
): OutputFile[] {
  const { width, height } = segmentation.labels;
  const annotations = runLengthRegions(segmentation, context, write).map(
    ({ id, pixels, bbox, confidence, segmentation: mask }, index) => ({
      id: index + 1,
      image_id: 1,
      category_id: id,
      segmentation: mask,
      area: pixels,
      bbox,
      iscrowd: 0,
      ...(confidence !== undefined && { score: confidence }),
    }),
  );
  const head = {
    images: [{ id: 1, file_name: context.image, width, height }],
    categories: context.classes.map(({ name }, id) => ({ id, name })),
  };
  return [{ suffix, content: encodeDocument(head, 'annotations', annotations) }];
}
