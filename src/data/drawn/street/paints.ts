/** Colors as functions of the place, and arithmetic with them. */
import type { Color } from '../../../image/image.ts';
import type { Paint } from '../labeled-canvas.ts';
import { roughField } from '../texture.ts';

/** All parts times a factor. */
export function shaded([red, green, blue]: Color, factor: number): Color {
  return [red * factor, green * factor, blue * factor];
}

/** Mixes one color (share 0) with another (share 1). */
export function mixed(from: Color, to: Color, share: number): Color {
  const part = (channel: 0 | 1 | 2) => from[channel] + share * (to[channel] - from[channel]);
  return [part(0), part(1), part(2)];
}

/** One color everywhere. */
export function flat(color: Color): Paint {
  return () => color;
}

/** A color with blotches of about `size` pixels, lighter and darker by up to the share `strength`. */
export function mottled(color: Color, seed: number, size: number, strength: number): Paint {
  const field = roughField(seed);
  return (x, y) => shaded(color, 1 + 2 * strength * (field(x / size, y / size) - 0.5));
}

/** Lighter at the top than at the bottom, as under an open sky. */
export function fromAbove(color: Color, top: number, bottom: number, strength = 0.35): Paint {
  return (_, y) => shaded(color, 1 + strength * (1 - (2 * (y - top)) / Math.max(1, bottom - top)));
}
