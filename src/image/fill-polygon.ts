/**
 * Fills polygons as pycocotools does (`rleFrPoly` in common/maskApi.c of github.com/cocodataset/cocoapi), for which most polygons
 * of data sets were drawn. Its rule in numbers:
 *
 * 1. Corners go to a grid of five points a pixel: each coordinate becomes the whole part of 5 c + 0.5.
 * 2. Between corners the outline steps along the longer of its two extents (along x if they are equal), a grid point at a time
 *    and from the smaller end; the other coordinate is the whole part of the straight line's value + 0.5.
 * 3. Column x is crossed where the outline steps between the grid's columns 5 x + 2 and 5 x + 3, which is at the pixels' middle.
 *    With v the smaller of the two steps' rows, the crossing lies at row (v + 0.5) / 5 - 0.5, at least 0 and at most the image's
 *    height, rounded up.
 * 4. Down each column, every crossing changes from outside to inside or back, and is the first pixel that is so.
 *
 * "Whole part" leaves out what follows the point, of numbers below 0 too.
 */
import { UsageError } from '../errors.ts';
import { EMPTY_STENCIL, type Stencil } from './stencil.ts';

const GRID = 5;
/** On the grid, differences of coordinates that are no larger are exact. */
const MOST = 1e12;
/** The middle of the grid's columns that a pixel has: the last one left of its center. */
const MIDDLE = 2;

/**
 * The pixels of a polygon in an image of this size.
 * @param ring x0, y0, x1, y1, ... in pixels from the top left corner of the top left pixel, at least three points. It is closed.
 *   What lies outside of the image is left out; where the outline crosses itself, what is inside twice is outside.
 * @throws UsageError if a coordinate is no number between -1e12 and 1e12.
 */
export function fillPolygon(ring: ArrayLike<number>, width: number, height: number): Stencil {
  checkCoordinates(ring);
  const crossings = crossingsOf(ring, width, height);
  if (crossings.length === 0) return EMPTY_STENCIL;
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let at = 0; at < crossings.length; at += 2) {
    const [x, y] = [crossings[at] as number, crossings[at + 1] as number];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  const [columns, rows] = [right - left + 1, bottom - top];
  if (rows === 0) return EMPTY_STENCIL;
  const data = new Uint8Array(columns * rows);
  for (let at = 0; at < crossings.length; at += 2) {
    const row = (crossings[at + 1] as number) - top;
    if (row === rows) continue;
    const pixel = row * columns + (crossings[at] as number) - left;
    data[pixel] = (data[pixel] as number) ^ 1;
  }
  for (let pixel = columns; pixel < data.length; pixel++)
    data[pixel] = (data[pixel] as number) ^ (data[pixel - columns] as number);
  return { x: left, y: top, width: columns, height: rows, data };
}

function checkCoordinates(ring: ArrayLike<number>): void {
  for (let at = 0; at < ring.length; at++) {
    if (Math.abs(ring[at] as number) <= MOST) continue;
    throw new UsageError(
      `fillPolygon: ${at % 2 === 0 ? 'x' : 'y'} of point ${(at >> 1) + 1} is ${ring[at]}. Give numbers of pixels between -1e12 and 1e12.`,
    );
  }
}

/** Column and row of every crossing, one after the other. */
function crossingsOf(ring: ArrayLike<number>, width: number, height: number): number[] {
  const points = Float64Array.from(ring, (value) => Math.trunc(GRID * value + 0.5));
  const crossings: number[] = [];
  for (let at = 0; at < points.length; at += 2) {
    const next = (at + 2) % points.length;
    const side = [points[at], points[at + 1], points[next], points[next + 1]] as [number, number, number, number];
    crossSide(...side, width, (column, y) => {
      const row = (y + 0.5) / GRID - 0.5;
      crossings.push(column, Math.ceil(Math.min(Math.max(row, 0), height)));
    });
  }
  return crossings;
}

/**
 * Tells the image's columns that a side crosses, each with the smaller row of the two steps between which it does; it is the same
 * in either direction. Only columns are gone through, so that a side may be long.
 */
function crossSide(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  width: number,
  cross: (column: number, y: number) => void,
): void {
  const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
  const isFlat = dx >= dy;
  const [xs, ys, xe, ye] = (isFlat ? x0 > x1 : y0 > y1) ? [x1, y1, x0, y0] : [x0, y0, x1, y1];
  const [left, right] = [Math.min(xs, xe), Math.max(xs, xe)];
  const first = Math.max(0, Math.ceil((left - MIDDLE) / GRID));
  const last = Math.min(width - 1, Math.ceil((right - MIDDLE) / GRID) - 1);
  const slope = isFlat ? (ye - ys) / dx : (xe - xs) / dy;
  for (let column = first; column <= last; column++) {
    const before = column * GRID + MIDDLE;
    const y = isFlat
      ? Math.min(onLine(ys, slope, before - xs), onLine(ys, slope, before + 1 - xs))
      : ys + stepAcross(xs, slope, dy, before) - 1;
    cross(column, y);
  }
}

const onLine = (start: number, slope: number, steps: number): number => Math.trunc(start + slope * steps + 0.5);

/** The first of the steps from 1 to `count` that is on the other hand of a column's middle than the start of a line is. */
function stepAcross(start: number, slope: number, count: number, middle: number): number {
  let [before, after] = [0, count];
  while (after - before > 1) {
    const step = Math.floor((before + after) / 2);
    if (onLine(start, slope, step) > middle === slope < 0) before = step;
    else after = step;
  }
  return after;
}
