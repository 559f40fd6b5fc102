/** Anti-aliased text in images, in one typeface (DejaVu Sans) and any size. */
import type { Color } from '../image/image.ts';
import { coverageOf, type Polygons } from './coverage.ts';
import { FONT_UNITS } from './font.ts';
import { type Glyph, glyphOf } from './glyphs.ts';

/** An image that is being drawn into. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** 3 bytes a pixel, as in an Image. */
  readonly data: Uint8Array;
}

/**
 * Sizes of which this is the step have lower-case and capital letters whose tops fall on whole pixels, and so look crisp:
 * the typeface's x-height is 6/11 of the size, its capitals 8/11.
 */
export const CRISP_SIZE_STEP = 5.5;
/** The height of capitals, in parts of the text size. */
export const CAP_HEIGHT = 8 / 11;

/** The width of a line of text in pixels, at a size in pixels to the em. */
export function measureText(text: string, size: number): number {
  let width = 0;
  for (const glyph of glyphsOf(text)) width += glyph.advance;
  return width * size;
}

/** The text, shortened with three dots where it is wider than `width` pixels. */
export function fitText(text: string, size: number, width: number): string {
  if (measureText(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && measureText(`${characters.join('')}...`, size) > width) characters.pop();
  return `${characters.join('').trimEnd()}...`;
}

/**
 * Draws one line of text, its baseline `y` pixels from the top and beginning at `x`; parts outside the canvas are cut off.
 * Characters beyond Latin-1 appear as hollow boxes.
 */
export function drawText(canvas: Canvas, text: string, x: number, y: number, size: number, color: Color): void {
  let pen = x;
  for (const { advance, polygons } of glyphsOf(text)) {
    drawPolygons(canvas, polygons, pen, y, size / FONT_UNITS, color);
    pen += advance * size;
  }
}

/** Characters that were typed as a letter and an accent are one glyph; every kind of white space is a space. */
function glyphsOf(text: string): Glyph[] {
  return [...text.normalize('NFC').replace(/\s/g, ' ')].map(
    (character) => glyphOf(character.codePointAt(0) as number) ?? MISSING,
  );
}

const MISSING = /* @__PURE__ */ hollowBox();

function hollowBox(): Glyph {
  const [width, height, stroke] = [0.5, CAP_HEIGHT, 1 / 11].map((share) => Math.round(share * FONT_UNITS)) as [
    number,
    number,
    number,
  ];
  const corners = (left: number, bottom: number, right: number, top: number): Float64Array =>
    Float64Array.of(left, bottom, left, top, right, top, right, bottom);
  const outer = corners(stroke, 0, stroke + width, height);
  // The other way around, which leaves a hole.
  const inner = corners(width, stroke, 2 * stroke, height - stroke);
  return { advance: (width + 2 * stroke) / FONT_UNITS, polygons: [outer, inner] };
}

function drawPolygons(canvas: Canvas, polygons: Polygons, x: number, y: number, scale: number, color: Color): void {
  const { left, top, width, height, coverage } = coverageOf(polygons, scale, x, y);
  const [firstRow, lastRow] = [Math.max(0, -top), Math.min(height, canvas.height - top)];
  const [firstColumn, lastColumn] = [Math.max(0, -left), Math.min(width, canvas.width - left)];
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const covered = coverage[row * width + column] as number;
      if (covered > 0) blend(canvas.data, ((top + row) * canvas.width + left + column) * 3, color, covered);
    }
  }
}

function blend(data: Uint8Array, start: number, color: Color, share: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const below = data[start + channel] as number;
    data[start + channel] = Math.round(below + share * ((color[channel] as number) - below));
  }
}
