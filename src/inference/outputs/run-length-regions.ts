/** Regions as masks in COCO's run lengths. */
import { describeRegions, regionFields, type RegionFields } from './described-regions.ts';
import type { OutputContext, SegmentationSource } from './output-format.ts';
import { compressRunLengths, type RunLengthMask, runLengthsOf } from '../../image/regions/run-lengths.ts';

/** A region and its mask. */
export interface RunLengthRegion extends RegionFields {
  readonly segmentation: RunLengthMask;
}

/** The regions that a context wants, their run lengths as pycocotools' text unless they are written otherwise. */
export function runLengthRegions(
  segmentation: SegmentationSource,
  context: OutputContext,
  write: (counts: readonly number[]) => RunLengthMask['counts'] = compressRunLengths,
): RunLengthRegion[] {
  const { width, height } = segmentation.labels;
  const { components, regions } = describeRegions(segmentation, context);
  const counts = runLengthsOf(components, regions);
  return regions.map((region, index) => ({
    ...regionFields(region),
    segmentation: { size: [height, width], counts: write(counts[index] as number[]) },
  }));
}
