/** An image as the networks see it: 8-bit RGB. */
import { ShapeError } from '../errors.ts';

/** An RGB image: 3 bytes a pixel (red, green, blue), rows from top to bottom, without padding. sRGB is assumed. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A color: red, green and blue, each a whole number in [0, 255]. */
export type Color = readonly [red: number, green: number, blue: number];

/**
 * An image over existing bytes, which are not copied.
 * @throws ShapeError if the sides are not whole numbers above 0 or the bytes are not three times their product.
 */
export function image(width: number, height: number, data: Uint8Array): Image {
  checkSides('An image', width, height);
  if (data.length !== width * height * 3) {
    throw new ShapeError(
      `An RGB image of ${width}x${height} takes ${width * height * 3} bytes (3 a pixel), but ${data.length} were given.`,
    );
  }
  return { width, height, data };
}

/** @throws ShapeError unless both sides are whole numbers of at least 1; `what` begins the message. */
export function checkSides(what: string, width: number, height: number): void {
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new ShapeError(`${what} needs whole numbers of at least 1 as width and height, but got ${width}x${height}.`);
  }
}
