/** The typeface's glyphs as pixels, each made when it is first drawn. */
import { type CoveredBox, coverageOf } from './coverage.ts';
import { FONT_UNITS } from './font.ts';
import { outlineOf } from './outlines.ts';

/** The size of glyphs in pixels to the em; the largest text. */
export const GLYPH_SIZE = 66;

/** One character at the glyphs' size. */
export interface Glyph extends CoveredBox {
  readonly advance: number;
}

const made = /* @__PURE__ */ new Map<number, Glyph>();

/** The glyph of a character, or undefined if the typeface here has none. */
export function glyphOf(codePoint: number): Glyph | undefined {
  const known = made.get(codePoint);
  if (known) return known;
  const outline = outlineOf(codePoint);
  if (!outline) return undefined;
  const glyph = { ...coverageOf(outline.contours, GLYPH_SIZE / FONT_UNITS), advance: outline.advance * GLYPH_SIZE };
  made.set(codePoint, glyph);
  return glyph;
}
