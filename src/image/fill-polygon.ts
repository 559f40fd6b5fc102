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
import { EMPTY_STENCIL, type Stencil } from './stencil.ts';

const GRID = 5;
/** The middle of the grid's columns that a pixel has: the last one left of its center. */
const MIDDLE = 2;

/**
 * The pixels of a polygon in an image of this size.
 * @param ring x0, y0, x1, y1, ... in pixels from the top left corner of the top left pixel, at least three points. It is closed.
 *   What lies outside of the image is left out; where the outline crosses itself, what is inside twice is outside.
 */
export function fillPolygon(ring: ArrayLike<number>, width: number, height: number): Stencil {
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

/** Column and row of every crossing, one after the other. */
function crossingsOf(ring: ArrayLike<number>, width: number, height: number): number[] {
  const points = Int32Array.from(ring, (value) => Math.trunc(GRID * value + 0.5));
  const crossings: number[] = [];
  let [lastX, lastY] = [Number.NaN, Number.NaN];
  const step = (x: number, y: number): void => {
    if (x !== lastX && !Number.isNaN(lastX)) {
      // Where it leaps, the right one of the columns counts.
      const column = ((x < lastX ? x : x - 1) - MIDDLE) / GRID;
      if (Number.isInteger(column) && column >= 0 && column <= width - 1) {
        const row = (Math.min(y, lastY) + 0.5) / GRID - 0.5;
        crossings.push(column, Math.ceil(Math.min(Math.max(row, 0), height)));
      }
    }
    lastX = x;
    lastY = y;
  };
  for (let at = 0; at < points.length; at += 2) {
    const next = (at + 2) % points.length;
    walk(points[at] as number, points[at + 1] as number, points[next] as number, points[next + 1] as number, step);
  }
  return crossings;
}

/** Steps from one grid point to another, the same points in either direction. */
function walk(x0: number, y0: number, x1: number, y1: number, step: (x: number, y: number) => void): void {
  const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
  const isFlat = dx >= dy;
  const isBackward = isFlat ? x0 > x1 : y0 > y1;
  const [xs, ys, xe, ye] = isBackward ? [x1, y1, x0, y0] : [x0, y0, x1, y1];
  const length = isFlat ? dx : dy;
  // A side without length stays on its point.
  const slope = length === 0 ? 0 : (isFlat ? ye - ys : xe - xs) / length;
  for (let done = 0; done <= length; done++) {
    const along = isBackward ? length - done : done;
    if (isFlat) step(xs + along, Math.trunc(ys + slope * along + 0.5));
    else step(Math.trunc(xs + slope * along + 0.5), ys + along);
  }
}
