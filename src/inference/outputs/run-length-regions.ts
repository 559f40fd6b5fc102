/** Regions as masks in COCO's run lengths. */
import { describeRegions } from './described-regions.ts';
import type { OutputContext, SegmentationSource } from './output-format.ts';
import { compressRunLengths, type RunLengthMask, runLengthsOf } from '../../image/regions/run-lengths.ts';

/** A region and its mask. */
export interface RunLengthRegion {
  /** The class's id. */
  readonly id: number;
  readonly label: string;
  readonly pixels: number;
  readonly bbox: readonly [x: number, y: number, width: number, height: number];
  /** The mean over its pixels; only if confidence was asked for. */
  readonly confidence?: number;
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
  return regions.map(({ label, class: { name }, pixels, box, confidence }, index) => ({
    id: label,
    label: name,
    pixels,
    bbox: [box.x, box.y, box.width, box.height] as const,
    ...(confidence !== undefined && { confidence }),
    segmentation: { size: [height, width], counts: write(counts[index] as number[]) },
  }));
}
