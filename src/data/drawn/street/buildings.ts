/** Houses of the drawn street: two rows along it, and some that close the view. */
import type { RandomStream } from '../../../tensor/random.ts';
import type { LabeledCanvas } from '../labeled-canvas.ts';
import { onFront, onWall, projected } from './camera.ts';
import { BUILDING } from './classes.ts';
import { facade, type House, randomHouse, topOf } from './facade.ts';
import { STREET } from './ground.ts';
import { mixed, shaded } from './paints.ts';

/** In meters. */
const ROOF_HEIGHT = 1.8;
/** How much farther from the street's middle the ridge is than the wall. */
const RIDGE = 1.3;
/** Each house begins so far in front, under its neighbor, that nothing shows between them. */
const OVERLAP = 0.4;

/** A row of houses along one side, the farthest drawn first. */
export function drawRow(canvas: LabeledCanvas, random: RandomStream, side: 'left' | 'right'): void {
  const right = side === 'left' ? STREET.leftWall : STREET.rightWall;
  const light = side === 'left' ? 0.72 : 1.08;
  const houses: { readonly from: number; readonly to: number; readonly house: House }[] = [];
  for (let from = 5; from < 95; ) {
    const to = from + 7 + 6 * random.uniform();
    houses.push({ from, to, house: randomHouse(random, light * (0.9 + 0.2 * random.uniform())) });
    from = to;
  }
  for (const { from, to, house } of houses.toReversed()) {
    const top = topOf(house);
    chimney(canvas, right, to - 1.2, top + ROOF_HEIGHT, house);
    gable(canvas, right, from, house);
    const begin = from - OVERLAP;
    const ridge = RIDGE * right;
    const corners = [
      [right, 0, begin],
      [right, top, begin],
      [ridge, top + ROOF_HEIGHT, begin],
      [ridge, top + ROOF_HEIGHT, to],
      [right, top, to],
      [right, 0, to],
    ] as const;
    canvas.fill(
      projected(corners),
      (x, y) => {
        const { ahead, up } = onWall(right, x, y);
        return facade(house, ahead - from, up, x, y);
      },
      BUILDING,
    );
  }
}

/** The side wall that is seen where the house before is lower. */
function gable(canvas: LabeledCanvas, right: number, from: number, house: House): void {
  const top = topOf(house);
  const ahead = from - OVERLAP;
  const corners = [
    [right, 0, ahead],
    [right, top, ahead],
    [RIDGE * right, top + ROOF_HEIGHT, ahead],
    [2 * RIDGE * right, top, ahead],
    [2 * RIDGE * right, 0, ahead],
  ] as const;
  const color = shaded(house.wall, 0.62);
  canvas.fill(projected(corners), (x, y) => mixed(color, facade(house, 0, 1, x, y), 0.2), BUILDING);
}

function chimney(canvas: LabeledCanvas, right: number, ahead: number, up: number, { wall, light }: House): void {
  const near = RIDGE * right - 0.35;
  const corners = [
    [near, up - 0.8, ahead],
    [near, up + 1, ahead],
    [near + 0.7, up + 1, ahead],
    [near + 0.7, up - 0.8, ahead],
  ] as const;
  canvas.fill(projected(corners), () => shaded(wall, 0.7 * light), BUILDING);
}

/** Houses across the end of the street. */
export function drawEnd(canvas: LabeledCanvas, random: RandomStream, ahead: number): void {
  for (let from = -22; from < 26; ) {
    const to = from + 7 + 4 * random.uniform();
    const house = randomHouse(random, 1.05);
    const [left, top] = [from, topOf(house) - 2];
    const corners = [
      [left, 0, ahead],
      [left, top, ahead],
      [(left + to) / 2, top + 2, ahead],
      [to, top, ahead],
      [to, 0, ahead],
    ] as const;
    canvas.fill(
      projected(corners),
      (x, y) => {
        const { right, up } = onFront(ahead, x, y);
        return mixed(facade(house, right - left, up, x, y), [200, 210, 218], 0.3);
      },
      BUILDING,
    );
    from = to;
  }
}
