/** Masks as COCO annotations: run lengths, as text or as numbers. */
import { describeRegions, encodeDocument } from './described-regions.ts';
import type { OutputContext, OutputFile, OutputFormat, SegmentationSource } from './output-format.ts';
import { compressRunLengths, runLengthsOf } from './regions/run-lengths.ts';

/** For pycocotools as it is: `counts` is text. */
export const cocoRle: OutputFormat = {
  name: 'rle',
  extension: '.rle.json',
  description: 'a COCO document with run-length masks, compressed as by pycocotools',
  encode: (segmentation, context) => encode(segmentation, context, cocoRle.extension, compressRunLengths),
};

/** For readers of one's own: `counts` is a list of numbers. */
export const cocoRunLengths: OutputFormat = {
  name: 'rle-counts',
  extension: '.rle-counts.json',
  description: 'the same with the run lengths as numbers',
  encode: (segmentation, context) => encode(segmentation, context, cocoRunLengths.extension, (counts) => counts),
};

/**
 * A data set of one picture, as pycocotools' COCO class reads it. A category's id is the class id, from 0 on. `score` is the mean
 * confidence, so that annotations are results too.
 */
function encode(
  segmentation: SegmentationSource,
  context: OutputContext,
  suffix: string,
  write: (counts: readonly number[]) => unknown,
): OutputFile[] {
  const { width, height } = segmentation.labels;
  const { components, regions } = describeRegions(segmentation, context);
  const counts = runLengthsOf(components, regions);
  const annotations = regions.map(({ label, pixels, box, confidence }, index) => ({
    id: index + 1,
    image_id: 1,
    category_id: label,
    segmentation: { size: [height, width], counts: write(counts[index] as number[]) },
    area: pixels,
    bbox: [box.x, box.y, box.width, box.height],
    iscrowd: 0,
    ...(confidence !== undefined && { score: confidence }),
  }));
  const head = {
    images: [{ id: 1, file_name: context.image, width, height }],
    categories: context.classes.map(({ name }, id) => ({ id, name })),
  };
  return [{ suffix, content: encodeDocument(head, 'annotations', annotations) }];
}
