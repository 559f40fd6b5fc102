/** Cars of the drawn street, seen from behind. */
import type { Color } from '../../../image/image.ts';
import { type LabeledCanvas, polygon, type Paint, ellipse } from '../labeled-canvas.ts';
import { onWall, type Place, project, projected } from './camera.ts';
import { CAR } from './classes.ts';
import { fromAbove, flat, mixed, shaded } from './paints.ts';

/** A car ahead. */
export interface Car {
  readonly color: Color;
  /** The middle of its back, on the road. */
  readonly at: Place;
}

/** In meters. */
const HALF_WIDTH = 0.86;
const LENGTH = 4.1;
const TIRE: Color = [24, 24, 26];
const GLASS: Color = [34, 40, 48];
const SHINE: Color = [150, 168, 184];
const REAR_LIGHT: Color = [186, 34, 30];
const PLATE: Color = [206, 188, 92];
const BUMPER: Color = [44, 44, 48];

/** Its outline from the side: meters ahead of its back, and up. */
const BODY = [
  [0, 0.32],
  [0.02, 0.95],
  [0.28, 1.36],
  [0.75, 1.45],
  [2.0, 1.44],
  [2.95, 0.95],
  [4.0, 0.8],
  [LENGTH, 0.32],
] as const;
const SIDE_GLASS = [
  [0.5, 0.98],
  [0.72, 1.34],
  [1.98, 1.34],
  [2.72, 0.98],
] as const;
const WHEELS = [0.75, 3.35] as const;

/** A car seen from behind: its shadow, the side that is seen, and its back. */
export function drawCar(canvas: LabeledCanvas, { color, at }: Car): void {
  const [right, , ahead] = at;
  shadow(canvas, right, ahead);
  drawSide(canvas, color, right, ahead);
  drawBack(canvas, color, right, ahead);
}

function shadow(canvas: LabeledCanvas, right: number, ahead: number): void {
  const wide = HALF_WIDTH + 0.12;
  const corners: Place[] = [
    [right - wide, 0, ahead - 0.1],
    [right + wide, 0, ahead - 0.1],
    [right + wide, 0, ahead + LENGTH],
    [right - wide, 0, ahead + LENGTH],
  ];
  canvas.fill(projected(corners), flat([22, 23, 26]), undefined, 0.75);
}

/** The side that faces the middle of the street, as far as any of it is seen. */
function drawSide(canvas: LabeledCanvas, color: Color, right: number, ahead: number): void {
  const side = right > 0 ? right - HALF_WIDTH : right + HALF_WIDTH;
  if (Math.abs(side) < 0.05 || Math.sign(side) !== Math.sign(right)) return;
  const at = (outline: readonly (readonly [number, number])[]) =>
    projected(outline.map(([along, up]): Place => [side, up, ahead + along]));
  canvas.fill(at(BODY), sideOf(color, side), CAR);
  canvas.fill(at(SIDE_GLASS), flat(GLASS), CAR);
  for (const wheel of WHEELS) {
    const round = (radius: number) =>
      projected(
        Array.from({ length: 20 }, (_, index): Place => {
          const angle = (2 * Math.PI * index) / 20;
          return [side, 0.31 + radius * Math.sin(angle), ahead + wheel + radius * Math.cos(angle)];
        }),
      );
    canvas.fill(round(0.31), flat(TIRE), CAR);
    canvas.fill(round(0.19), flat([128, 130, 134]), CAR);
  }
}

function sideOf(color: Color, side: number): Paint {
  return (x, y) => {
    const { up } = onWall(side, x, y);
    const shine = Math.max(0, 1 - Math.abs(up - 0.85) / 0.12);
    return mixed(shaded(color, 0.55 + 0.4 * up), SHINE, 0.35 * shine);
  };
}

function drawBack(canvas: LabeledCanvas, color: Color, right: number, ahead: number): void {
  const [originX, originY] = project([right, 0, ahead]);
  const scale = project([right + 1, 0, ahead])[0] - originX;
  const at = (across: number, up: number) => [originX + across * scale, originY - up * scale] as const;
  const mirrored = (half: readonly (readonly [number, number])[]) =>
    polygon([...half.map(([a, up]) => at(a, up)), ...half.toReversed().map(([a, up]) => at(-a, up))]);
  const box = (left: number, low: number, rightEdge: number, high: number, paint: Paint) =>
    canvas.fill(polygon([at(left, low), at(left, high), at(rightEdge, high), at(rightEdge, low)]), paint, CAR);
  for (const sign of [-1, 1]) box(sign * 0.62 - 0.11, 0, sign * 0.62 + 0.11, 0.42, flat(TIRE));
  const body = mirrored([
    [0, 0.24],
    [0.78, 0.24],
    [HALF_WIDTH, 0.4],
    [HALF_WIDTH, 0.82],
    [0.8, 1.0],
    [0.66, 1.38],
    [0.55, 1.45],
    [0, 1.47],
  ]);
  canvas.fill(body, fromAbove(color, at(0, 1.45)[1], at(0, 0.3)[1]), CAR);
  const glass = mirrored([
    [0, 0.98],
    [0.66, 0.98],
    [0.56, 1.36],
    [0, 1.38],
  ]);
  const [glassTop, glassBottom] = [at(0, 1.38)[1], at(0, 0.98)[1]];
  canvas.fill(
    glass,
    (_, y) => mixed(SHINE, GLASS, Math.min(1, 0.35 + (0.9 * (y - glassTop)) / (glassBottom - glassTop))),
    CAR,
  );
  for (const sign of [-1, 1]) {
    box(sign * 0.76 - 0.1, 0.62, sign * 0.76 + 0.1, 0.93, fromAbove(REAR_LIGHT, at(0, 0.93)[1], at(0, 0.62)[1]));
  }
  box(-0.84, 0.3, 0.84, 0.5, fromAbove(BUMPER, at(0, 0.5)[1], at(0, 0.3)[1]));
  box(-0.27, 0.58, 0.27, 0.7, flat(PLATE));
  const [badgeX, badgeY] = at(0, 0.84);
  canvas.fill(ellipse(badgeX, badgeY, 0.05 * scale), flat([190, 194, 200]), CAR);
}
