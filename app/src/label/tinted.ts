/** Labels as colors. */
import type { Area } from './spans.ts';

/** The colors of the pixels of a rectangle, row by row. @param width of the picture */
export function tinted(labels: Uint8Array, width: number, area: Area, table: Uint32Array): Uint32Array<ArrayBuffer> {
  const { left, top, right, bottom } = area;
  const pixels = new Uint32Array((right - left) * (bottom - top));
  for (let y = top, to = 0; y < bottom; y++) {
    const last = y * width + right;
    for (let at = y * width + left; at < last; at++, to++) pixels[to] = table[labels[at] as number] as number;
  }
  return pixels;
}
