/** How much of each pixel lies inside closed curves. */
import type { OutlinePoint } from './outlines.ts';

/** A box of pixels, measured from the pen's place on the baseline; y downward. */
export interface CoveredBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How much of each pixel of the box is covered, 0 to 1, row by row. */
  readonly coverage: Float32Array;
}

/** Straight pieces that stand for one quadratic piece of a curve: at the size of glyphs here, less than a hundredth of a pixel off. */
const PIECES = 8;

type Place = readonly [x: number, y: number];

/** The covered pixels of curves, in which `scale` pixels are a unit. */
export function coverageOf(contours: readonly (readonly OutlinePoint[])[], scale: number): CoveredBox {
  const lines = contours.map((contour) => flattened(contour).map(([x, y]): Place => [x * scale, -y * scale]));
  const places = lines.flat();
  if (places.length === 0) return { left: 0, top: 0, width: 0, height: 0, coverage: new Float32Array() };
  const [left, top] = [0, 1].map((axis) => Math.floor(Math.min(...places.map((place) => place[axis] as number)))) as [
    number,
    number,
  ];
  const [right, bottom] = [0, 1].map((axis) =>
    Math.ceil(Math.max(...places.map((place) => place[axis] as number))),
  ) as [number, number];
  const [width, height] = [right - left, bottom - top];
  // For each pixel how much the covered height changes from its left neighbor to it: one more column takes what leaves the box.
  const changes = new Float64Array((width + 1) * height);
  for (const line of lines) {
    for (const [i, to] of line.entries()) {
      const from = line[(i + line.length - 1) % line.length] as Place;
      addEdge(changes, width + 1, [from[0] - left, from[1] - top], [to[0] - left, to[1] - top]);
    }
  }
  const coverage = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let covered = 0;
    for (let x = 0; x < width; x++) {
      covered += changes[y * (width + 1) + x] as number;
      coverage[y * width + x] = Math.min(1, Math.abs(covered));
    }
  }
  return { left, top, width, height, coverage };
}

/** The corners of a closed curve of quadratic pieces; between two points off the curve lies one on it, halfway. */
function flattened(contour: readonly OutlinePoint[]): Place[] {
  const between = (a: OutlinePoint, b: OutlinePoint): OutlinePoint => ({
    x: (a.x + b.x) / 2,
    y: (a.y + b.y) / 2,
    isOnCurve: true,
  });
  const whole = contour.flatMap((point, i) => {
    const next = contour[(i + 1) % contour.length] as OutlinePoint;
    return point.isOnCurve || next.isOnCurve ? [point] : [point, between(point, next)];
  });
  return whole.flatMap((point, i): Place[] => {
    if (point.isOnCurve) return [[point.x, point.y]];
    const from = whole[(i + whole.length - 1) % whole.length] as OutlinePoint;
    const to = whole[(i + 1) % whole.length] as OutlinePoint;
    return Array.from({ length: PIECES - 1 }, (_, piece): Place => {
      const t = (piece + 1) / PIECES;
      const at = (axis: 'x' | 'y'): number =>
        (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * point[axis] + t ** 2 * to[axis];
      return [at('x'), at('y')];
    });
  });
}

/** Adds the area to the right of an edge, which is negative where the edge runs upward. */
function addEdge(changes: Float64Array, stride: number, from: Place, to: Place): void {
  const direction = to[1] > from[1] ? 1 : -1;
  const [[x0, y0], [x1, y1]] = direction === 1 ? [from, to] : [to, from];
  const slope = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
  for (let row = Math.floor(y0); row < y1; row++) {
    const upper = Math.max(row, y0);
    const lower = Math.min(row + 1, y1);
    const ends = [x0 + (upper - y0) * slope, x0 + (lower - y0) * slope];
    const [first, last] = [Math.min(...ends), Math.max(...ends)];
    for (let column = Math.floor(first); column <= last; column++) {
      const start = Math.max(column, first);
      const end = Math.min(column + 1, last);
      // An upright edge lies in one column with all of its height.
      const share = last > first ? (end - start) / (last - first) : 1;
      const height = direction * (lower - upper) * share;
      const inside = column + 1 - (start + end) / 2;
      const at = row * stride + column;
      changes[at] = (changes[at] as number) + height * inside;
      if (inside < 1 && column + 1 < stride) changes[at + 1] = (changes[at + 1] as number) + height * (1 - inside);
    }
  }
}
