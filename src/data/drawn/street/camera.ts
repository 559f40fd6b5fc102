/** The camera that a drawn street is seen through: meters in front of it to pixels and back, by a pinhole. */
import { type Area, type Point, polygon } from '../labeled-canvas.ts';

/** Meters to the right of the camera, up from the road, and ahead. */
export type Place = readonly [right: number, up: number, ahead: number];

/** The size of the image, in pixels: CamVid's frames as SegNet used them. */
export const WIDTH = 480;
/** See `WIDTH`. */
export const HEIGHT = 360;
/** In pixels. */
const FOCAL = 400;
/** The pixel straight ahead, at the horizon. */
export const HORIZON: Point = [226, 160];
/** Meters of the camera above the road. */
const EYE = 1.5;

/** Where a place appears. It must lie ahead of the camera. */
export function project([right, up, ahead]: Place): Point {
  return [HORIZON[0] + (FOCAL * right) / ahead, HORIZON[1] - (FOCAL * (up - EYE)) / ahead];
}

/** What corners enclose, as seen. */
export function projected(corners: readonly Place[]): Area {
  return polygon(corners.map(project));
}

/** The place on the road at a pixel below the horizon. */
export function onRoad(x: number, y: number): { readonly right: number; readonly ahead: number } {
  const ahead = (FOCAL * EYE) / Math.max(0.5, y - HORIZON[1]);
  return { right: ((x - HORIZON[0]) * ahead) / FOCAL, ahead };
}

/** The place at a pixel on a wall along the street that stands so many meters to the right (negative: to the left). */
export function onWall(right: number, x: number, y: number): { readonly up: number; readonly ahead: number } {
  const away = (x - HORIZON[0]) * Math.sign(right);
  const ahead = (FOCAL * Math.abs(right)) / Math.max(0.5, away);
  return { ahead, up: EYE - ((y - HORIZON[1]) * ahead) / FOCAL };
}

/** The place at a pixel on a wall across the street, so many meters ahead. */
export function onFront(ahead: number, x: number, y: number): { readonly right: number; readonly up: number } {
  return { right: ((x - HORIZON[0]) * ahead) / FOCAL, up: EYE - ((y - HORIZON[1]) * ahead) / FOCAL };
}
