/** Sky, road and pavements of the drawn street. */
import type { Color } from '../../../image/image.ts';
import { EVERYWHERE, type LabeledCanvas, type Paint } from '../labeled-canvas.ts';
import { latticeValue, noiseField, roughField } from '../texture.ts';
import { HEIGHT, onRoad, projected } from './camera.ts';
import { PAVEMENT, ROAD, SKY } from './classes.ts';
import { mixed, shaded } from './paints.ts';

/** Where the road's curbs and the walls behind the pavements are, in meters to the right. */
export const STREET = { leftWall: -6, leftCurb: -3.4, rightCurb: 5.6, rightWall: 8.6 } as const;
/** Meters ahead where the ground enters the image, and where it ends for the eye. */
const NEAREST = 2;
const FARTHEST = 400;

const ZENITH: Color = [138, 190, 236];
const HAZE: Color = [240, 247, 252];
const CLOUD: Color = [250, 251, 253];

/** A bright sky with haze towards the horizon, and clouds. */
export function drawSky(canvas: LabeledCanvas, seed: number): void {
  const clouds = roughField(seed, 5);
  canvas.fill(
    EVERYWHERE,
    (x, y) => {
      const blue = mixed(ZENITH, HAZE, Math.min(1, y / (0.4 * HEIGHT)));
      const cloud = clouds(x / 130, y / 45) - 0.5;
      return mixed(blue, CLOUD, Math.min(1, Math.max(0, 5 * cloud)));
    },
    SKY,
  );
}

/** The road with its markings, and pavements on both sides. */
export function drawGround(canvas: LabeledCanvas, seed: number): void {
  const { leftWall, leftCurb, rightCurb, rightWall } = STREET;
  const strip = (left: number, right: number, paint: Paint, id: number) =>
    canvas.fill(
      projected([
        [left, 0, NEAREST],
        [right, 0, NEAREST],
        [right, 0, FARTHEST],
        [left, 0, FARTHEST],
      ]),
      paint,
      id,
    );
  strip(3 * leftWall, leftCurb, pavement(seed + 1, leftCurb), PAVEMENT);
  strip(rightCurb, 3 * rightWall, pavement(seed + 2, rightCurb), PAVEMENT);
  strip(leftCurb, rightCurb, asphalt(seed), ROAD);
}

const ASPHALT: Color = [84, 87, 93];
const WHITE: Color = [196, 198, 198];
const YELLOW: Color = [176, 160, 96];
const PATCH: Color = [68, 71, 77];

/** A road with lane markings, lighter where wheels roll, with patches of repair and coarse grains. */
function asphalt(seed: number): Paint {
  const grain = noiseField(seed + 11);
  const wear = roughField(seed + 12, 4);
  return (x, y) => {
    const { right, ahead } = onRoad(x, y);
    const wheel = 0.06 * Math.cos((right / 1.55) * 2 * Math.PI);
    const tone =
      1 +
      wheel +
      0.35 * (wear(right / 2.4, ahead / 9) - 0.5) +
      0.16 * (grain(x * 0.9, y * 0.9) - 0.5) -
      0.0012 * (HEIGHT - y);
    const ground = latticeValue(seed, Math.floor(right / 1.3), Math.floor(ahead / 3.2)) > 0.96 ? PATCH : ASPHALT;
    const marking = markingAt(right, ahead);
    const worn = marking ? 0.55 + 0.45 * wear(right * 5, ahead * 2) : 0;
    return shaded(mixed(ground, marking ?? ground, worn), tone + 0.0012 * ahead);
  };
}

/** A dashed line between the lanes, dashes at the right lane's edge, double yellow lines along the left curb. */
function markingAt(right: number, ahead: number): Color | undefined {
  const isAt = (place: number, width: number) => Math.abs(right - place) < width / 2;
  if (isAt(1.1, 0.15) && (ahead + 1.5) % 6 < 3) return WHITE;
  if (isAt(STREET.leftCurb + 0.3, 0.09) || isAt(STREET.leftCurb + 0.5, 0.09)) return YELLOW;
  if (isAt(STREET.rightCurb - 2.1, 0.1) && ahead % 2 < 1) return WHITE;
  return undefined;
}

const SLAB: Color = [142, 136, 130];
const CURB: Color = [178, 175, 168];
const GUTTER: Color = [58, 58, 62];

/** Slabs with joints and stains; a light curb stone and a dark gutter along the road. */
function pavement(seed: number, curb: number): Paint {
  const stains = roughField(seed, 4);
  const slabs = noiseField(seed + 5);
  const grain = noiseField(seed + 6);
  return (x, y) => {
    const { right, ahead } = onRoad(x, y);
    const fromCurb = Math.abs(right - curb);
    if (fromCurb < 0.05) return GUTTER;
    const tone = 0.94 + 0.4 * (stains(right / 1.5, ahead / 3) - 0.5) + 0.16 * (grain(x * 0.9, y * 0.9) - 0.5);
    if (fromCurb < 0.22) return shaded(CURB, tone);
    const [column, row] = [fromCurb / 0.6, ahead / 0.9];
    const isJoint = ahead < 25 && (column % 1 < 0.05 || row % 1 < 0.06);
    const slab = 0.1 * (slabs(Math.floor(column) * 3.7, Math.floor(row) * 2.3) - 0.5);
    return shaded(SLAB, (tone + slab) * (isJoint ? 0.75 : 1));
  };
}
