/** The regions of a segmentation as documents describe them. */
import type { LabelMap } from '../../image/label-map.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { type OutputContext, type SegmentationSource, wantedClasses } from './output-format.ts';
import { type Components, componentsOf } from '../../image/regions/components.ts';
import { type Polygon, polygonsOf, simplifyPolygon } from '../../image/regions/trace-polygons.ts';
import { meansOf, type Region, regionsOf } from '../../image/regions/regions.ts';

export interface DescribedRegion extends Region {
  readonly class: LabelClass;
  /** Mean confidence over its pixels, to 6 digits; only if the segmentation has it. */
  readonly confidence?: number;
}

/** What documents say of every region, however they give its shape. */
export interface RegionFields {
  /** The class's id. */
  readonly id: number;
  readonly label: string;
  readonly pixels: number;
  readonly bbox: readonly [x: number, y: number, width: number, height: number];
  /** The mean over its pixels; only if confidence was asked for. */
  readonly confidence?: number;
}

export const regionFields = ({ label, class: { name }, pixels, box, confidence }: DescribedRegion): RegionFields => ({
  id: label,
  label: name,
  pixels,
  bbox: [box.x, box.y, box.width, box.height],
  ...(confidence !== undefined && { confidence }),
});

export interface DescribedRegions {
  readonly components: Components;
  readonly regions: readonly DescribedRegion[];
}

/** The regions that a context wants. */
export function describeRegions(
  { labels, confidence }: SegmentationSource,
  context: OutputContext,
  by = context.regions ?? 'class',
): DescribedRegions {
  const components = componentsOf(labels);
  const minimumPixels = context.minimumPixels ?? 1;
  const regions = regionsOf(components, { by, isWanted: wantedClasses(context), minimumPixels });
  const means = confidence && meansOf(components, regions, confidence);
  return {
    components,
    regions: regions.map((region, index) => ({
      ...region,
      class: context.classes[region.label] as LabelClass,
      ...(means && { confidence: Number((means[index] as number).toFixed(6)) }),
    })),
  };
}

/** The polygons of each region, one a component. */
export function regionPolygons(
  labels: LabelMap,
  { components, regions }: DescribedRegions,
  tolerance: number,
): readonly (readonly Polygon[])[] {
  const labelsOfRegions = new Set(regions.map(({ label }) => label));
  const polygons = polygonsOf(labels, components, (label) => labelsOfRegions.has(label));
  return regions.map(({ components: ids }) =>
    ids.map((id) => simplifyPolygon(polygons.get(id) as Polygon, labels, tolerance)),
  );
}

/** A document as UTF-8, with each of the listed things on a line of its own, since there may be many. */
export function encodeDocument(
  head: Readonly<Record<string, unknown>>,
  listName: string,
  list: readonly unknown[],
): Uint8Array {
  const lines = Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const entries = list.map((entry) => JSON.stringify(entry)).join(',\n');
  const text = [...lines, `${JSON.stringify(listName)}: [\n${entries}\n]`].join(',\n');
  return new TextEncoder().encode(`{\n${text}\n}\n`);
}
