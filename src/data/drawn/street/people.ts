/** People, poles and signs of the drawn street. */
import type { Color } from '../../../image/image.ts';
import { ellipse, type LabeledCanvas, polygon } from '../labeled-canvas.ts';
import { type Place, project } from './camera.ts';
import { PEDESTRIAN, POLE, SIGN } from './classes.ts';
import { flat, mottled, shaded } from './paints.ts';

/** Somebody on foot: where the feet are, and what is worn. */
export interface Pedestrian {
  readonly at: Place;
  readonly coat: Color;
  readonly trousers: Color;
  readonly seed: number;
}

const SKIN: Color = [176, 136, 116];
const HAIR: Color = [48, 36, 30];
const SHOE: Color = [26, 24, 24];

/** Pixels for meters across and up from a place, in a plane that faces the camera. */
function planeAt(place: Place) {
  const [originX, originY] = project(place);
  const scale = project([place[0] + 1, place[1], place[2]])[0] - originX;
  return { scale, at: (across: number, up: number) => [originX + across * scale, originY - up * scale] as const };
}

/** Somebody of 1.75 m who walks. */
export function drawPedestrian(canvas: LabeledCanvas, { at: place, coat, trousers, seed }: Pedestrian): void {
  const { scale, at } = planeAt(place);
  const [footX, footY] = at(0, 0.02);
  canvas.fill(ellipse(footX, footY, 0.4 * scale, 0.07 * scale), flat([40, 40, 44]), undefined, 0.5);
  const part = (corners: readonly (readonly [number, number])[], color: Color) =>
    canvas.fill(polygon(corners.map(([a, up]) => at(a, up))), mottled(color, seed, 3, 0.25), PEDESTRIAN);
  const leg = (foot: number) =>
    part(
      [
        [foot - 0.08, 0.04],
        [-0.14, 0.86],
        [0.12, 0.86],
        [foot + 0.09, 0.04],
      ],
      trousers,
    );
  leg(-0.2);
  leg(0.18);
  for (const foot of [-0.19, 0.21]) {
    part(
      [
        [foot - 0.1, 0],
        [foot - 0.08, 0.09],
        [foot + 0.14, 0.05],
        [foot + 0.15, 0],
      ],
      SHOE,
    );
  }
  part(
    [
      [-0.2, 0.74],
      [-0.27, 0.8],
      [-0.27, 1.3],
      [-0.19, 1.46],
      [0.17, 1.46],
      [0.26, 1.3],
      [0.25, 0.8],
      [0.18, 0.74],
    ],
    coat,
  );
  for (const [side, swing] of [
    [-1, 0.1],
    [1, -0.08],
  ] as const) {
    part(
      [
        [side * 0.2, 1.42],
        [side * 0.3, 1.36],
        [side * 0.3 + swing, 0.82],
        [side * 0.2 + swing, 0.82],
      ],
      shaded(coat, 0.8),
    );
  }
  const [headX, headY] = at(0, 1.6);
  canvas.fill(ellipse(headX, headY - 0.02 * scale, 0.115 * scale, 0.145 * scale), flat(HAIR), PEDESTRIAN);
  canvas.fill(ellipse(headX + 0.02 * scale, headY + 0.03 * scale, 0.085 * scale, 0.1 * scale), flat(SKIN), PEDESTRIAN);
}

const STEEL: Color = [92, 96, 100];

/** A lamp post with an arm over the road. */
export function drawLamp(canvas: LabeledCanvas, place: Place, height: number, reach: number): void {
  const { at } = planeAt(place);
  const fill = (corners: readonly (readonly [number, number])[]) =>
    canvas.fill(polygon(corners.map(([across, up]) => at(across, up))), flat(STEEL), POLE);
  const post = (half: number, top: number) =>
    fill([
      [-half, 0],
      [-half, top],
      [half, top],
      [half, 0],
    ]);
  post(0.12, 1.2);
  post(0.075, height);
  const [end, thick] = [height + 0.25, 0.14];
  fill([
    [0, height - thick],
    [0, height],
    [reach, end],
    [reach, end - thick],
  ]);
  const head = reach - 0.5 * Math.sign(reach);
  fill([
    [head, end - 0.22],
    [head, end + 0.03],
    [reach, end + 0.06],
    [reach, end - 0.22],
  ]);
}

/** "No entry" above a plate, on a post. */
export function drawSign(canvas: LabeledCanvas, place: Place): void {
  const { scale, at } = planeAt(place);
  const box = (half: number, low: number, high: number, color: Color, id: number) =>
    canvas.fill(polygon([at(-half, low), at(-half, high), at(half, high), at(half, low)]), flat(color), id);
  box(0.05, 0, 2.4, STEEL, POLE);
  const [x, y] = at(0, 2.75);
  for (const [radius, color] of [
    [0.45, [228, 228, 224]],
    [0.42, [190, 30, 36]],
  ] as const) {
    canvas.fill(ellipse(x, y, radius * scale), flat(color), SIGN);
  }
  box(0.29, 2.68, 2.82, [234, 234, 230], SIGN);
  box(0.36, 1.84, 2.2, [30, 70, 146], SIGN);
  box(0.3, 1.9, 2.14, [226, 230, 234], SIGN);
}
