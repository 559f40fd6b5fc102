/** The polygon that is drawn, corner by corner, until it is filled. */
import { signal } from '@preact/signals';
import { fillPolygon } from 'refinenet/web';
import type { Point } from '../ui/point.ts';
import type { Labeling } from './labeling.ts';
import { stencilSpans } from './spans.ts';
import { paint } from './steps.ts';

/** Its corners, in pixels. */
export const corners = signal<readonly Point[]>([]);

/** Adds a corner; on the first one again, it closes. @param reach how near to it that is, in pixels */
export function addCorner(now: Labeling, point: Point, reach: number): void {
  const [first] = corners.value;
  if (first && corners.value.length > 2 && Math.hypot(point.x - first.x, point.y - first.y) <= reach) closePolygon(now);
  else corners.value = [...corners.value, point];
}

/** Fills the polygon that is drawn. */
export function closePolygon(now: Labeling): void {
  const ring = corners.value.flatMap(({ x, y }) => [x + 0.5, y + 0.5]);
  corners.value = [];
  if (ring.length >= 6) paint(now, stencilSpans(fillPolygon(ring, now.width, now.height), now));
}

/** Takes the last corner back. */
export function dropCorner(): void {
  corners.value = corners.value.slice(0, -1);
}

export function dropPolygon(): void {
  corners.value = [];
}
