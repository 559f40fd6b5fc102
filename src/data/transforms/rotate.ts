/** Turning by a small angle. */
import * as z from 'zod';
import { type Color, type Image, image } from '../../image/image.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { probability } from './flip.ts';
import { filledWith, MEAN_COLOR } from './pad.ts';
import { between, transformKind } from './transform.ts';
import { type ByteLabels, byteLabels, realize, viewOf } from './view.ts';

const byte = z.int().min(0).max(255);

/**
 * Turns around the middle by an angle drawn evenly from -degrees ... degrees; the size stays. Image bilinear, mask nearest;
 * what comes from outside has the color, and 255 in the mask.
 */
export const rotate = transformKind({
  name: 'rotate',
  options: z.strictObject({
    degrees: z.number().positive().max(180),
    probability: probability.default(1),
    color: z.tuple([byte, byte, byte]).default([...MEAN_COLOR]),
  }),
  create: (options) => (view, random) => {
    if (random.uniform() >= options.probability) return view;
    const angle = (between(random, [-options.degrees, options.degrees]) * Math.PI) / 180;
    const { image: pixels, labels } = realize(view);
    return viewOf({ image: rotateImage(pixels, angle, options.color), labels: rotateLabels(labels, angle) });
  },
});

/** Calls `visit` with every pixel and the place in the image that turns to it, in pixels from the first one's center. */
function forEachSource(
  width: number,
  height: number,
  angle: number,
  visit: (pixel: number, x: number, y: number) => void,
): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    let sourceX = centerX - centerX * cos + (y - centerY) * sin;
    let sourceY = centerY + centerX * sin + (y - centerY) * cos;
    for (let x = 0; x < width; x++) {
      visit(y * width + x, sourceX, sourceY);
      sourceX += cos;
      sourceY -= sin;
    }
  }
}

function rotateImage({ width, height, data }: Image, angle: number, color: Color): Image {
  const result = filledWith(color, width * height);
  forEachSource(width, height, angle, (pixel, x, y) => {
    if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) return;
    const left = Math.min(Math.max(Math.floor(x), 0), width - 1);
    const top = Math.min(Math.max(Math.floor(y), 0), height - 1);
    const across = Math.min(Math.max(x - left, 0), 1);
    const down = Math.min(Math.max(y - top, 0), 1);
    const right = Math.min(left + 1, width - 1);
    const bottom = Math.min(top + 1, height - 1);
    const [a, b] = [(top * width + left) * 3, (top * width + right) * 3];
    const [c, d] = [(bottom * width + left) * 3, (bottom * width + right) * 3];
    for (let channel = 0; channel < 3; channel++) {
      const upper = (data[a + channel] as number) * (1 - across) + (data[b + channel] as number) * across;
      const lower = (data[c + channel] as number) * (1 - across) + (data[d + channel] as number) * across;
      result[pixel * 3 + channel] = upper * (1 - down) + lower * down + 0.5;
    }
  });
  return image(width, height, result);
}

function rotateLabels({ width, height, data }: ByteLabels, angle: number): ByteLabels {
  const result = new Uint8Array(data.length).fill(IGNORE_INDEX);
  forEachSource(width, height, angle, (pixel, x, y) => {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column >= 0 && row >= 0 && column < width && row < height) {
      result[pixel] = data[row * width + column] as number;
    }
  });
  return byteLabels(width, height, result);
}
