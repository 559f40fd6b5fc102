/** A label map laid over its image. */
import { UsageError } from '../errors.ts';
import { colorTable } from './colorize.ts';
import { type Color, type Image, image } from '../image/image.ts';
import { checkSameSize, type LabelMap } from '../image/label-map.ts';

/** How strongly classes cover an image, and which of them do. */
export interface OverlayOptions {
  /** How much of the class's color covers the image, from 0 (none) to 1 (all). Default 0.5. */
  readonly opacity?: number;
  /** Whether the borders between classes are drawn as thin lines. Default true. */
  readonly boundaries?: boolean;
  /** Class ids that are left as in the image, such as that of the background. Default none. */
  readonly untouched?: readonly number[];
}

/** A border is one pixel wide for every so many pixels of the image's longer side. */
const PIXELS_PER_BORDER_PIXEL = 1000;
/** How much of the class's own color a border pixel has. */
const BORDER_OPACITY = 0.9;

/**
 * The image with every pixel tinted in its class's color. Ids without a color, such as 255 for ignore, stay as they are.
 * @throws ShapeError if the sizes differ, UsageError if the opacity is outside [0, 1].
 */
export function overlay(
  source: Image,
  labels: LabelMap,
  colors: readonly Color[],
  { opacity = 0.5, boundaries = true, untouched = [] }: OverlayOptions = {},
): Image {
  checkSameSize('overlay', source, labels);
  checkOpacity(opacity);
  const table = colorTable(colors);
  const tinted = new Uint8Array(65536).fill(1, 0, colors.length);
  for (const id of untouched) tinted[id] = 0;
  const isBorder = boundaries && opacity > 0 ? borderPixels(labels) : undefined;
  const data = new Uint8Array(source.data);
  for (let pixel = 0; pixel < labels.data.length; pixel++) {
    const id = labels.data[pixel] as number;
    if (tinted[id] === 0) continue;
    const share = isBorder?.[pixel] === 1 ? Math.max(opacity, BORDER_OPACITY) : opacity;
    for (let channel = 0; channel < 3; channel++) {
      const byte = pixel * 3 + channel;
      const below = data[byte] as number;
      data[byte] = below + share * ((table[id * 3 + channel] as number) - below) + 0.5;
    }
  }
  return image(source.width, source.height, data);
}

/** @throws UsageError if the opacity is outside [0, 1]. */
export function checkOpacity(opacity: number): void {
  if (opacity >= 0 && opacity <= 1) return;
  throw new UsageError(
    `overlay: the opacity is ${opacity}. Choose a number from 0 (only the image) to 1 (only the classes).`,
  );
}

/** 1 where a pixel has one of another class close by in its row or column. */
function borderPixels({ width, height, data }: LabelMap): Uint8Array {
  const reach = Math.max(1, Math.round(Math.max(width, height) / PIXELS_PER_BORDER_PIXEL));
  const marks = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const id = data[pixel];
      // Where two neighbors differ, all within reach of the border between them are marked.
      if (x + 1 < width && data[pixel + 1] !== id) {
        marks.fill(1, pixel - Math.min(x, reach - 1), pixel + Math.min(width - x, reach + 1));
      }
      if (y + 1 < height && data[pixel + width] !== id) {
        // What would lie beyond the last line is beyond the marks.
        for (let line = Math.max(0, y + 1 - reach); line <= y + reach; line++) marks[line * width + x] = 1;
      }
    }
  }
  return marks;
}
