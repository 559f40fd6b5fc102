/** Images and score maps mirrored left to right; twice gives back what was. */
import { type Image, image } from '../image/image.ts';

export function mirrorImage({ width, height, data }: Image): Image {
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    let from = (y + 1) * width * 3;
    let to = y * width * 3;
    for (let x = 0; x < width; x++) {
      from -= 3;
      mirrored[to++] = data[from] as number;
      mirrored[to++] = data[from + 1] as number;
      mirrored[to++] = data[from + 2] as number;
    }
  }
  return image(width, height, mirrored);
}

/** Turns each row of `width` numbers around, in place. */
export function mirrorRows(data: Float32Array, width: number): void {
  for (let start = 0; start < data.length; start += width) data.subarray(start, start + width).reverse();
}
