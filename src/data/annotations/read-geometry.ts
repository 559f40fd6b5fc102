/** Makes geometries of what label files have, or says why there is none. */
import type { ShapeFaultKind, ShapeGeometry } from './annotation.ts';

/** A geometry, or why there is none. */
export interface ReadGeometry {
  readonly geometry?: ShapeGeometry;
  readonly faults: readonly { readonly kind: ShapeFaultKind; readonly detail: string }[];
}

/** Outlines as lists x, y, x, y, ... Those of fewer than three points are left out and said. */
export function outlineGeometry(
  outlines: readonly unknown[],
  kind: 'polygons' | 'normalized-polygons' = 'polygons',
): ReadGeometry {
  const wrong = outlines.findIndex((outline) => !isNumbers(outline) || outline.length % 2 !== 0);
  if (wrong >= 0) {
    const outline = outlines[wrong];
    const what = isNumbers(outline) ? `${outline.length} numbers, an odd one` : 'something else than numbers';
    return brokenGeometry(
      `${outlines.length > 1 ? `outline ${wrong + 1}` : 'its outline'} has ${what}; it is a list x, y, x, y, ...`,
    );
  }
  const rings = (outlines as readonly (readonly number[])[]).map(withoutClosing);
  const short = rings.filter((ring) => ring.length < 6);
  const faults = short.map((ring) => ({
    kind: 'few-points' as const,
    detail: `${ring.length / 2} point${ring.length === 2 ? '' : 's'}`,
  }));
  const whole = rings.filter((ring) => ring.length >= 6);
  return whole.length === 0 ? { faults } : { geometry: { kind, rings: whole }, faults };
}

/** Some repeat the first point at the end. */
function withoutClosing(ring: readonly number[]): readonly number[] {
  const isClosed = ring.length > 2 && ring[0] === ring.at(-2) && ring[1] === ring.at(-1);
  return isClosed ? ring.slice(0, -2) : ring;
}

/** Whether it is a list of finite numbers. */
export const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));

/** Nothing to draw, and why. */
export const brokenGeometry = (detail: string): ReadGeometry => ({ faults: [{ kind: 'broken-shape', detail }] });
