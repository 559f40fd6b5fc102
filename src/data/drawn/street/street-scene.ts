/** A drawn street as a driver sees it, with its mask: something to segment where there is no image. */
import type { Color } from '../../../image/image.ts';
import { randomStream } from '../../../tensor/random.ts';
import type { LabeledImage } from '../../sample.ts';
import { LabeledCanvas } from '../labeled-canvas.ts';
import { latticeValue } from '../texture.ts';
import { drawEnd, drawRow } from './buildings.ts';
import { HEIGHT, type Place, WIDTH } from './camera.ts';
import { drawGround, drawSky, STREET } from './ground.ts';
import { drawLamp, drawPedestrian, drawSign } from './people.ts';
import { drawTree } from './trees.ts';
import { drawCar } from './vehicles.ts';

const CAR_COLORS: readonly Color[] = [
  [44, 56, 92],
  [128, 26, 30],
  [158, 162, 168],
  [36, 38, 42],
  [52, 78, 70],
];
const COATS: readonly Color[] = [
  [38, 38, 48],
  [70, 34, 36],
  [44, 46, 40],
];
const TROUSERS: Color = [36, 40, 56];

/** Meters ahead of the houses that close the view. */
const END = 120;
/** Gray levels of the sensor's noise. */
const NOISE = 7;

/**
 * A street between two rows of houses, 480 x 360 pixels, classes as `STREET_CLASSES`; the same for the same seed. What is
 * where hardly changes with the seed, what it looks like does.
 * @throws UsageError if the seed is not a whole number from 0 to 2^53 - 1.
 */
export function drawStreet(seed: number): LabeledImage {
  const random = randomStream(seed, 'street');
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
  const about = (value: number, by: number) => value + by * (2 * random.uniform() - 1);
  const canvas = new LabeledCanvas(WIDTH, HEIGHT);
  drawSky(canvas, random.uint32());
  drawEnd(canvas, random, END);
  for (const right of [-9, -3, 4, 11]) {
    drawTree(canvas, random, { at: [about(right, 1), 0, about(85, 8)], height: about(9, 1.5), radius: about(3, 0.5) });
  }
  drawGround(canvas, random.uint32());
  drawRow(canvas, random, 'left');
  drawRow(canvas, random, 'right');

  const things: { readonly ahead: number; readonly draw: () => void }[] = [];
  const add = (at: Place, draw: (at: Place) => void) => things.push({ ahead: at[2], draw: () => draw(at) });
  const { leftCurb, rightCurb } = STREET;
  for (const ahead of [26, 42]) {
    add([rightCurb + 1, 0, about(ahead, 1)], (at) =>
      drawTree(canvas, random, { at, height: about(8, 0.8), radius: about(2.3, 0.3) }),
    );
  }
  for (const ahead of [13, 19.5, 27, 36]) {
    add([rightCurb - 1.05, 0, about(ahead, 0.3)], (at) => drawCar(canvas, { at, color: pick(CAR_COLORS) }));
  }
  add([about(-0.9, 0.2), 0, about(15, 1)], (at) => drawCar(canvas, { at, color: pick(CAR_COLORS) }));
  add([leftCurb - 0.8, 0, about(9.5, 0.3)], (at) =>
    drawPedestrian(canvas, { at, coat: pick(COATS), trousers: TROUSERS, seed: random.uint32() }),
  );
  add([leftCurb - 1.5, 0, about(14, 0.5)], (at) =>
    drawPedestrian(canvas, { at, coat: pick(COATS), trousers: TROUSERS, seed: random.uint32() }),
  );
  add([leftCurb - 0.5, 0, about(21, 1)], (at) => drawLamp(canvas, at, 7, 1.6));
  add([rightCurb + 0.6, 0, about(16.5, 0.5)], (at) => drawLamp(canvas, at, 7, -1.6));
  add([rightCurb + 0.5, 0, about(12, 0.3)], (at) => drawSign(canvas, at));
  for (const { draw } of things.toSorted((a, b) => b.ahead - a.ahead)) draw();
  expose(canvas, random.uint32());
  return canvas.finish();
}

/** What a camera adds: darker corners and noise, the same in all channels and in each. */
function expose(canvas: LabeledCanvas, seed: number): void {
  canvas.develop((color, x, y) => {
    const fromCenter = Math.hypot(x / WIDTH - 0.5, y / HEIGHT - 0.5);
    const noise = (salt: number) => latticeValue(seed + salt, Math.floor(x), Math.floor(y)) - 0.5;
    const light = 1 - 0.25 * fromCenter ** 2;
    const gray = NOISE * noise(3);
    return color.map((value, channel) => value * light + gray + NOISE * noise(channel)) as unknown as Color;
  });
}
