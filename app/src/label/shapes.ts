/** Which pixels a tool touches. */
import type { Point } from '../ui/point.ts';
import type { Extent, Spans } from './spans.ts';

/** The pixels whose middle is at most half a diameter away from the line between two pixels' middles. */
export function brushAlong(from: Point, to: Point, diameter: number, { width, height }: Extent): Spans {
  const radius = Math.max(0.5, diameter / 2);
  const [wide, high] = [to.x - from.x, to.y - from.y];
  const length = wide * wide + high * high;
  const lowest = Math.max(0, Math.floor(Math.min(from.y, to.y) - radius));
  const highest = Math.min(height - 1, Math.ceil(Math.max(from.y, to.y) + radius));
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - radius));
  const right = Math.min(width - 1, Math.ceil(Math.max(from.x, to.x) + radius));
  const isNear = (x: number, y: number): boolean => {
    const along = length === 0 ? 0 : ((x - from.x) * wide + (y - from.y) * high) / length;
    const share = Math.min(1, Math.max(0, along));
    const [dx, dy] = [x - from.x - share * wide, y - from.y - share * high];
    return dx * dx + dy * dy <= radius * radius;
  };
  const spans: number[] = [];
  for (let y = lowest; y <= highest; y++) {
    // The shape has no dents: a row of it is one span.
    let begin = left;
    while (begin <= right && !isNear(begin, y)) begin++;
    if (begin > right) continue;
    let end = begin + 1;
    while (end <= right && isNear(end, y)) end++;
    spans.push(y * width + begin, y * width + end);
  }
  return spans;
}

/** What is known of a pixel while a region grows. */
const [UNKNOWN, OUTSIDE, BELONGS, TAKEN] = [0, 1, 2, 3];

/** The pixels that a path over touching sides leads to from a seed, itself included; all of them belong. */
export function connected({ width, height }: Extent, seed: number, belongs: (place: number) => boolean): Spans {
  const known = new Uint8Array(width * height);
  const isOpen = (place: number): boolean => {
    if (known[place] === UNKNOWN) known[place] = belongs(place) ? BELONGS : OUTSIDE;
    return known[place] === BELONGS;
  };
  known[seed] = BELONGS;
  const spans: number[] = [];
  const waiting = [seed];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (known[place] === TAKEN) continue;
    const row = place - (place % width);
    let [begin, end] = [place, place + 1];
    while (begin > row && isOpen(begin - 1)) begin--;
    while (end < row + width && isOpen(end)) end++;
    known.fill(TAKEN, begin, end);
    spans.push(begin, end);
    for (const beside of [-width, width]) {
      if (row + beside < 0 || row + beside >= width * height) continue;
      for (let at = begin + beside, before = false; at < end + beside; at++) {
        const isNext = isOpen(at);
        if (isNext && !before) waiting.push(at);
        before = isNext;
      }
    }
  }
  return spans;
}

/** The pixels around a seed that are labeled as it is. */
export const floodFill = (labels: Uint8Array, extent: Extent, seed: number): Spans => {
  const id = labels[seed];
  return connected(extent, seed, (place) => labels[place] === id);
};

/**
 * The pixels around a seed in which a model sees what it sees there: the share that their probabilities have in common is at least
 * as much as asked for.
 * @param probabilities of all classes, [classes, height, width].
 * @param likeness in [0, 1]; 1 takes only pixels with the seed's own probabilities.
 */
export function growAlong(
  probabilities: ArrayLike<number>,
  classes: number,
  extent: Extent,
  seed: number,
  likeness: number,
): Spans {
  const cells = extent.width * extent.height;
  const own = Float64Array.from({ length: classes }, (_, id) => probabilities[id * cells + seed] as number);
  const common = (place: number): number => {
    let sum = 0;
    for (let id = 0, at = place; id < classes; id++, at += cells)
      sum += Math.min(own[id] as number, probabilities[at] as number);
    return sum;
  };
  // Rounding leaves probabilities a little short of 1.
  return connected(extent, seed, (place) => common(place) >= likeness - 1e-4);
}
