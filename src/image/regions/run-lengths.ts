/** Binary masks as COCO's run lengths: column after column, alternately pixels outside and inside, outside first. */
import { FormatError } from '../../errors.ts';
import { PIXELS } from '../../limits.ts';
import { type Components, runEnd } from './components.ts';
import type { Region } from './regions.ts';

/** A mask in COCO's form: as a list of run lengths (uncompressed) or as text (compressed). */
export interface RunLengthMask {
  readonly size: readonly [height: number, width: number];
  readonly counts: readonly number[] | string;
}

/** The run lengths of every region's mask. The first is 0 where the first pixel is inside; the sum is width x height. */
export function runLengthsOf(components: Components, regions: readonly Region[]): number[][] {
  const pixels = components.width * components.height;
  const ids = regionsByColumn(components, regions);
  const counts = regions.map((): number[] => []);
  const reached = new Float64Array(regions.length);
  let start = 0;
  for (let pixel = 1; pixel <= pixels; pixel++) {
    const id = ids[start] as number;
    if (pixel < pixels && ids[pixel] === id) continue;
    if (id > 0) {
      (counts[id - 1] as number[]).push(start - (reached[id - 1] as number), pixel - start);
      reached[id - 1] = pixel;
    }
    start = pixel;
  }
  for (const [index, list] of counts.entries()) {
    const rest = pixels - (reached[index] as number);
    if (rest > 0) list.push(rest);
  }
  return counts;
}

/** Column after column, for every pixel the position of its region plus 1, or 0. */
function regionsByColumn(components: Components, regions: readonly Region[]): Uint32Array {
  const { width, height, starts, rows, owners, list } = components;
  const regionOf = new Uint32Array(list.length);
  for (const [index, { components: ids }] of regions.entries()) for (const id of ids) regionOf[id] = index + 1;
  const byColumn = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let run = rows[y] as number; run < (rows[y + 1] as number); run++) {
      const region = regionOf[owners[run] as number] as number;
      if (region === 0) continue;
      const end = runEnd(components, run, y);
      for (let x = starts[run] as number, at = x * height + y; x < end; x++, at += height) byColumn[at] = region;
    }
  }
  return byColumn;
}

/** The number of the first run length that is written as its difference from the last but one. */
const FIRST_DIFFERENCE = 3;
/** A character holds 5 bits, lowest first, and a sixth that says whether more follow; it is that number above '0'. */
const ZERO = 48;

/**
 * Run lengths as the text of pycocotools (`counts` of its compressed masks).
 * Signed numbers of 5 bits a character, see https://rlemasklib.readthedocs.io/en/latest/explanation/coco-compression.html.
 */
export function compressRunLengths(counts: readonly number[]): string {
  const characters: number[] = [];
  for (const [index, count] of counts.entries()) {
    let rest = index < FIRST_DIFFERENCE ? count : count - (counts[index - 2] as number);
    for (;;) {
      const bits = rest & 31;
      rest >>= 5;
      // Done once what is left is nothing but copies of the sign bit.
      if (rest === (bits & 16 ? -1 : 0)) {
        characters.push(ZERO + bits);
        break;
      }
      characters.push(ZERO + bits + 32);
    }
  }
  return asText(characters);
}

/**
 * The run lengths in a text of pycocotools.
 * @throws FormatError if it has other characters, breaks off, or gives a length below 0 or above 2147483647.
 */
export function decompressRunLengths(text: string): number[] {
  const counts: number[] = [];
  let value = 0;
  let shift = 0;
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position) - ZERO;
    if (code < 0 || code > 63) {
      throw new FormatError(
        `COCO run lengths: character ${position} is ${JSON.stringify(text[position])}, but '0' to 'o' are used. ` +
          'Pass the `counts` of a compressed mask, decoded from JSON.',
      );
    }
    value += (code & 31) * 2 ** shift;
    shift += 5;
    if (code & 32 && shift < 35) continue;
    if (code & 16) value -= 2 ** shift;
    const count = counts.length < FIRST_DIFFERENCE ? value : value + (counts[counts.length - 2] as number);
    if (code & 32 || count < 0 || count > 2 ** 31 - 1) {
      throw new FormatError(
        `COCO run lengths: run ${counts.length}, ending at character ${position}, is ${code & 32 ? 'longer than 35 bits' : count}. ` +
          'The text is damaged; copy it anew.',
      );
    }
    counts.push(count);
    value = 0;
    shift = 0;
  }
  if (shift > 0) throw new FormatError('COCO run lengths: the text breaks off within a number. Copy it anew, whole.');
  return counts;
}

/**
 * The pixels of a mask in COCO's form, rows from top to bottom: 1 inside, 0 outside.
 * @throws FormatError if it is no object, or the size is no pair of whole numbers of at least 1, has more than `pixelLimit` pixels
 *   (default 268402689), or is not what the run lengths add up to.
 */
export function decodeRunLengths(
  given: RunLengthMask,
  { pixelLimit = PIXELS }: { readonly pixelLimit?: number } = {},
): Uint8Array {
  // What a file holds is anything.
  const { size, counts } = Object(given) as Partial<RunLengthMask>;
  const [height, width] = Array.isArray(size) && size.length === 2 ? size : [Number.NaN, Number.NaN];
  const isSide = (side: number) => Number.isSafeInteger(side) && side >= 1;
  if (!isSide(height) || !isSide(width) || height * width > pixelLimit) {
    throw new FormatError(
      `A COCO mask: the size ${JSON.stringify(size)} is not [height, width] with at most ${pixelLimit} pixels. ` +
        'Correct it, or raise pixelLimit.',
    );
  }
  const lengths = typeof counts === 'string' ? decompressRunLengths(counts) : counts;
  if (!Array.isArray(lengths)) {
    throw new FormatError('A COCO mask: the counts are neither a text nor a list of run lengths. The mask is damaged.');
  }
  const wrong = lengths.findIndex((length: number) => !Number.isSafeInteger(length) || length < 0);
  if (wrong >= 0) {
    throw new FormatError(
      `A COCO mask: run ${wrong} is ${JSON.stringify(lengths[wrong])}, but lengths are whole numbers from 0 on. The mask is damaged.`,
    );
  }
  const total = lengths.reduce((sum: number, length: number) => sum + length, 0);
  if (total !== height * width) {
    throw new FormatError(
      `A COCO mask: the runs add up to ${total} pixels, but ${height} x ${width} are ${height * width}. ` +
        'The size is [height, width]; the mask and it do not belong together.',
    );
  }
  const mask = new Uint8Array(total);
  let pixel = 0;
  for (const [index, length] of lengths.entries()) {
    const end = pixel + length;
    if (index % 2 === 1) {
      for (let at = pixel; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1;
    }
    pixel = end;
  }
  return mask;
}

/** ASCII codes as text, in pieces that a function call can take. */
function asText(codes: readonly number[]): string {
  const pieces: string[] = [];
  for (let start = 0; start < codes.length; start += 8192) {
    pieces.push(String.fromCharCode(...codes.slice(start, start + 8192)));
  }
  return pieces.join('');
}
