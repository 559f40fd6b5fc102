/** Anti-aliased text in images, in one typeface (DejaVu Sans) and any size up to the glyphs' own. */
import type { Color } from '../image/image.ts';
import { type Glyph, GLYPH_SIZE, glyphOf } from './glyphs.ts';

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
  return (width * size) / GLYPH_SIZE;
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
  const scale = size / GLYPH_SIZE;
  let pen = x;
  for (const glyph of glyphsOf(text)) {
    drawGlyph(canvas, glyph, pen, y, scale, color);
    pen += glyph.advance * scale;
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
  const width = Math.round(0.5 * GLYPH_SIZE);
  const height = Math.round(CAP_HEIGHT * GLYPH_SIZE);
  const stroke = Math.round(GLYPH_SIZE / 11);
  const coverage = Float32Array.from({ length: width * height }, (_, i) => {
    const column = i % width;
    const row = Math.floor(i / width);
    return Math.min(column, width - 1 - column, row, height - 1 - row) < stroke ? 1 : 0;
  });
  return { advance: width + 2 * stroke, left: stroke, top: -height, width, height, coverage };
}

function drawGlyph(canvas: Canvas, glyph: Glyph, x: number, y: number, scale: number, color: Color): void {
  const left = x + glyph.left * scale;
  const top = y + glyph.top * scale;
  const columns = shares(left, glyph.width, scale, canvas.width);
  const rows = shares(top, glyph.height, scale, canvas.height);
  for (const row of rows) {
    for (const column of columns) {
      let covered = 0;
      for (const [glyphY, tall] of row.parts) {
        let across = 0;
        for (const [glyphX, wide] of column.parts) {
          across += wide * (glyph.coverage[glyphY * glyph.width + glyphX] as number);
        }
        covered += tall * across;
      }
      if (covered > 0) blend(canvas, column.pixel, row.pixel, color, Math.min(1, covered));
    }
  }
}

/** A pixel of the canvas along one axis, and the glyph pixels it covers with the share of the canvas pixel each takes. */
interface Share {
  readonly pixel: number;
  readonly parts: readonly (readonly [index: number, share: number])[];
}

function shares(start: number, count: number, scale: number, extent: number): Share[] {
  const found: Share[] = [];
  const last = Math.min(extent, Math.ceil(start + count * scale));
  for (let pixel = Math.max(0, Math.floor(start)); pixel < last; pixel++) {
    const from = Math.max(0, (pixel - start) / scale);
    const to = Math.min(count, (pixel + 1 - start) / scale);
    const parts: [number, number][] = [];
    for (let index = Math.floor(from); index < to; index++) {
      parts.push([index, (Math.min(index + 1, to) - Math.max(index, from)) * scale]);
    }
    found.push({ pixel, parts });
  }
  return found;
}

function blend(canvas: Canvas, x: number, y: number, color: Color, share: number): void {
  const start = (y * canvas.width + x) * 3;
  for (const [channel, value] of color.entries()) {
    const below = canvas.data[start + channel] as number;
    canvas.data[start + channel] = Math.round(below + share * (value - below));
  }
}
