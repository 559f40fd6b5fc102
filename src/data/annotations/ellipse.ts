/** Makes polygons of round and rectangular shapes. */

/** How far the polygon may stray from the curve, in pixels: less than the grid that polygons are filled on. */
const TOLERANCE = 0.05;

/** An ellipse around a center, its first radius turned clockwise from the x axis by an angle in radians. */
export function ellipseRing(cx: number, cy: number, rx: number, ry: number, angle = 0): number[] {
  const largest = Math.max(rx, ry, 1);
  const corners = Math.max(16, Math.ceil(Math.PI / Math.acos(1 - TOLERANCE / largest)));
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return Array.from({ length: corners }, (_, corner) => {
    const turn = (2 * Math.PI * corner) / corners;
    const [x, y] = [rx * Math.cos(turn), ry * Math.sin(turn)];
    return [cx + x * cosine - y * sine, cy + x * sine + y * cosine];
  }).flat();
}

/** A rectangle from one corner to the opposite one. */
export const rectangleRing = (x0: number, y0: number, x1: number, y1: number): number[] => [
  x0,
  y0,
  x1,
  y0,
  x1,
  y1,
  x0,
  y1,
];

/** An outline turned clockwise around a point by an angle in degrees. */
export function turnedRing(ring: readonly number[], cx: number, cy: number, degrees: number): number[] {
  if (degrees === 0) return [...ring];
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return ring.map((_, at) => {
    const [x, y] = [(ring[at - (at % 2)] as number) - cx, (ring[at - (at % 2) + 1] as number) - cy];
    return at % 2 === 0 ? cx + x * cosine - y * sine : cy + x * sine + y * cosine;
  });
}
