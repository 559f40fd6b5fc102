/** The typeface's outlines, unpacked. */
import { FONT_ADVANCE_UNITS, FONT_COMPOSED, FONT_DATA, FONT_GLYPHS, FONT_RUNS } from './font.ts';

/** A point on a closed curve, or one that controls a quadratic piece of it; in units of the typeface, y upward from the baseline. */
export interface OutlinePoint {
  readonly x: number;
  readonly y: number;
  readonly isOnCurve: boolean;
}

/** The closed curves of one character; they turn the other way around holes. */
export interface Outline {
  /** How far the pen moves on, in parts of the em. */
  readonly advance: number;
  readonly contours: readonly (readonly OutlinePoint[])[];
}

let unpacked: Typeface | undefined;

/** The outline of a character, or undefined if the typeface here has none. */
export function outlineOf(codePoint: number): Outline | undefined {
  unpacked ??= unpack();
  const { glyphs, numbers } = unpacked;
  const number = numbers.get(codePoint);
  if (number === undefined) return undefined;
  const { advance } = glyphs[number] as PackedGlyph;
  return { advance: advance / FONT_ADVANCE_UNITS, contours: contoursOf(glyphs, number) };
}

/** All glyphs, and which one each character has. */
interface Typeface {
  readonly glyphs: readonly PackedGlyph[];
  readonly numbers: ReadonlyMap<number, number>;
}

function unpack(): Typeface {
  const codes = FONT_RUNS.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return { glyphs: readGlyphs(), numbers: new Map(codes.map((code, i) => [code, i])) };
}

/** A glyph's curves, and those of the glyphs that it is composed of. */
function contoursOf(glyphs: readonly PackedGlyph[], number: number): Outline['contours'] {
  const { contours, parts } = glyphs[number] as PackedGlyph;
  const moved = parts.flatMap(({ glyph, x, y }) =>
    contoursOf(glyphs, glyph).map((contour) => contour.map((point) => ({ ...point, x: point.x + x, y: point.y + y }))),
  );
  return [...contours, ...moved];
}

/** A glyph as it is packed: its own curves, or other glyphs that are moved. */
interface PackedGlyph {
  readonly advance: number;
  readonly contours: OutlinePoint[][];
  readonly parts: readonly { readonly glyph: number; readonly x: number; readonly y: number }[];
}

/** Reads the lists in the order in which the script writes them. */
function readGlyphs(): readonly PackedGlyph[] {
  const bytes = Uint8Array.from(atob(FONT_DATA), (character) => character.charCodeAt(0));
  let at = 0;
  const byte = (): number => bytes[at++] as number;
  const signed = (): number => (byte() << 24) >> 24;
  const move = (): number => {
    const short = signed();
    return short === -128 ? byte() + signed() * 256 : short;
  };
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read);

  const counts = times(FONT_GLYPHS, byte);
  const advances = times(FONT_GLYPHS, move);
  const parts = counts.map((count) =>
    count === FONT_COMPOSED ? times(byte(), () => ({ glyph: byte(), x: move(), y: move() })) : [],
  );
  const lengths = counts.map((count) => (count === FONT_COMPOSED ? [] : times(count, byte)));
  const sizes = lengths.map((each) => each.reduce((sum, length) => sum + length, 0));
  const points = sizes.reduce((sum, size) => sum + size, 0);
  const bits = bytes.subarray(at, at + Math.ceil((points * BITS_PER_POINT) / 8));
  at += bits.length;
  const bitOf = (point: number, which: number): boolean => {
    const index = point * BITS_PER_POINT + which;
    return (((bits[index >> 3] as number) >> (7 - (index & 7))) & 1) === 1;
  };
  /** Where each point lies along an axis; those of a glyph begin at 0. */
  const placesAlong = (which: number): number[] => {
    let point = 0;
    return sizes.flatMap((size) => {
      let place = 0;
      return times(size, () => {
        place += bitOf(point++, which) ? move() : 0;
        return place;
      });
    });
  };
  const [xs, ys] = [placesAlong(MOVES_ACROSS), placesAlong(MOVES_UP)];
  let point = 0;
  return counts.map((_, glyph) => ({
    advance: advances[glyph] as number,
    contours: (lengths[glyph] as number[]).map((length) =>
      times(length, () => {
        const at = point++;
        return { x: xs[at] as number, y: ys[at] as number, isOnCurve: bitOf(at, ON_CURVE) };
      }),
    ),
    parts: parts[glyph] ?? [],
  }));
}

/** What the bits of a point say. */
const [ON_CURVE, MOVES_ACROSS, MOVES_UP, BITS_PER_POINT] = [0, 1, 2, 3];
