/**
 * Label Studio's packing of brush strokes, as its SDK's `converter/brush.py` unpacks it: bits, the highest of a byte first. 32 of them give how
 * many values there are, 5 the bits of a value less one, and four times 4 the bits of a run's length less one. Then runs: a bit that
 * is 1 for a value that is repeated, 2 for which of the four sizes the length has, the length less one; then the value, or as many
 * values. They are red, green, blue and alpha of every pixel, rows from top to bottom.
 */
import { FormatError } from '../../errors.ts';

const CHANNELS = 4;
const ALPHA = 3;

/** 1 where the image is not transparent. @throws FormatError if it breaks off, or has another number of values. */
export function unpackBrush(rle: readonly number[], width: number, height: number): Uint8Array {
  const total = width * height * CHANNELS;
  let bit = 0;
  const read = (bits: number): number => {
    let value = 0;
    for (let left = bits; left > 0; left--, bit++) {
      const byte = rle[bit >> 3];
      if (byte === undefined) throw new FormatError(`the brush's run lengths break off after ${rle.length} bytes`);
      value = value * 2 + ((byte >> (7 - (bit & 7))) & 1);
    }
    return value;
  };
  const values = read(32);
  if (values !== total) {
    throw new FormatError(`the brush has ${values} values, but ${width}x${height} pixels have ${total}`);
  }
  const valueBits = read(5) + 1;
  const lengthBits = [read(4) + 1, read(4) + 1, read(4) + 1, read(4) + 1];
  const inside = new Uint8Array(width * height);
  const put = (at: number, value: number) => {
    if (at % CHANNELS === ALPHA && value > 0) inside[(at - ALPHA) / CHANNELS] = 1;
  };
  for (let at = 0; at < total; ) {
    const isRepeated = read(1) === 1;
    const end = at + 1 + read(lengthBits[read(2)] as number);
    if (end > total) throw new FormatError('a run of the brush goes beyond the last pixel');
    const value = isRepeated ? read(valueBits) : 0;
    for (; at < end; at++) put(at, isRepeated ? value : read(valueBits));
  }
  return inside;
}
