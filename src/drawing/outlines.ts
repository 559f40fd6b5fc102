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

let unpacked: ReadonlyMap<number, Outline> | undefined;

/** The outline of a character, or undefined if the typeface here has none. */
export function outlineOf(codePoint: number): Outline | undefined {
  unpacked ??= unpack();
  return unpacked.get(codePoint);
}

function unpack(): ReadonlyMap<number, Outline> {
  const glyphs = readGlyphs();
  const contoursOf = ({ contours, parts }: PackedGlyph): Outline['contours'] => [
    ...contours,
    ...parts.flatMap(({ glyph, x, y }) =>
      contoursOf(glyphs[glyph] as PackedGlyph).map((contour) =>
        contour.map((point) => ({ ...point, x: point.x + x, y: point.y + y })),
      ),
    ),
  ];
  const codes = FONT_RUNS.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return new Map(
    codes.map((code, i): [number, Outline] => {
      const glyph = glyphs[i] as PackedGlyph;
      return [code, { advance: glyph.advance / FONT_ADVANCE_UNITS, contours: contoursOf(glyph) }];
    }),
  );
}

/** A glyph as it is packed: its own curves, or other glyphs that are moved. */
interface PackedGlyph {
  readonly advance: number;
  readonly contours: OutlinePoint[][];
  readonly parts: readonly { readonly glyph: number; readonly x: number; readonly y: number }[];
}

/** Reads the lists in the order in which the script writes them. */
function readGlyphs(): readonly PackedGlyph[] {
  const bytes = fromBase64(FONT_DATA);
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
  const bits = times(Math.ceil((points * BITS_PER_POINT) / 8), byte);
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

const BASE64_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let target = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | BASE64_DIGITS.indexOf(digit)) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[target++] = (bits >> held) & 0xff;
    }
  }
  return bytes;
}
