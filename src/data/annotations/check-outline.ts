/** Says what is wrong with outlines. */
import { selfCrossing } from '../../image/self-crossing.ts';
import type { ImageSize } from '../../image/preprocess.ts';

/** As far outside nothing is lost: pixels reach half a pixel from their centers. */
const SLACK = 0.5;

/**
 * Why an outline cannot be filled at all, in words; undefined if it can. One that lies a whole image away from the image is
 * in another unit or of another image.
 */
export function unfillable(ring: readonly number[], size: ImageSize): string | undefined {
  const at = ring.findIndex((value, index) => {
    const side = index % 2 === 0 ? size.width : size.height;
    return !(value >= -side && value <= 2 * side);
  });
  if (at < 0) return undefined;
  return `point ${(at >> 1) + 1} has ${at % 2 === 0 ? 'x' : 'y'} = ${ring[at]}, far outside of the ${size.width}x${size.height} pixels of the image`;
}

/** By how much an outline reaches over the edges of the image, in words; undefined if it does not. */
export function reachesOutside(ring: readonly number[], { width, height }: ImageSize): string | undefined {
  let [left, right, top, bottom] = [0, width, 0, height];
  for (let at = 0; at < ring.length; at += 2) {
    left = Math.min(left, ring[at] as number);
    right = Math.max(right, ring[at] as number);
    top = Math.min(top, ring[at + 1] as number);
    bottom = Math.max(bottom, ring[at + 1] as number);
  }
  const over = { left: -left, right: right - width, top: -top, bottom: bottom - height };
  const sides = Object.entries(over).filter(([, pixels]) => pixels > SLACK);
  if (sides.length === 0) return undefined;
  return sides.map(([side, pixels]) => `${rounded(pixels)} pixels over the ${side} edge`).join(', ');
}

/** Where an outline crosses itself, in words; undefined if it does not. */
export function crossesItself(ring: readonly number[]): string | undefined {
  const sides = selfCrossing(ring);
  if (!sides) return undefined;
  const corner = (side: number) => `(${rounded(ring[2 * side] as number)}, ${rounded(ring[2 * side + 1] as number)})`;
  return `the sides from ${corner(sides[0])} and from ${corner(sides[1])}`;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
