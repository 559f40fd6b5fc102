/** Outlines with fewer corners, by Douglas and Peucker's method (1973), that cross neither themselves nor each other. */
import type { LabelMap } from '../label-map.ts';
import { type IsOutline, isClear, type Span } from './clear-line.ts';
import { type Ring, signedArea } from './rings.ts';

/** What is at the corners of a label map's pixels. */
export interface Corners {
  /** Whether no outline may leave it out. */
  readonly isPinned: (x: number, y: number) => boolean;
  /** Whether an outline passes there. */
  readonly isOutline: IsOutline;
}

/**
 * The corners of a label map. Every outline must pass those of the image, and those at which three regions meet, or two of them
 * crosswise. Outside is a region too.
 */
export function cornersOf({ width, height, data }: LabelMap): Corners {
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? -1 : (data[y * width + x] as number);
  /** How often the class changes around a corner: twice around an ordinary corner or side. */
  const changes = (x: number, y: number): number => {
    const [a, b, c, d] = [at(x - 1, y - 1), at(x, y - 1), at(x, y), at(x - 1, y)];
    return Number(a !== b) + Number(b !== c) + Number(c !== d) + Number(d !== a);
  };
  return {
    isPinned: (x, y) => ((x === 0 || x === width) && (y === 0 || y === height)) || changes(x, y) > 2,
    isOutline: (x, y) => changes(x, y) > 0,
  };
}

/**
 * A ring along the edges of pixels without the corners that are at most `tolerance` pixels from the outline of the others, but where
 * it would run into other outlines or over them. The same line gives the same corners in whichever direction and from wherever it is
 * walked. Null if no area would be left.
 */
export function simplifyRing(given: Ring, tolerance: number, corners: Corners): Ring | null {
  const { isPinned } = corners;
  const ring = withJunctions(given, isPinned);
  const count = ring.length / 2;
  const isKept = new Uint8Array(count);
  const anchors: number[] = [];
  for (let point = 0; point < count; point++) {
    if (isPinned(ring[2 * point] as number, ring[2 * point + 1] as number)) anchors.push(point);
  }
  if (anchors.length === 0) anchors.push(firstPoint(ring));
  if (anchors.length === 1) anchors.push(farthestFrom(ring, anchors[0] as number));
  anchors.sort((a, b) => a - b);
  for (const [index, anchor] of anchors.entries()) {
    isKept[anchor] = 1;
    const next = index + 1 < anchors.length ? (anchors[index + 1] as number) : (anchors[0] as number) + count;
    markKept(ring, [anchor, next], { tolerance, isOutline: corners.isOutline }, isKept);
  }
  const kept: number[] = [];
  for (let point = 0; point < count; point++) {
    if (isKept[point] === 1) kept.push(ring[2 * point] as number, ring[2 * point + 1] as number);
  }
  return signedArea(kept) * signedArea(ring) > 0 ? kept : null;
}

/** The ring with points added where it must pass: others meet at it there, while it goes straight on. */
function withJunctions(ring: Ring, isPinned: Corners['isPinned']): Ring {
  const points: number[] = [];
  for (let at = 0; at < ring.length; at += 2) {
    const [x, y] = [ring[at] as number, ring[at + 1] as number];
    const [nextX, nextY] = [ring[(at + 2) % ring.length] as number, ring[(at + 3) % ring.length] as number];
    const [stepX, stepY] = [Math.sign(nextX - x), Math.sign(nextY - y)];
    points.push(x, y);
    for (let [midX, midY] = [x + stepX, y + stepY]; midX !== nextX || midY !== nextY; midX += stepX, midY += stepY) {
      if (isPinned(midX, midY)) points.push(midX, midY);
    }
  }
  return points;
}

/** What a straight line may leave out. */
interface Allowance {
  readonly tolerance: number;
  readonly isOutline: IsOutline;
}

/** Marks the points between two, counted on around the ring, that a straight line between them would miss, or that keep it clear of others. */
function markKept(ring: Ring, span: Span, { tolerance, isOutline }: Allowance, isKept: Uint8Array): void {
  const count = ring.length / 2;
  const pending = [span];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [from, to] = next;
    const distance = distanceTo(ring, from % count, to % count);
    let farthest = -1;
    let most = -1;
    for (let point = from + 1; point < to; point++) {
      const away = distance(point % count);
      if (away > most || (away === most && isBefore(ring, point % count, farthest % count))) {
        most = away;
        farthest = point;
      }
    }
    if (farthest < 0 || (most <= tolerance && isClear(ring, next, isOutline))) continue;
    // In halves, where something is in the way: cut off tooth by tooth, long combs would take for ever.
    const kept = most > tolerance ? farthest : middleOf(ring, next);
    isKept[kept % count] = 1;
    pending.push([from, kept], [kept, to]);
  }
}

/** The point in the middle of a part, by position: the same one in whichever direction it is walked. */
function middleOf(ring: Ring, [from, to]: Span): number {
  const [lower, upper] = [Math.floor((from + to) / 2), Math.ceil((from + to) / 2)];
  const count = ring.length / 2;
  return isBefore(ring, upper % count, lower % count) ? upper : lower;
}

/** Measures points' distances to the line between two others. */
function distanceTo(ring: Ring, one: number, other: number): (point: number) => number {
  // In one order, so that rounding is the same from both ends.
  const [a, b] = isBefore(ring, one, other) ? [one, other] : [other, one];
  const [ax, ay] = [ring[2 * a] as number, ring[2 * a + 1] as number];
  const [dx, dy] = [(ring[2 * b] as number) - ax, (ring[2 * b + 1] as number) - ay];
  const squared = dx * dx + dy * dy;
  return (point) => {
    const [x, y] = [(ring[2 * point] as number) - ax, (ring[2 * point + 1] as number) - ay];
    const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / squared));
    return Math.hypot(x - along * dx, y - along * dy);
  };
}

function firstPoint(ring: Ring): number {
  let first = 0;
  for (let point = 1; point < ring.length / 2; point++) if (isBefore(ring, point, first)) first = point;
  return first;
}

function farthestFrom(ring: Ring, origin: number): number {
  const distance = distanceTo(ring, origin, origin);
  let farthest = origin;
  let most = -1;
  for (let point = 0; point < ring.length / 2; point++) {
    const away = distance(point);
    if (away > most || (away === most && isBefore(ring, point, farthest))) {
      most = away;
      farthest = point;
    }
  }
  return farthest;
}

/** An order of points that depends on their places only. */
function isBefore(ring: Ring, a: number, b: number): boolean {
  const step = (ring[2 * a + 1] as number) - (ring[2 * b + 1] as number);
  return step < 0 || (step === 0 && (ring[2 * a] as number) < (ring[2 * b] as number));
}
