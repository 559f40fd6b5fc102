/** Writes outlines as YOLO's texts have them. */
import type { LabelMap } from '../label-map.ts';
import type { Ring } from './rings.ts';

/** Enough decimals for the corner to be found again in an image of a million columns. */
const DECIMALS = 1e8;

/** `x y x y ...`, x divided by the width and y by the height, 8 decimals. */
export function normalizedOutline(ring: Ring, { width, height }: Pick<LabelMap, 'width' | 'height'>): string {
  return ring.map((value, at) => Math.round((value / (at % 2 === 0 ? width : height)) * DECIMALS) / DECIMALS).join(' ');
}
