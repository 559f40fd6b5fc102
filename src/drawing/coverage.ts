/** How much of each pixel lies inside closed curves. */
import type { OutlinePoint } from './outlines.ts';

/** A box of pixels; y downward. */
interface CoveredBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How much of each pixel of the box is covered, 0 to 1, row by row. */
  readonly coverage: Float32Array;
}

/** Straight pieces that stand for one quadratic piece of a curve: in text of 66 pixels to the em less than a hundredth of a pixel off. */
const PIECES = 8;

type Place = readonly [x: number, y: number];

/** What stands for closed curves: the corners of each, x and y in turn. */
export type Polygons = readonly Float64Array[];

export const polygonsOf = (contours: readonly (readonly OutlinePoint[])[]): Polygons =>
  contours.map((contour) => Float64Array.from(flattened(contour).flat()));

/** The pixels that polygons cover at `scale` pixels a unit, with their origin at (x, y). */
export function coverageOf(polygons: Polygons, scale: number, x = 0, y = 0): CoveredBox {
  const placed = polygons.map((corners) =>
    corners.map((value, i) => (i % 2 === 0 ? x + value * scale : y - value * scale)),
  );
  const { left, top, width, height } = boxAround(placed);
  // For each pixel how much the covered height changes from its left neighbor to it: one more column takes what leaves the box.
  const changes = new Float64Array((width + 1) * height);
  for (const corners of placed) {
    let [fromX, fromY] = [corners.at(-2) as number, corners.at(-1) as number];
    for (let i = 0; i < corners.length; i += 2) {
      const [toX, toY] = [corners[i] as number, corners[i + 1] as number];
      addEdge(changes, width + 1, fromX - left, fromY - top, toX - left, toY - top);
      [fromX, fromY] = [toX, toY];
    }
  }
  const coverage = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    let covered = 0;
    for (let column = 0; column < width; column++) {
      covered += changes[row * (width + 1) + column] as number;
      coverage[row * width + column] = Math.min(1, Math.abs(covered));
    }
  }
  return { left, top, width, height, coverage };
}

/** The whole pixels around polygons; none where there are no polygons. */
function boxAround(polygons: Polygons): Omit<CoveredBox, 'coverage'> {
  let [left, top] = [Infinity, Infinity];
  let [right, bottom] = [-Infinity, -Infinity];
  for (const corners of polygons) {
    for (let i = 0; i < corners.length; i += 2) {
      const [x, y] = [corners[i] as number, corners[i + 1] as number];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  if (left > right) return { left: 0, top: 0, width: 0, height: 0 };
  [left, top] = [Math.floor(left), Math.floor(top)];
  return { left, top, width: Math.ceil(right) - left, height: Math.ceil(bottom) - top };
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
function addEdge(changes: Float64Array, stride: number, fromX: number, fromY: number, toX: number, toY: number): void {
  if (fromY === toY) return;
  const isDownward = toY > fromY;
  const [x0, y0] = isDownward ? [fromX, fromY] : [toX, toY];
  const [x1, y1] = isDownward ? [toX, toY] : [fromX, fromY];
  const slope = (x1 - x0) / (y1 - y0);
  for (let row = Math.floor(y0); row < y1; row++) {
    const upper = Math.max(row, y0);
    const lower = Math.min(row + 1, y1);
    const [atUpper, atLower] = [x0 + (upper - y0) * slope, x0 + (lower - y0) * slope];
    const [first, last] = [Math.min(atUpper, atLower), Math.max(atUpper, atLower)];
    for (let column = Math.floor(first); column <= last; column++) {
      const start = Math.max(column, first);
      const end = Math.min(column + 1, last);
      // An upright edge lies in one column with all of its height.
      const share = last > first ? (end - start) / (last - first) : 1;
      const height = (isDownward ? 1 : -1) * (lower - upper) * share;
      const inside = column + 1 - (start + end) / 2;
      const at = row * stride + column;
      changes[at] = (changes[at] as number) + height * inside;
      if (inside < 1 && column + 1 < stride) changes[at + 1] = (changes[at + 1] as number) + height * (1 - inside);
    }
  }
}
