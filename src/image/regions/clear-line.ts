/** Whether a part of an outline can be drawn straight without running into other outlines. */
import { addToGroup } from '../../groups.ts';
import type { Ring } from './rings.ts';

/** Says of a corner of pixels whether an outline passes there. */
export type IsOutline = (x: number, y: number) => boolean;

/** A part of a ring: the positions of its first and its last point; those between are counted on around the ring. */
export type Span = readonly [first: number, last: number];

/**
 * Whether between a part of a ring along the edges of pixels and the straight line from its first to its last point, or on that line,
 * no other outline passes. Lines of parts that are all clear do not cross: each part and its line are a loop, and two loops cross an
 * even number of times in all. The parts do not cross, and each crosses the line of the other an even number of times, as neither end
 * of one lies between the other and its line; so the lines cross an even number of times, and straight ones at most once. Other
 * outlines share no inner point with a part: where outlines meet, parts end.
 */
export function isClear(ring: Ring, [first, last]: Span, isOutline: IsOutline): boolean {
  const count = ring.length / 2;
  const x = (point: number) => ring[2 * (point % count)] as number;
  const y = (point: number) => ring[2 * (point % count) + 1] as number;
  const [ax, ay, bx, by] = [x(first), y(first), x(last), y(last)];
  const own = new Set<number>([keyOf(ax, ay)]);
  /** By row, where lines lead on to the next one. */
  const crossings = new Map<number, number[]>();
  for (let point = first; point < last; point++) {
    const [stepX, stepY] = [Math.sign(x(point + 1) - x(point)), Math.sign(y(point + 1) - y(point))];
    for (let [atX, atY] = [x(point), y(point)]; atX !== x(point + 1) || atY !== y(point + 1); ) {
      if (stepY !== 0) addToGroup(crossings, Math.min(atY, atY + stepY), atX);
      [atX, atY] = [atX + stepX, atY + stepY];
      own.add(keyOf(atX, atY));
    }
  }
  const isOther = (atX: number, atY: number) => isOutline(atX, atY) && !own.has(keyOf(atX, atY));
  if (ay === by) {
    for (let atX = Math.min(ax, bx); atX <= Math.max(ax, bx); atX++) if (isOther(atX, ay)) return false;
  }
  for (let atY = Math.min(ay, by); atY < Math.max(ay, by); atY++) {
    const lineX = ax + ((atY - ay) * (bx - ax)) / (by - ay);
    const nearest = Math.round(lineX);
    const isOnLine = (nearest - ax) * (by - ay) === (atY - ay) * (bx - ax);
    if (isOnLine && isOther(nearest, atY)) return false;
    addToGroup(crossings, atY, lineX);
  }
  for (const [atY, row] of crossings) {
    row.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < row.length; pair += 2) {
      const end = row[pair + 1] as number;
      for (let atX = Math.ceil(row[pair] as number); atX < end; atX++) if (isOther(atX, atY)) return false;
    }
  }
  return true;
}

/** Images have at most 65,535 pixels a side. */
const keyOf = (x: number, y: number): number => y * 65_536 + x;
