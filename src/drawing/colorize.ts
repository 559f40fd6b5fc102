/** A label map as an image. */
import { type Color, type Image, image } from '../image/image.ts';
import type { LabelMap } from '../image/label-map.ts';

/** Draws every pixel in its class's color. Ids without a color, such as 255 for ignore, are black. */
export function colorize(labels: LabelMap, colors: readonly Color[]): Image {
  const data = new Uint8Array(labels.width * labels.height * 3);
  const table = colorTable(colors);
  for (let pixel = 0, byte = 0; pixel < labels.data.length; pixel++, byte += 3) {
    const entry = (labels.data[pixel] as number) * 3;
    if (entry >= table.length) continue;
    data[byte] = table[entry] as number;
    data[byte + 1] = table[entry + 1] as number;
    data[byte + 2] = table[entry + 2] as number;
  }
  return image(labels.width, labels.height, data);
}

/** Colors one after the other in one array: 3 bytes each. */
export function colorTable(colors: readonly Color[]): Uint8Array {
  return Uint8Array.from(colors.flat());
}
