/** Drawn shapes on textured grounds: labeled images without end, easy to learn from and easy to look at. */
import { UsageError } from '../../errors.ts';
import type { Color } from '../../image/image.ts';
import { type RandomStream, randomStream } from '../../tensor/random.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import type { LabeledImage } from '../sample.ts';
import { type Area, ellipse, EVERYWHERE, LabeledCanvas, type Paint, type Point, polygon } from './labeled-canvas.ts';
import { latticeValue, roughField } from './texture.ts';

/** Class 0 is the ground, the others are shapes. */
export const SHAPE_CLASSES = classesNamed(['background', 'circle', 'triangle', 'square']);

/** Side of the images in pixels, if nothing else is asked for. */
export const SHAPES_SIZE = 96;

/** Sides of images that shapes can be drawn in, in pixels. */
const SIZES = { least: 32, most: 1024 } as const;
/** Radius of the circle around a shape, in parts of the image's side. */
const RADIUS = { least: 0.15, most: 0.27 } as const;
/** How far shapes stay apart, in parts of the sum of their radii: they may touch, but hardly hide each other. */
const DISTANCE = 0.85;
/** Least difference of a shape's color from the ground's, as a distance of RGB values. */
const CONTRAST = 90;
const SHAPE_COUNT = { least: 2, most: 4 } as const;
/** Places tried for a shape before it is left out. */
const ATTEMPTS = 30;

/** The area of a shape by class id, in a circle, turned by an angle in radians. */
const AREAS: readonly ((x: number, y: number, radius: number, angle: number) => Area)[] = [
  () => EVERYWHERE,
  (x, y, radius) => ellipse(x, y, 0.9 * radius),
  (x, y, radius, angle) => regular(3, x, y, 1.1 * radius, angle),
  (x, y, radius, angle) => regular(4, x, y, 1.1 * radius, angle),
];

/**
 * An image of up to four shapes with its mask: circles, triangles and squares of any color, size and angle. The same for
 * the same seed and key, such as a split and an index.
 * @throws UsageError if the side is not a whole number from 32 to 1024 pixels.
 */
export function drawShapes(seed: number, key: readonly (string | number)[], size: number = SHAPES_SIZE): LabeledImage {
  if (!Number.isInteger(size) || size < SIZES.least || size > SIZES.most) {
    throw new UsageError(
      `Shapes are drawn in images of ${SIZES.least} to ${SIZES.most} pixels a side, a whole number; got ${size}.`,
    );
  }
  const random = randomStream(seed, 'shapes', ...key);
  const canvas = new LabeledCanvas(size, size);
  const ground = randomColor(random);
  canvas.fill(EVERYWHERE, textured(ground, random, size), 0);
  const placed: { readonly x: number; readonly y: number; readonly radius: number }[] = [];
  const count = SHAPE_COUNT.least + random.integer(SHAPE_COUNT.most - SHAPE_COUNT.least + 1);
  for (let shape = 0; shape < count; shape++) {
    const circle = freeCircle(placed, random, size);
    if (!circle) continue;
    placed.push(circle);
    const id = 1 + random.integer(SHAPE_CLASSES.length - 1);
    const area = AREAS[id] as (typeof AREAS)[number];
    const paint = textured(contrasting(ground, random), random, size);
    canvas.fill(area(circle.x, circle.y, circle.radius, 2 * Math.PI * random.uniform()), paint, id);
  }
  const grain = random.uint32();
  canvas.develop((color, x, y) => {
    const noise = 14 * (latticeValue(grain, Math.floor(x), Math.floor(y)) - 0.5);
    return color.map((value) => value + noise) as unknown as Color;
  });
  return canvas.finish();
}

function freeCircle(
  placed: readonly { readonly x: number; readonly y: number; readonly radius: number }[],
  random: RandomStream,
  size: number,
) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const radius = size * (RADIUS.least + (RADIUS.most - RADIUS.least) * random.uniform());
    const along = () => 0.8 * radius + (size - 1.6 * radius) * random.uniform();
    const circle = { x: along(), y: along(), radius };
    const isFree = placed.every(
      (other) => Math.hypot(other.x - circle.x, other.y - circle.y) > DISTANCE * (other.radius + radius),
    );
    if (isFree) return circle;
  }
  return undefined;
}

function randomColor(random: RandomStream): Color {
  const part = () => 30 + 200 * random.uniform();
  return [part(), part(), part()];
}

function contrasting(ground: Color, random: RandomStream): Color {
  const difference = (color: Color) =>
    Math.hypot(...color.map((value, channel) => value - (ground[channel] as number)));
  let color = randomColor(random);
  while (difference(color) < CONTRAST) color = randomColor(random);
  return color;
}

/** A color with blotches or stripes, of random size, direction and strength. */
function textured(color: Color, random: RandomStream, size: number): Paint {
  const field = roughField(random.uint32());
  const angle = 2 * Math.PI * random.uniform();
  const [across, along] = [Math.cos(angle), Math.sin(angle)];
  const scale = size * (0.04 + 0.12 * random.uniform());
  const stretch = 1 + 4 * random.uniform();
  const strength = 20 + 50 * random.uniform();
  return (x, y) => {
    const u = (x * across + y * along) / scale;
    const v = (y * across - x * along) / (scale * stretch);
    const shade = strength * (field(u, v) - 0.5) * 2;
    return color.map((value) => value + shade) as unknown as Color;
  };
}

function regular(corners: number, x: number, y: number, radius: number, angle: number): Area {
  const corner = (_: unknown, index: number): Point => {
    const direction = angle + (2 * Math.PI * index) / corners;
    return [x + radius * Math.cos(direction), y + radius * Math.sin(direction)];
  };
  return polygon(Array.from({ length: corners }, corner));
}
