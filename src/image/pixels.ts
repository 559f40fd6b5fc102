/** Decoded pixels as callers have them, brought to RGB. */
import { ShapeError, UsageError } from '../errors.ts';
import { describeValue } from '../text.ts';
import { checkSides, type Image, image } from './image.ts';

/** 8-bit pixels, rows from top to bottom: RGB with 3 bytes a pixel, or RGBA with 4, as an `ImageData` has them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * The RGB image that pixels are. RGB bytes are not copied; of RGBA the alpha is dropped and the colors below it are kept, as
 * for files in Node; of files in a browser they are black where they are fully transparent.
 * @throws UsageError if this is no `{ width, height, data }` with bytes, ShapeError if the bytes are not 3 or 4 a pixel.
 */
export function rgbImage(pixels: Pixels): Image {
  if (!arePixels(pixels)) {
    throw new UsageError(
      `Pixels are { width, height, data } with data a Uint8Array of RGB or RGBA bytes, but got ${describeValue(pixels)}.`,
    );
  }
  const { width, height, data } = pixels;
  checkSides('An image', width, height);
  const count = width * height;
  if (data.length === 3 * count) return image(width, height, asBytes(data));
  if (data.length === 4 * count) return image(width, height, withoutAlpha(data, count));
  throw new ShapeError(
    `An image of ${width}x${height} takes ${3 * count} bytes as RGB (3 a pixel) or ${4 * count} as RGBA (4 a pixel), but ${data.length} were given${explain(data.length / count)}.`,
  );
}

/** Whether a value has the form of pixels; their number is not looked at. */
export function arePixels(value: unknown): value is Pixels {
  if (typeof value !== 'object' || value === null) return false;
  const { width, height, data } = value as Partial<Record<keyof Pixels, unknown>>;
  const areBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  return typeof width === 'number' && typeof height === 'number' && areBytes;
}

function asBytes(data: Uint8Array | Uint8ClampedArray): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function withoutAlpha(rgba: Uint8Array | Uint8ClampedArray, pixels: number): Uint8Array {
  const rgb = new Uint8Array(3 * pixels);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = rgba[from] as number;
    rgb[to + 1] = rgba[from + 1] as number;
    rgb[to + 2] = rgba[from + 2] as number;
  }
  return rgb;
}

function explain(bytesPerPixel: number): string {
  if (bytesPerPixel === 1) return ' (1 a pixel: repeat gray values three times)';
  return bytesPerPixel === 2 ? ' (2 a pixel: gray with alpha, or 16-bit gray; bring it to RGB)' : '';
}
