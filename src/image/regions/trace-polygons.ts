/** Components as polygons whose sides are edges of pixels. */
import type { LabelMap } from '../label-map.ts';
import { type Components, runAt } from './components.ts';
import { type Ring, signedArea, traceRings } from './rings.ts';
import { cornersOf, simplifyRing } from './simplify.ts';

/** An outline and what is cut out of it. Rings may touch each other in points. */
export interface Polygon {
  readonly exterior: Ring;
  readonly holes: readonly Ring[];
}

/** The polygon of every component of the wanted classes, by the component's position; it covers just the component's pixels. */
export function polygonsOf(
  labels: LabelMap,
  components: Components,
  isWanted: (label: number) => boolean,
): Map<number, Polygon> {
  const polygons = new Map<number, { exterior: Ring; holes: Ring[] }>();
  for (const { ring, x, y } of traceRings(labels, isWanted)) {
    const component = components.owners[runAt(components, x, y)] as number;
    const polygon = polygons.get(component) ?? { exterior: [], holes: [] };
    polygons.set(component, polygon);
    if (signedArea(ring) > 0) polygon.exterior = ring;
    else polygon.holes.push(ring);
  }
  return polygons;
}

/**
 * A polygon with fewer corners: each left out is at most `tolerance` pixels from the new outline. Neighbors in the label map are
 * simplified alike, so that no gaps open between them; what is too small for that keeps its outline. Outlines cross neither
 * themselves nor each other.
 */
export function simplifyPolygon(polygon: Polygon, labels: LabelMap, tolerance: number): Polygon {
  if (tolerance === 0) return polygon;
  const corners = cornersOf(labels);
  const simplify = (ring: Ring): Ring => simplifyRing(ring, tolerance, corners) ?? ring;
  return { exterior: simplify(polygon.exterior), holes: polygon.holes.map(simplify) };
}
