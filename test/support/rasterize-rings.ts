/** Polygons back to pixels. */
import { ShapeError, UsageError } from '../../src/errors.ts';
import { checkSides } from '../../src/image/image.ts';
import type { Ring } from '../../src/image/regions/rings.ts';

/**
 * The pixels whose centers lie within an odd number of the rings, rows from top to bottom: 1 inside, 0 outside. So exteriors and
 * holes are given alike, in any direction; coordinates may have fractions and may lie outside of the image.
 * @throws ShapeError if the sides are not whole numbers above 0, UsageError if a ring has an odd number of coordinates or one that is not finite.
 */
export function rasterizeRings(rings: Iterable<Ring>, width: number, height: number): Uint8Array {
  checkSides('A mask of polygons', width, height);
  const mask = new Uint8Array(width * height);
  let index = 0;
  for (const ring of rings) {
    if (ring.length % 2 !== 0)
      throw new ShapeError(`Ring ${index} has ${ring.length} coordinates; give x and y by turns.`);
    if (!ring.every(Number.isFinite)) throw new UsageError(`Ring ${index} has coordinates that are no finite numbers.`);
    toggle(mask, width, height, ring);
    index++;
  }
  for (let y = 0, pixel = 0; y < height; y++) {
    let inside = 0;
    for (let x = 0; x < width; x++, pixel++) {
      inside ^= mask[pixel] as number;
      mask[pixel] = inside;
    }
  }
  return mask;
}

/** At every crossing of a side and a row's middle, toggles the first pixel whose center is on the right of it. */
function toggle(mask: Uint8Array, width: number, height: number, ring: Ring): void {
  let [x0, y0] = [ring.at(-2) ?? 0, ring.at(-1) ?? 0];
  for (let at = 0; at < ring.length; at += 2) {
    const [x1, y1] = [ring[at] as number, ring[at + 1] as number];
    const first = Math.max(0, Math.ceil(Math.min(y0, y1) - 0.5));
    const end = Math.min(height, Math.ceil(Math.max(y0, y1) - 0.5));
    for (let y = first; y < end; y++) {
      const crossing = x0 + ((y + 0.5 - y0) / (y1 - y0)) * (x1 - x0);
      const column = Math.max(0, Math.ceil(crossing - 0.5));
      if (column < width) mask[y * width + column] = (mask[y * width + column] as number) ^ 1;
    }
    x0 = x1;
    y0 = y1;
  }
}
