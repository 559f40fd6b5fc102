/** Stripes over what has no class, so that it is not taken for one. */
import type { Color, Image } from '../image/image.ts';
import type { LabelMap } from '../image/label-map.ts';

const STRIPE: Color = [255, 255, 255];

/** Draws white stripes into the image, which is changed, wherever the label map of its size has such an id. */
export function drawStripes(image: Image, labels: LabelMap, isStriped: (id: number) => boolean): Image {
  for (let pixel = 0; pixel < labels.data.length; pixel++) {
    const [x, y] = [pixel % image.width, Math.floor(pixel / image.width)];
    if ((x + y) % 8 < 2 && isStriped(labels.data[pixel] as number)) image.data.set(STRIPE, pixel * 3);
  }
  return image;
}
