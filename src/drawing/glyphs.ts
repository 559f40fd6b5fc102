/** The typeface's glyphs, unpacked. */
import { unzlibSync } from 'fflate';
import { FONT_DATA, FONT_LEVELS, FONT_RUNS } from './font.ts';

/** One character at the atlas's size; the box is measured in pixels from the pen's place on the baseline. */
export interface Glyph {
  readonly advance: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How much of each pixel of the box is covered, 0 to 1, row by row. */
  readonly coverage: Float32Array;
}

let unpacked: ReadonlyMap<number, Glyph> | undefined;

/** The glyph of a character, or undefined if the atlas has none. */
export function glyphOf(codePoint: number): Glyph | undefined {
  unpacked ??= unpack();
  return unpacked.get(codePoint);
}

function unpack(): ReadonlyMap<number, Glyph> {
  const bytes = unzlibSync(fromBase64(FONT_DATA));
  const codes = FONT_RUNS.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  const numbers = new Int16Array(bytes.buffer, bytes.byteOffset, codes.length * 5);
  let start = numbers.byteLength;
  return new Map(
    codes.map((code, i): [number, Glyph] => {
      const [advance, left, top, width, height] = numbers.subarray(i * 5, i * 5 + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      const pixels = width * height;
      const from = start;
      start += Math.ceil(pixels / 2);
      const coverage = Float32Array.from({ length: pixels }, (_, pixel) => {
        const pair = bytes[from + (pixel >> 1)] as number;
        return (pixel % 2 === 0 ? pair >> 4 : pair & 15) / FONT_LEVELS;
      });
      return [code, { advance: advance / 64, left, top, width, height, coverage }];
    }),
  );
}

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
