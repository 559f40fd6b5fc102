/** The boundary F-score: how well predicted contours lie on the true ones. */
import { ShapeError, UsageError } from '../errors.ts';
import { addToGroup } from '../groups.ts';
import type { LabelMap } from '../image/label-map.ts';

/** The share of the image's diagonal that a contour may be off, as its authors chose it. */
export const BOUNDARY_TOLERANCE = 0.0075;

/** One class in one image; shares in [0, 1]. */
export interface BoundaryScore {
  /** The share of the predicted contour that a true contour is near to; null if nothing is predicted. */
  readonly precision: number | null;
  /** The share of the true contour that a predicted contour is near to; null if there is none. */
  readonly recall: number | null;
  /** Their harmonic mean; 0 if only one of the two contours exists. */
  readonly f: number;
}

/**
 * Each class's boundary F-score in one image, null for a class without a contour in either map. The contour of a class is its
 * pixels of which one of the four neighbors is of another class. Pixels without a true class are neither contour nor
 * neighbor, and the image's edge is no contour. Near is a distance between pixel centers of at most `tolerance` times the
 * image's diagonal. After Csurka, Larlus, Perronnin and Meylan, "What is a good evaluation measure for semantic
 * segmentation?", BMVC 2013.
 * @throws ShapeError if the sizes differ, UsageError if the tolerance is not in [0, 1].
 */
export function boundaryScores(
  truth: LabelMap,
  prediction: LabelMap,
  classes: number,
  tolerance = BOUNDARY_TOLERANCE,
): readonly (BoundaryScore | null)[] {
  const { width, height } = truth;
  if (prediction.width !== width || prediction.height !== height) {
    throw new ShapeError(
      `The boundary score got labels of ${width}x${height} and a prediction of ${prediction.width}x${prediction.height}. Bring them to one size.`,
    );
  }
  if (!(tolerance >= 0 && tolerance <= 1)) {
    throw new UsageError(`The boundary tolerance is a share of the diagonal in [0, 1], got ${tolerance}.`);
  }
  const reach = reachFor(tolerance * Math.hypot(width, height));
  const trueContours = contours(truth, truth, classes);
  const predictedContours = contours(prediction, truth, classes);
  return Array.from({ length: classes }, (_, id) =>
    scoreOf(trueContours.get(id) ?? [], predictedContours.get(id) ?? [], width, reach),
  );
}

/** The contour pixels of each class of a map. */
function contours(map: LabelMap, truth: LabelMap, classes: number): ReadonlyMap<number, number[]> {
  const { width, height, data } = map;
  const found = new Map<number, number[]>();
  const isOther = (pixel: number, id: number) => data[pixel] !== id && (truth.data[pixel] as number) < classes;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const id = data[pixel] as number;
      if (id >= classes || (truth.data[pixel] as number) >= classes) continue;
      if (
        (x > 0 && isOther(pixel - 1, id)) ||
        (x + 1 < width && isOther(pixel + 1, id)) ||
        (y > 0 && isOther(pixel - width, id)) ||
        (y + 1 < height && isOther(pixel + width, id))
      ) {
        addToGroup(found, id, pixel);
      }
    }
  }
  return found;
}

/** The highest vertical distance that is still near, by horizontal distance from 0 on. */
function reachFor(distance: number): readonly number[] {
  const reach: number[] = [];
  for (let across = 0; across <= distance; across++) {
    let down = Math.floor(distance);
    while (across * across + down * down > distance * distance) down--;
    reach.push(down);
  }
  return reach;
}

function scoreOf(
  truth: readonly number[],
  prediction: readonly number[],
  width: number,
  reach: readonly number[],
): BoundaryScore | null {
  if (truth.length === 0 && prediction.length === 0) return null;
  if (truth.length === 0) return { precision: 0, recall: null, f: 0 };
  if (prediction.length === 0) return { precision: null, recall: 0, f: 0 };
  const precision = near(prediction, truth, width, reach) / prediction.length;
  const recall = near(truth, prediction, width, reach) / truth.length;
  return { precision, recall, f: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** How many of some pixels have one of the others near. */
function near(pixels: readonly number[], others: readonly number[], width: number, reach: readonly number[]): number {
  const distances = columnDistances(others, width, reach[0] as number);
  let count = 0;
  for (const pixel of pixels) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    if (reach.some((down, across) => distances.at(x - across, y) <= down || distances.at(x + across, y) <= down))
      count++;
  }
  return count;
}

/**
 * The distance from each pixel to the nearest of the given ones in its own column, as far as `most`: with it, a disc is
 * searched column by column. Only the box around the given pixels, widened by `most`, is kept in memory.
 */
function columnDistances(pixels: readonly number[], width: number, most: number) {
  let [left, right, top, bottom] = [width, 0, Number.POSITIVE_INFINITY, 0];
  for (const pixel of pixels) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  top -= most;
  bottom += most;
  const [columns, rows] = [right - left + 1, bottom - top + 1];
  const far = most + 1;
  const grid = new Uint16Array(columns * rows).fill(far);
  for (const pixel of pixels) grid[(Math.floor(pixel / width) - top) * columns + (pixel % width) - left] = 0;
  for (let cell = columns; cell < grid.length; cell++) {
    grid[cell] = Math.min(grid[cell] as number, (grid[cell - columns] as number) + 1);
  }
  for (let cell = grid.length - columns - 1; cell >= 0; cell--) {
    grid[cell] = Math.min(grid[cell] as number, (grid[cell + columns] as number) + 1);
  }
  return {
    at: (x: number, y: number): number =>
      x < left || x > right || y < top || y > bottom ? far : (grid[(y - top) * columns + x - left] as number),
  };
}
