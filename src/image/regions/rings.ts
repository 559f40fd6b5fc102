/** The outlines of regions along the edges of pixels. */
import type { LabelMap } from '../label-map.ts';

/**
 * A closed line through corners of pixels: x0, y0, x1, y1 ... in pixels from the image's top left corner, the first corner not
 * repeated at the end. Its region lies on its right hand (with y pointing down): exteriors run clockwise as seen, holes the other way.
 */
export type Ring = readonly number[];

/** A ring with a pixel of its region that borders on it. */
export interface TracedRing {
  readonly ring: Ring;
  readonly x: number;
  readonly y: number;
}

/** Stands around the image; no class has this id. */
const OUTSIDE = 65_535;

/**
 * All rings of 4-connected regions of the wanted classes, ids below 65535. Only real corners are points of a ring, and no ring
 * visits a point twice: where one would, it is two that touch.
 */
export function traceRings(labels: LabelMap, isWanted: (label: number) => boolean): TracedRing[] {
  const stride = labels.width + 2;
  const data = framed(labels);
  const isTraced = new Uint8Array(data.length);
  const wanted = Uint8Array.from({ length: OUTSIDE + 1 }, (_, id) => (id !== OUTSIDE && isWanted(id) ? 1 : 0));
  const rings: TracedRing[] = [];
  for (let y = 0; y < labels.height; y++) {
    const rowStart = (y + 1) * stride + 1;
    for (let pixel = rowStart; pixel < rowStart + labels.width; pixel++) {
      const label = data[pixel] as number;
      // Every ring passes above some of its pixels.
      if (label === data[pixel - stride] || isTraced[pixel] === 1 || wanted[label] === 0) continue;
      for (const corners of trace(data, stride, pixel, isTraced)) {
        rings.push({ ring: toRing(corners, stride), x: pixel - rowStart, y });
      }
    }
  }
  return rings;
}

/** The label map within a frame, one pixel wide, that belongs to no class. */
function framed({ width, height, data }: LabelMap): Uint16Array {
  const stride = width + 2;
  const result = new Uint16Array(stride * (height + 2)).fill(OUTSIDE);
  for (let y = 0; y < height; y++) result.set(data.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1);
  return result;
}

const EAST = 0;

/**
 * Walks once around, beginning above a pixel, eastwards. A corner is known by the pixel to its south-east.
 * Where two pixels of the class meet at a corner only, the walk stays with the one it came along.
 */
function trace(data: Uint16Array, stride: number, first: number, isTraced: Uint8Array): number[][] {
  const label = data[first];
  // By heading: east, south, west, north.
  const steps = [1, stride, -1, -stride];
  const aheadRight = [0, -1, -stride - 1, -stride];
  const aheadLeft = [-stride, 0, -1, -stride - 1];
  const rings: number[][] = [];
  const corners: number[] = [];
  const touched = new Map<number, number>();
  let corner = first;
  let heading = EAST;
  do {
    if (heading === EAST) isTraced[corner] = 1;
    corner += steps[heading] as number;
    const isLeft = data[corner + (aheadLeft[heading] as number)] === label;
    if (data[corner + (aheadRight[heading] as number)] !== label) {
      heading = (heading + 1) & 3;
      const earlier = isLeft ? touched.get(corner) : undefined;
      if (earlier === undefined) {
        if (isLeft) touched.set(corner, corners.length);
        corners.push(corner);
      } else {
        // What was walked since the first visit is a ring of its own.
        rings.push(corners.splice(earlier + 1));
        (rings.at(-1) as number[]).push(corner);
      }
    } else if (isLeft) {
      heading = (heading + 3) & 3;
      corners.push(corner);
    }
  } while (corner !== first || heading !== EAST);
  rings.push(corners);
  return rings;
}

/** Coordinates of corners; the last one, where the walk began, comes first. */
function toRing(corners: readonly number[], stride: number): Ring {
  const ring = new Array<number>(corners.length * 2);
  for (let index = 0; index < corners.length; index++) {
    const corner = corners[(index + corners.length - 1) % corners.length] as number;
    ring[2 * index] = (corner % stride) - 1;
    ring[2 * index + 1] = Math.floor(corner / stride) - 1;
  }
  return ring;
}

/** The area within a ring in pixels, below 0 for a hole. */
export function signedArea(ring: Ring): number {
  let twice = 0;
  let [x, y] = [ring.at(-2) ?? 0, ring.at(-1) ?? 0];
  for (let at = 0; at < ring.length; at += 2) {
    const [nextX, nextY] = [ring[at] as number, ring[at + 1] as number];
    twice += x * nextY - nextX * y;
    x = nextX;
    y = nextY;
  }
  return twice / 2;
}
