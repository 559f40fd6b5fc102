/** Polygons with holes as JSON. */
import { describeRegions, encodeDocument, regionPolygons } from './described-regions.ts';
import type { OutputFormat } from './output-format.ts';
import type { Ring } from './regions/rings.ts';

/**
 * {image, width, height, tolerance, regions: [{id, label, pixels, bbox, confidence?, polygons: [{exterior, holes}]}]}. Rings are lists
 * of [x, y] in pixels from the top left corner of the top left pixel, their first corner not repeated; exteriors run clockwise as
 * seen, holes the other way. With tolerance 0 the pixels whose centres are inside are just the region's.
 */
export const polygons: OutputFormat = {
  name: 'polygons',
  extension: '.polygons.json',
  description: 'JSON with polygons and their holes, along the edges of pixels',
  encode(segmentation, context) {
    const { labels } = segmentation;
    const { tolerance = 0 } = context;
    const described = describeRegions(segmentation, context);
    const outlines = regionPolygons(labels, described, tolerance);
    const regions = described.regions.map(({ label, class: { name }, pixels, box, confidence }, index) => ({
      id: label,
      label: name,
      pixels,
      bbox: [box.x, box.y, box.width, box.height],
      ...(confidence !== undefined && { confidence }),
      polygons: outlines[index]?.map(({ exterior, holes }) => ({
        exterior: points(exterior),
        holes: holes.map(points),
      })),
    }));
    const head = { image: context.image, width: labels.width, height: labels.height, tolerance };
    return [{ suffix: polygons.extension, content: encodeDocument(head, 'regions', regions) }];
  },
};

function points(ring: Ring): [x: number, y: number][] {
  return Array.from({ length: ring.length / 2 }, (_, point) => [
    ring[2 * point] as number,
    ring[2 * point + 1] as number,
  ]);
}
