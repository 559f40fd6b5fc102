/** PNG files: label maps with a palette, whose pixel values are the class ids, and plain images. */
import { decode, encode } from 'fast-png';
import { FormatError, messageOf, UsageError } from '../errors.ts';
import { PIXELS } from '../limits.ts';
import type { Color, Image } from './image.ts';
import { type LabelMap, labelMap } from './label-map.ts';
import { checkInflatedSize, readPngHeader, type PngHeader, withoutExtras } from './png-chunks.ts';

/**
 * A label map as PNG: with up to 256 colors and 8-bit ids an indexed image, shown in the classes' colors, else 16-bit gray.
 * Ids without a color, such as 255 for ignore, are kept and shown black.
 * @throws UsageError if a channel of a color is no byte.
 */
export function encodeLabelPng(labels: LabelMap, colors: readonly Color[]): Uint8Array {
  const { width, height, data } = labels;
  checkColors(colors);
  let highest = 0;
  for (let pixel = 0; pixel < data.length; pixel++) highest = Math.max(highest, data[pixel] as number);
  if (highest > 255 || colors.length > 256) {
    return encode({
      width,
      height,
      data: data instanceof Uint16Array ? data : Uint16Array.from(data),
      channels: 1,
      depth: 16,
    });
  }
  const palette = Array.from({ length: Math.max(colors.length, highest + 1) }, (_, id) => [
    ...(colors[id] ?? [0, 0, 0]),
  ]);
  return encode({
    width,
    height,
    data: data instanceof Uint8Array ? data : Uint8Array.from(data),
    channels: 1,
    depth: 8,
    palette,
  });
}

/** An image as 8-bit RGB PNG. */
export function encodePng({ width, height, data }: Image): Uint8Array {
  return encode({ width, height, data, channels: 3, depth: 8 }, { zlib: { level: 6 } });
}

/** What a file is called in errors, and how large it may be. */
export interface DecodeLabelPngOptions {
  /** What the file is called in messages. */
  readonly name?: string;
  /** Images of more pixels are refused before anything is unpacked. Default 268402689. */
  readonly pixelLimit?: number;
}

/**
 * The class ids in a PNG: palette indices or gray values, as they are stored (1, 2, 4, 8 or 16 bits; 1-bit gray gives 0 and 1).
 * @throws FormatError if it is no sound PNG, has too many pixels, or has colors instead of class ids.
 */
export function decodeLabelPng(bytes: Uint8Array, options: DecodeLabelPngOptions = {}): LabelMap {
  const { name = 'The label map', pixelLimit = PIXELS } = options;
  const header = readPngHeader(bytes, name);
  const { width, height, depth } = header;
  checkIsLabels(header, name);
  if (width * height > pixelLimit) {
    throw new FormatError(
      `${name}: ${width}x${height} are ${width * height} pixels, more than the ${pixelLimit} allowed. Raise pixelLimit to read it.`,
    );
  }
  try {
    // What texts, profiles and the like unpack to is nobody's business here.
    const essential = withoutExtras(bytes);
    checkInflatedSize(essential, header);
    const { data } = decode(essential, { checkCrc: true });
    if (data instanceof Uint16Array) return labelMap(width, height, data);
    const ids = Uint8Array.from(data);
    return labelMap(width, height, depth < 8 ? unpacked(ids, width, height, depth) : ids);
  } catch (error) {
    throw new FormatError(`${name}: the PNG is damaged (${messageOf(error)}). Save or copy it anew.`, { cause: error });
  }
}

/** The kinds of pixels in a PNG by their number in the header, and what is wrong with those that are no class ids. */
const COLOR_TYPES: Readonly<Record<number, { readonly what: string; readonly isLabels: boolean }>> = {
  0: { what: 'gray', isLabels: true },
  2: { what: 'RGB', isLabels: false },
  3: { what: 'indexed', isLabels: true },
  4: { what: 'gray with alpha', isLabels: false },
  6: { what: 'RGB with alpha', isLabels: false },
};

function checkIsLabels({ depth, colorType, interlaced }: PngHeader, name: string): void {
  const type = COLOR_TYPES[colorType];
  if (type === undefined || ![1, 2, 4, 8, 16].includes(depth) || (colorType === 3 && depth === 16)) {
    throw new FormatError(
      `${name}: there is no PNG with color type ${colorType} and ${depth} bits. The file is damaged.`,
    );
  }
  if (!type.isLabels) {
    throw new FormatError(
      `${name}: a label map has one class id a pixel (an indexed or gray PNG), but this PNG is ${type.what}. ` +
        (colorType === 4 ? 'Save it without alpha.' : 'Convert its colors to class ids first.'),
    );
  }
  if (interlaced && depth < 8) {
    throw new FormatError(
      `${name}: interlaced PNG files of ${depth} bits cannot be read. Save it without interlacing.`,
    );
  }
}

/** One id a byte from rows of 1-, 2- or 4-bit ids, the first in the highest bits, each row beginning with a whole byte. */
function unpacked(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const data = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = packed[y * rowBytes + Math.floor(x / perByte)] as number;
      data[y * width + x] = (byte >> (8 - depth * ((x % perByte) + 1))) & mask;
    }
  }
  return data;
}

function checkColors(colors: readonly Color[]): void {
  const wrong = colors.findIndex((color) =>
    color.some((value) => !Number.isInteger(value) || value < 0 || value > 255),
  );
  if (wrong >= 0) {
    throw new UsageError(
      `The color of class ${wrong} is (${colors[wrong]?.join(', ')}). Channels are whole numbers from 0 to 255.`,
    );
  }
}
