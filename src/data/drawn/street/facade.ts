/** What the front of a house in the drawn street is made of. */
import type { Color } from '../../../image/image.ts';
import type { RandomStream } from '../../../tensor/random.ts';
import { type Field, noiseField, roughField } from '../texture.ts';
import { mixed, shaded } from './paints.ts';

const WALLS: readonly Color[] = [
  [134, 96, 74],
  [112, 78, 62],
  [172, 154, 126],
  [148, 132, 108],
  [186, 178, 162],
  [122, 106, 92],
];
const SHOPS: readonly Color[] = [
  [38, 44, 84],
  [110, 30, 34],
  [30, 62, 50],
  [44, 42, 46],
  [120, 96, 44],
];
const STONE: Color = [206, 200, 188];
const FRAME: Color = [222, 222, 218];
const GLASS: Color = [38, 44, 54];
const SKY_IN_GLASS: Color = [128, 146, 164];
const SLATE: Color = [72, 74, 82];

/** How a house looks; lengths in meters. */
export interface House {
  readonly wall: Color;
  readonly shop: Color;
  readonly hasShop: boolean;
  readonly floors: number;
  readonly window: { readonly pitch: number; readonly width: number };
  /** The distance from its side to the first window. */
  readonly margin: number;
  readonly light: number;
  readonly dirt: Field;
  readonly grain: Field;
}

const FLOOR = 3;
const SHOP_HEIGHT = 3.6;

/** A house of any kind. `light` is that of its side of the street, about 1. */
export function randomHouse(random: RandomStream, light: number): House {
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
  const pitch = 2 + 1.2 * random.uniform();
  return {
    wall: pick(WALLS),
    shop: pick(SHOPS),
    hasShop: random.uniform() < 0.4,
    floors: 2 + random.integer(2),
    window: { pitch, width: 0.42 * pitch },
    margin: 0.6 + 0.5 * random.uniform(),
    light,
    dirt: roughField(random.uint32(), 4),
    grain: noiseField(random.uint32()),
  };
}

/** The height of its walls, without the roof. */
export const topOf = ({ floors }: House): number => SHOP_HEIGHT + FLOOR * floors;

/** The color of a house at so many meters along its wall and up; x and y are the pixel. */
export function facade(house: House, along: number, up: number, x: number, y: number): Color {
  const { dirt, grain, light } = house;
  const tone = light * (0.95 + 0.3 * (dirt(along / 2.5, up / 2.5) - 0.5) + 0.14 * (grain(x * 0.9, y * 0.9) - 0.5));
  return shaded(materialAt(house, along, up), tone);
}

function materialAt(house: House, along: number, up: number): Color {
  const { wall, window, margin } = house;
  const top = topOf(house);
  if (up > top) return SLATE;
  if (up > top - 0.35) return shaded(wall, up > top - 0.12 ? 0.55 : 1.18);
  const column = (along - margin) / window.pitch;
  const across = (column - Math.floor(column)) * window.pitch;
  if (up < SHOP_HEIGHT && house.hasShop) return shopAt(house, Math.floor(column), across, up);
  if (up < SHOP_HEIGHT && Math.floor(column) % 3 === 1 && across < window.width + 0.24)
    return doorAt(house, across, up);
  const floorUp = up < SHOP_HEIGHT ? up - 0.35 : (up - SHOP_HEIGHT) % FLOOR;
  if (column < 0 || across > window.width + 0.24) return bricks(wall, along, up);
  if (floorUp < 0.75 || floorUp > 2.65) return bricks(wall, along, up);
  if (floorUp < 0.9 || floorUp > 2.45) return STONE;
  return paneAt(across - 0.12, floorUp - 0.9, window.width, 1.55);
}

/** A sash window: white frame and bars around dark panes in which the sky is seen. */
function paneAt(across: number, up: number, width: number, height: number): Color {
  const isBar = (place: number) => Math.abs(place) < 0.05;
  if (isBar(across) || isBar(across - width) || isBar(up - height / 2) || isBar(across - width / 2)) return FRAME;
  return mixed(GLASS, SKY_IN_GLASS, Math.max(0, 0.7 * (up / height) - 0.15));
}

/** The door of a house: a stone frame, a fanlight above. */
function doorAt({ shop, window }: House, across: number, up: number): Color {
  if (up > 2.9 || up < 0.12) return STONE;
  if (across < 0.12 || across > window.width + 0.12) return up < 2.8 ? FRAME : STONE;
  return up > 2.3 ? GLASS : shop;
}

const GOODS: readonly Color[] = [
  [196, 178, 140],
  [150, 72, 60],
  [92, 112, 128],
  [206, 206, 198],
  [104, 96, 72],
];

/** A shop: fascia above; panes with goods behind them, and now and then a door. */
function shopAt({ shop, wall, dirt, window }: House, column: number, across: number, up: number): Color {
  if (up > SHOP_HEIGHT - 0.25) return shaded(wall, 0.6);
  if (up > SHOP_HEIGHT - 0.95) {
    const isLetter = Math.abs(up - SHOP_HEIGHT + 0.6) < 0.16 && dirt(across * 9, column * 5.3) > 0.5;
    return isLetter && column % 3 !== 0 ? STONE : shop;
  }
  const isDoor = column % 3 === 2;
  if (across < 0.16) return shaded(shop, 1.2);
  if (up < (isDoor ? 0.1 : 0.55)) return shaded(wall, 0.8);
  if (isDoor && (across < 0.3 || across > window.pitch - 0.14 || up > 2.3)) return shaded(shop, 0.85);
  const goods = GOODS[Math.abs(column * 7) % GOODS.length] as Color;
  const lit = Math.max(0, 2.4 * (dirt(across * 2.4 + 31 * column, up * 1.8) - 0.42));
  return mixed(mixed(GLASS, goods, Math.min(1, lit)), SKY_IN_GLASS, Math.min(0.35, 0.12 * up));
}

function bricks(wall: Color, along: number, up: number): Color {
  const row = Math.floor(up / 0.3);
  const isJoint = (up / 0.3) % 1 < 0.16 || (along / 0.7 + (row % 2) / 2) % 1 < 0.08;
  return isJoint ? shaded(wall, 1.12) : shaded(wall, 0.94 + 0.08 * ((row * 7 + Math.floor(along / 0.7) * 3) % 3) * 0.5);
}
