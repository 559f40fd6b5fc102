/** The pixels of a bitmap, part by part: a canvas of a large image's size has none, and says nothing about it. */
import { FormatError } from '../../errors.ts';
import type { Pixels } from '../../image/pixels.ts';
import { PIXELS } from '../../limits.ts';

/** Sides of a part, in pixels: so large a canvas can be in every browser. */
const PART = 4096;

/**
 * A bitmap's pixels, rows from top to bottom: red, green and blue or, as 4 channels, how opaque, too. The bitmap is freed.
 * @param name of the image in errors.
 * @throws FormatError if it has more pixels than an image may have
 */
export function bitmapPixels(bitmap: ImageBitmap, channels: 3 | 4, name: string): Pixels & { data: Uint8ClampedArray } {
  const { width, height } = bitmap;
  try {
    if (width * height > PIXELS) {
      throw new FormatError(
        `${name}: ${width}x${height} are ${width * height} pixels, more than the ${PIXELS} allowed. Make it smaller.`,
      );
    }
    const data = new Uint8ClampedArray(channels * width * height);
    const canvas = new OffscreenCanvas(Math.min(width, PART), Math.min(height, PART));
    const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
    for (let top = 0; top < height; top += PART) {
      for (let left = 0; left < width; left += PART) {
        const [across, down] = [Math.min(PART, width - left), Math.min(PART, height - top)];
        // What is transparent would show the part before.
        context.clearRect(0, 0, across, down);
        context.drawImage(bitmap, -left, -top);
        const part = context.getImageData(0, 0, across, down).data;
        for (let y = 0, from = 0; y < down; y++) {
          let to = channels * ((top + y) * width + left);
          for (let x = 0; x < across; x++, from += 4) {
            for (let channel = 0; channel < channels; channel++) data[to++] = part[from + channel] as number;
          }
        }
      }
    }
    return { width, height, data };
  } finally {
    bitmap.close();
  }
}
