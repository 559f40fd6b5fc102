/** The typeface's glyphs, each made when it is first drawn. */
import { type Polygons, polygonsOf } from './coverage.ts';
import { outlineOf } from './outlines.ts';

/** One character, in units of the typeface. */
export interface Glyph {
  /** How far the pen moves on, in parts of the em. */
  readonly advance: number;
  readonly polygons: Polygons;
}

const made = /* @__PURE__ */ new Map<number, Glyph>();

/** The glyph of a character, or undefined if the typeface here has none. */
export function glyphOf(codePoint: number): Glyph | undefined {
  const known = made.get(codePoint);
  if (known) return known;
  const outline = outlineOf(codePoint);
  if (!outline) return undefined;
  const glyph = { advance: outline.advance, polygons: polygonsOf(outline.contours) };
  made.set(codePoint, glyph);
  return glyph;
}
