/** Drawing sheets: paper, ink, rectangles and images. */
import type { Color, Image } from '../image/image.ts';
import { type Canvas, drawText, measureText } from './text.ts';

export const PAPER: Color = [252, 252, 252];
export const INK: Color = [33, 33, 33];
export const FAINT_INK: Color = [110, 110, 110];

/** A canvas of one color. */
export function emptyCanvas(width: number, height: number, color: Color = PAPER): Canvas {
  const canvas = { width, height, data: new Uint8Array(width * height * 3) };
  fillRectangle(canvas, 0, 0, width, height, color);
  return canvas;
}

/** A filled rectangle that lies inside the canvas. */
export function fillRectangle(
  canvas: Canvas,
  left: number,
  top: number,
  width: number,
  height: number,
  color: Color,
): void {
  const row = Uint8Array.from({ length: width * 3 }, (_, index) => color[index % 3] as number);
  for (let y = top; y < top + height; y++) canvas.data.set(row, (y * canvas.width + left) * 3);
}

/** Copies an image that fits in. */
export function paste(canvas: Canvas, source: Image, left: number, top: number): void {
  for (let y = 0; y < source.height; y++) {
    const row = source.data.subarray(y * source.width * 3, (y + 1) * source.width * 3);
    canvas.data.set(row, ((top + y) * canvas.width + left) * 3);
  }
}

/** Draws a line of text that reads upwards: it begins at `bottom`, its baseline is `x`. The background must be `paper`. */
export function drawTextUpwards(
  canvas: Canvas,
  text: string,
  x: number,
  bottom: number,
  size: number,
  color: Color,
  paper: Color = PAPER,
): void {
  const ascent = Math.ceil(size);
  const lying = emptyCanvas(Math.ceil(measureText(text, size)) + 2, Math.ceil(1.4 * size), paper);
  drawText(lying, text, 0, ascent, size, color);
  for (let y = 0; y < lying.height; y++) {
    for (let along = 0; along < lying.width; along++) {
      const [column, row] = [x - ascent + y, bottom - 1 - along];
      if (column < 0 || column >= canvas.width || row < 0 || row >= canvas.height) continue;
      const from = (y * lying.width + along) * 3;
      canvas.data.set(lying.data.subarray(from, from + 3), (row * canvas.width + column) * 3);
    }
  }
}
