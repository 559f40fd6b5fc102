/** Reads PNG files that say of each pixel whether it is inside of a shape. */
import { decode } from 'fast-png';
import { FormatError, messageOf } from '../errors.ts';
import { PIXELS } from '../limits.ts';
import { decodeLabelPng } from './png.ts';
import { checkInflatedSize, readPngHeader, withoutExtras } from './png-chunks.ts';

interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 1 inside, 0 outside. */
  readonly data: Uint8Array;
}

/**
 * Inside is what is not transparent where there is alpha, and what is not 0 where there is none.
 * @throws FormatError if it is no sound PNG or has too many pixels.
 */
export function decodeBitmapPng(bytes: Uint8Array, name: string): Bitmap {
  const header = readPngHeader(bytes, name);
  const { width, height, colorType } = header;
  if (colorType === 0 || colorType === 3) {
    const { data } = decodeLabelPng(bytes, { name });
    return { width, height, data: Uint8Array.from(data, (value) => (value === 0 ? 0 : 1)) };
  }
  if (width * height > PIXELS) {
    throw new FormatError(`${name}: ${width}x${height} are more than the ${PIXELS} pixels allowed.`);
  }
  try {
    const essential = withoutExtras(bytes);
    checkInflatedSize(essential, header);
    const { data, channels } = decode(essential, { checkCrc: true });
    const inside = Uint8Array.from({ length: width * height }, (_, pixel) => {
      const values = data.subarray(pixel * channels, (pixel + 1) * channels);
      const deciding = channels === 3 ? values.some((value) => value > 0) : (values[channels - 1] as number) > 0;
      return deciding ? 1 : 0;
    });
    return { width, height, data: inside };
  } catch (error) {
    throw new FormatError(`${name}: the PNG is damaged (${messageOf(error)}).`, { cause: error });
  }
}
