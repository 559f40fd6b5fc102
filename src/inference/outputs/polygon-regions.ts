/** Regions as polygons with holes. */
import { describeRegions, regionFields, type RegionFields, regionPolygons } from './described-regions.ts';
import type { OutputContext, SegmentationSource } from './output-format.ts';
import type { Ring } from '../../image/regions/rings.ts';

type Point = readonly [x: number, y: number];

/** A region and its outlines. */
export interface PolygonRegion extends RegionFields {
  readonly polygons: readonly { readonly exterior: readonly Point[]; readonly holes: readonly (readonly Point[])[] }[];
}

/**
 * The regions that a context wants. Rings are lists of [x, y] in pixels from the top left corner of the top left pixel, their
 * first corner not repeated; exteriors run clockwise as seen, holes the other way. With tolerance 0 the pixels whose centers are
 * inside are just the region's.
 */
export function polygonRegions(segmentation: SegmentationSource, context: OutputContext): PolygonRegion[] {
  const described = describeRegions(segmentation, context);
  const outlines = regionPolygons(segmentation.labels, described, context.tolerance ?? 0);
  return described.regions.map((region, index) => ({
    ...regionFields(region),
    polygons: (outlines[index] ?? []).map(({ exterior, holes }) => ({
      exterior: points(exterior),
      holes: holes.map(points),
    })),
  }));
}

function points(ring: Ring): Point[] {
  return Array.from({ length: ring.length / 2 }, (_, point) => [
    ring[2 * point] as number,
    ring[2 * point + 1] as number,
  ]);
}
