/** Trees of the drawn street. */
import type { Color } from '../../../image/image.ts';
import type { RandomStream } from '../../../tensor/random.ts';
import { type Area, ellipse, type LabeledCanvas } from '../labeled-canvas.ts';
import { noiseField } from '../texture.ts';
import { type Place, project, projected } from './camera.ts';
import { TREE } from './classes.ts';
import { shaded } from './paints.ts';

const BARK: Color = [74, 62, 50];
const LEAVES: readonly Color[] = [
  [66, 82, 42],
  [84, 92, 48],
  [52, 66, 36],
];

/** Where a tree stands and how large it is. */
export interface Tree {
  readonly at: Place;
  /** Meters of the whole tree, and of its crown's half width. */
  readonly height: number;
  readonly radius: number;
}

/** A trunk, and a crown of clumps of leaves that are lit from above and let the sky through at the edges. */
export function drawTree(canvas: LabeledCanvas, random: RandomStream, { at, height, radius }: Tree): void {
  const [right, , ahead] = at;
  canvas.fill(
    projected([
      [right - 0.16, 0, ahead],
      [right - 0.09, height * 0.6, ahead],
      [right + 0.09, height * 0.6, ahead],
      [right + 0.16, 0, ahead],
    ]),
    (x) => shaded(BARK, 0.8 + 0.3 * ((x * 0.37) % 1)),
    TREE,
  );
  const color = LEAVES[random.integer(LEAVES.length)] as Color;
  const middle = height - radius * 1.1;
  const seed = random.uint32();
  const count = 64;
  for (let clump = 0; clump < count; clump++) {
    const [angle, away] = [2 * Math.PI * random.uniform(), Math.sqrt(random.uniform())];
    const [across, above] = [radius * away * Math.cos(angle), 1.1 * radius * away * Math.sin(angle)];
    const [x, y] = project([right + across, middle + above, ahead]);
    const [edge] = project([right + across + radius * (0.16 + 0.2 * random.uniform()), middle, ahead]);
    const leaves = noiseField(seed + clump);
    const light = 0.95 + 0.35 * (above / radius) + 0.25 * (random.uniform() - 0.5);
    canvas.fill(
      frayed(ellipse(x, y, edge - x, 0.85 * (edge - x)), leaves, x, y, edge - x),
      (px, py) => shaded(color, light * (0.35 + 1.3 * leaves(px * 0.6, py * 0.6))),
      TREE,
    );
  }
}

/** An ellipse whose outer part has holes. */
function frayed(
  whole: Area,
  holes: (x: number, y: number) => number,
  centerX: number,
  centerY: number,
  radius: number,
): Area {
  return {
    bounds: whole.bounds,
    contains: (x, y) =>
      whole.contains(x, y) &&
      holes(x / 2.2, y / 2.2) > 0.6 * (Math.hypot(x - centerX, y - centerY) / radius) ** 2 - 0.1,
  };
}
