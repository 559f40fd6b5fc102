/** Which pixels a tool touches, as places in a picture: y times its width plus x. */
import type { Point } from '../ui/point.ts';

export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** The pixels whose middle is at most half a diameter away from the line between two pixels' middles. */
export function brushAlong(from: Point, to: Point, diameter: number, { width, height }: Extent): number[] {
  const radius = Math.max(0.5, diameter / 2);
  const [wide, high] = [to.x - from.x, to.y - from.y];
  const length = wide * wide + high * high;
  const places: number[] = [];
  const lowest = Math.max(0, Math.floor(Math.min(from.y, to.y) - radius));
  const highest = Math.min(height - 1, Math.ceil(Math.max(from.y, to.y) + radius));
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - radius));
  const right = Math.min(width - 1, Math.ceil(Math.max(from.x, to.x) + radius));
  for (let y = lowest; y <= highest; y++) {
    for (let x = left; x <= right; x++) {
      const along = length === 0 ? 0 : ((x - from.x) * wide + (y - from.y) * high) / length;
      const share = Math.min(1, Math.max(0, along));
      const [dx, dy] = [x - from.x - share * wide, y - from.y - share * high];
      if (dx * dx + dy * dy <= radius * radius) places.push(y * width + x);
    }
  }
  return places;
}

/** The pixels that a path over touching sides leads to from a seed, itself included; all of them belong. */
export function connected({ width, height }: Extent, seed: number, belongs: (place: number) => boolean): number[] {
  const seen = new Uint8Array(width * height);
  const places: number[] = [seed];
  seen[seed] = 1;
  for (let at = 0; at < places.length; at++) {
    const place = places[at] as number;
    const x = place % width;
    const visit = (next: number): void => {
      if (seen[next] === 1 || !belongs(next)) return;
      seen[next] = 1;
      places.push(next);
    };
    if (x > 0) visit(place - 1);
    if (x < width - 1) visit(place + 1);
    if (place >= width) visit(place - width);
    if (place < width * (height - 1)) visit(place + width);
  }
  return places;
}

/** The pixels around a seed that are labeled as it is. */
export const floodFill = (labels: Uint8Array, extent: Extent, seed: number): number[] => {
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
): number[] {
  const cells = extent.width * extent.height;
  const own = Array.from({ length: classes }, (_, id) => probabilities[id * cells + seed] as number);
  const common = (place: number): number =>
    own.reduce((sum, share, id) => sum + Math.min(share, probabilities[id * cells + place] as number), 0);
  // Rounding leaves probabilities a little short of 1.
  return connected(extent, seed, (place) => common(place) >= likeness - 1e-4);
}

/** The places of a stencil's pixels. */
export function stencilPlaces(
  { x, y, width, height, data }: Extent & Point & { readonly data: Uint8Array },
  picture: Extent,
): number[] {
  const places: number[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (data[row * width + column] === 1) places.push((y + row) * picture.width + x + column);
    }
  }
  return places;
}
