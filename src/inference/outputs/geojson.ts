/** Polygons as GeoJSON (RFC 7946). */
import { describeRegions, encodeDocument, regionPolygons } from './described-regions.ts';
import { determinant, type GeoTransform, type OutputContext, type OutputFormat } from './output-format.ts';
import type { Polygon } from '../../image/regions/trace-polygons.ts';
import type { Ring } from '../../image/regions/rings.ts';

type Position = [x: number, y: number];

/**
 * A FeatureCollection with a Polygon or MultiPolygon a region; its properties are `id`, `label`, `color`, `pixels`, `image` and, if
 * known, `confidence`. By the right-hand rule exteriors run counterclockwise in the plane of the coordinates themselves. Without a
 * transform those are pixels, with y pointing down; with one, what it maps them to. A reference system other than longitude and
 * latitude is named as the format of 2008 did, which GDAL and QGIS read.
 */
export const geojson: OutputFormat = {
  name: 'geojson',
  extension: '.geojson',
  description: 'a FeatureCollection of polygons, in pixels or on the map',
  encode(segmentation, context) {
    const { image, transform, crs, tolerance = 0 } = context;
    const described = describeRegions(segmentation, context);
    const outlines = regionPolygons(segmentation.labels, described, tolerance);
    const features = described.regions.map(({ label, class: { name, color }, pixels, confidence }, index) => ({
      type: 'Feature',
      properties: {
        id: label,
        label: name,
        color: `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`,
        pixels,
        ...(confidence !== undefined && { confidence }),
        image,
      },
      geometry: geometry(outlines[index] as readonly Polygon[], transform),
    }));
    const head = { type: 'FeatureCollection', ...(crs !== undefined && { crs: named(crs) }) };
    return [{ suffix: geojson.extension, content: encodeDocument(head, 'features', features) }];
  },
};

function geometry(outlines: readonly Polygon[], transform: OutputContext['transform']): unknown {
  const coordinates = outlines.map(({ exterior, holes }) =>
    [exterior, ...holes].map((ring) => positions(ring, transform)),
  );
  return coordinates.length === 1
    ? { type: 'Polygon', coordinates: coordinates[0] }
    : { type: 'MultiPolygon', coordinates };
}

/** A ring's corners with the first one repeated at the end. Clockwise on the screen is counterclockwise in numbers with y down. */
function positions(ring: Ring, transform: GeoTransform | undefined): Position[] {
  const placed = Array.from({ length: ring.length / 2 }, (_, point): Position => {
    const [x, y] = [ring[2 * point] as number, ring[2 * point + 1] as number];
    if (!transform) return [x, y];
    const [x0, xColumn, xRow, y0, yColumn, yRow] = transform;
    return [x0 + xColumn * x + xRow * y, y0 + yColumn * x + yRow * y];
  });
  if (transform && determinant(transform) < 0) placed.reverse();
  return [...placed, placed[0] as Position];
}

function named(crs: string): unknown {
  const [authority, code] = crs.split(':');
  return { type: 'name', properties: { name: `urn:ogc:def:crs:${authority}::${code}` } };
}
