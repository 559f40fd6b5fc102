/** Where padding is in a batch, and what networks remember of it. */
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** A rectangle of pixels; right and bottom are the first ones beyond it. */
export interface Content {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The part of each image that is no padding: what is left without the outermost rows and columns whose labels are all ignored and
 * whose color is one. Such a border of the photograph itself counts as padding too.
 * @param images float32 [N, 3, H, W]
 * @param labels uint8 [N, H, W]
 */
export function contentsOf(images: Tensor<'float32'>, labels: Tensor<'uint8'>): readonly Content[] {
  const [count, height, width] = labels.shape as readonly [number, number, number];
  return Array.from({ length: count }, (_, index) => {
    const ids = labels.data.subarray(index * height * width, (index + 1) * height * width);
    const values = images.data.subarray(index * 3 * height * width, (index + 1) * 3 * height * width);
    return contentOf({ ids, values, width, height });
  });
}

interface Labeled {
  readonly ids: Uint8Array;
  /** Three planes. */
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

function contentOf(image: Labeled): Content {
  const { width, height } = image;
  let [left, top, right, bottom] = [0, 0, width, height];
  const row = (y: number): boolean => isPadding(image, y * width, width, 1);
  while (top < bottom && row(top)) top++;
  while (bottom > top && row(bottom - 1)) bottom--;
  const column = (x: number): boolean => isPadding(image, top * width + x, bottom - top, width);
  while (left < right && column(left)) left++;
  while (right > left && column(right - 1)) right--;
  return { left, top, right, bottom };
}

/** Whether this line of pixels is of one color and without a label. */
function isPadding({ ids, values, width, height }: Labeled, start: number, length: number, step: number): boolean {
  for (let index = 0, pixel = start; index < length; index++, pixel += step) {
    if (ids[pixel] !== IGNORE_INDEX) return false;
    for (let at = pixel, first = start; at < values.length; at += width * height, first += width * height) {
      if (values[at] !== values[first]) return false;
    }
  }
  return true;
}

/**
 * Puts the mean of an image's own features where there is padding. Whatever the network pools over a view is then what it pools
 * over the image alone, which is all that it sees when it predicts.
 * @param features float32 [N, C, h, w], changed in place
 * @param contents in pixels of the images
 * @param size pixels of an image
 */
export function fillPadding(
  features: Tensor<'float32'>,
  contents: readonly Content[],
  size: { readonly width: number; readonly height: number },
): void {
  const { shape, data } = features;
  if (shape.length !== 4) return;
  const [, channels, height, width] = shape as readonly [number, number, number, number];
  for (const [index, content] of contents.entries()) {
    const inside = cellsInside(content, { width, height }, size);
    const count = inside.reduce((sum, is) => sum + is, 0);
    if (count === 0 || count === inside.length) continue;
    for (let channel = 0; channel < channels; channel++) {
      const start = (index * channels + channel) * inside.length;
      let sum = 0;
      for (let cell = 0; cell < inside.length; cell++) {
        if (inside[cell] === 1) sum += data[start + cell] as number;
      }
      for (let cell = 0; cell < inside.length; cell++) if (inside[cell] === 0) data[start + cell] = sum / count;
    }
  }
}

/** Pixels between the cells of a map: encoders halve, and round up. */
const strideOf = (pixels: number, cells: number): number => 2 ** Math.ceil(Math.log2(pixels / cells));

/** 1 for each cell of a map whose pixel, at the stride between them, is content; 0 for the others. */
function cellsInside(
  { left, top, right, bottom }: Content,
  map: { readonly width: number; readonly height: number },
  image: { readonly width: number; readonly height: number },
): Uint8Array {
  const [across, down] = [strideOf(image.width, map.width), strideOf(image.height, map.height)];
  return Uint8Array.from({ length: map.width * map.height }, (_, cell) => {
    const [x, y] = [(cell % map.width) * across, Math.floor(cell / map.width) * down];
    return x >= left && x < right && y >= top && y < bottom ? 1 : 0;
  });
}
