/** An image that is drawn together with its mask, so that the mask is right by construction. */
import { UsageError } from '../../errors.ts';
import { type Color, checkSides, image } from '../../image/image.ts';
import { labelMap } from '../../image/label-map.ts';
import type { LabeledImage } from '../sample.ts';

/** Part of the plane. Coordinates are in pixels from the top left corner; pixel (0, 0) has its center at (0.5, 0.5). */
export interface Area {
  /** A box that holds all of it; parts of it may be infinite. */
  readonly bounds: readonly [left: number, top: number, right: number, bottom: number];
  contains(x: number, y: number): boolean;
}

/** A place in pixels. */
export type Point = readonly [x: number, y: number];

/** The color of an area at a place. Parts may be fractions, and beyond [0, 255] for light that is too bright. */
export type Paint = (x: number, y: number) => Color;

/** All of the plane. */
export const EVERYWHERE: Area = {
  bounds: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  contains: () => true,
};

/** The inside of a closed polygon, by the even-odd rule. */
export function polygon(points: readonly Point[]): Area {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    bounds: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
    contains(x, y) {
      let inside = false;
      let [fromX, fromY] = points.at(-1) as Point;
      for (const [toX, toY] of points) {
        if (toY > y !== fromY > y && x < ((fromX - toX) * (y - toY)) / (fromY - toY) + toX) inside = !inside;
        [fromX, fromY] = [toX, toY];
      }
      return inside;
    },
  };
}

/** A rectangle with sides along the axes. */
export function rectangle(left: number, top: number, right: number, bottom: number): Area {
  return {
    bounds: [left, top, right, bottom],
    contains: (x, y) => x >= left && x < right && y >= top && y < bottom,
  };
}

/** An ellipse with sides along the axes. */
export function ellipse(x: number, y: number, radiusX: number, radiusY = radiusX): Area {
  return {
    bounds: [x - radiusX, y - radiusY, x + radiusX, y + radiusY],
    contains: (px, py) => ((px - x) / radiusX) ** 2 + ((py - y) / radiusY) ** 2 <= 1,
  };
}

/** Samples along each side of a pixel. Odd, so that one of them is the pixel's center, whose class is the pixel's. */
const SAMPLES = 3;
const CENTER = (SAMPLES ** 2 - 1) / 2;

/** Later areas cover earlier ones, at their edges in part. */
export class LabeledCanvas {
  readonly width: number;
  readonly height: number;
  readonly #colors: Float32Array;
  readonly #labels: Uint8Array;

  /** Everything is black and of class 0 at first. @throws ShapeError if the sides are not whole numbers above 0. */
  constructor(width: number, height: number) {
    checkSides('A drawing', width, height);
    this.width = width;
    this.height = height;
    this.#colors = new Float32Array(width * height * 3);
    this.#labels = new Uint8Array(width * height);
  }

  /**
   * Paints an area, covering what is there by `opacity` (0 ... 1), and makes it of class `id` (0 ... 255); without `id` classes
   * stay as they are, as under a shadow. The paint is asked for its color once a pixel, at its center.
   * @throws UsageError if the id is no byte.
   */
  fill(area: Area, paint: Paint, id?: number, opacity = 1): void {
    if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id <= 255)) {
      throw new UsageError(`A drawn class is a whole number from 0 to 255, got ${id}.`);
    }
    const [left, top, right, bottom] = area.bounds;
    const lastColumn = Math.min(this.width, Math.ceil(right));
    const lastRow = Math.min(this.height, Math.ceil(bottom));
    for (let row = Math.max(0, Math.floor(top)); row < lastRow; row++) {
      for (let column = Math.max(0, Math.floor(left)); column < lastColumn; column++) {
        const { covered, isCenterIn } = coverage(area, column, row);
        if (covered === 0) continue;
        const pixel = row * this.width + column;
        this.#blend(pixel, paint(column + 0.5, row + 0.5), covered * opacity);
        if (isCenterIn && id !== undefined) this.#labels[pixel] = id;
      }
    }
  }

  /** Turns every pixel's color into another, as a lens or a sensor does; classes stay as they are. */
  develop(change: (color: Color, x: number, y: number) => Color): void {
    for (let pixel = 0; pixel < this.#labels.length; pixel++) {
      const [x, y] = [pixel % this.width, Math.floor(pixel / this.width)];
      const [red, green, blue] = this.#colors.subarray(pixel * 3, pixel * 3 + 3);
      this.#colors.set(change([red as number, green as number, blue as number], x + 0.5, y + 0.5), pixel * 3);
    }
  }

  /** The image, its colors rounded and clamped to bytes, and the mask. */
  finish(): LabeledImage {
    const { width, height } = this;
    const bytes = Uint8Array.from(this.#colors, (value) => Math.min(255, Math.max(0, Math.round(value))));
    const labels = this.#labels.slice();
    return { image: image(width, height, bytes), labels: { ...labelMap(width, height, labels), data: labels } };
  }

  #blend(pixel: number, color: Color, share: number): void {
    for (let channel = 0; channel < 3; channel++) {
      const place = pixel * 3 + channel;
      const under = this.#colors[place] as number;
      this.#colors[place] = under + share * ((color[channel] as number) - under);
    }
  }
}

/** The share of a pixel's samples that an area contains, and whether that at its center is among them. */
function coverage(area: Area, column: number, row: number): { readonly covered: number; readonly isCenterIn: boolean } {
  let inside = 0;
  let isCenterIn = false;
  for (let sample = 0; sample < SAMPLES ** 2; sample++) {
    const x = column + ((sample % SAMPLES) + 0.5) / SAMPLES;
    const y = row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
    if (!area.contains(x, y)) continue;
    inside++;
    if (sample === CENTER) isCenterIn = true;
  }
  return { covered: inside / SAMPLES ** 2, isCenterIn };
}
