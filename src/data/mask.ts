/** Mask files to class ids, by whichever way a data set writes them down. */
import { FormatError } from '../errors.ts';
import { type LabelMap, labelMap } from '../image/label-map.ts';
import { decodeLabelPng } from '../image/png.ts';
import { decodeLabelMat } from './mat/label-mat.ts';
import { isMat, type ReadHdf5Mat } from './mat/read-mat.ts';
import type { PaintedAnnotation } from './annotations/paint.ts';
import type { DecodeImage } from './file-source.ts';
import { IGNORE_INDEX, type LabelTable, UNKNOWN } from '../labels/label-table.ts';

/** How masks say which class a pixel has: by an id (a palette index or gray value), or by a color. */
export type MaskEncoding =
  | { readonly kind: 'ids'; readonly table: LabelTable }
  /** Class id or 255 by red * 65536 + green * 256 + blue. */
  | { readonly kind: 'colors'; readonly classes: ReadonlyMap<number, number> };

export interface DecodedMask {
  /** Class ids in a Uint8Array; ignored and unknown pixels are 255. */
  readonly labels: LabelMap & { readonly data: Uint8Array };
  /** Pixels by id, or by color as a number, that mean nothing in the data set. */
  readonly unknown: ReadonlyMap<number, number>;
  /** Pixels by id as the file has them, if it has ids. */
  readonly stored: ReadonlyMap<number, number>;
  /** Whether the ids have 16 bits each. */
  readonly isWide: boolean;
  /** How it went to paint it, where it was drawn. */
  readonly painted?: Pick<PaintedAnnotation, 'overlap' | 'faults'>;
}

/**
 * The class ids in a mask file.
 * @param readHdf5Mat what reads MAT files of version 7.3; without it they are refused.
 * @throws FormatError if the file is damaged or of a kind that cannot hold what the encoding says.
 */
export async function decodeMask(
  bytes: Uint8Array,
  encoding: MaskEncoding,
  decodeImage: DecodeImage,
  name: string,
  readHdf5Mat?: ReadHdf5Mat,
): Promise<DecodedMask> {
  if (isJpeg(bytes)) {
    throw new FormatError(
      `${name}: the mask is a JPEG, which blurs class ids and colors. Save masks as PNG from the original labels; converting this file does not bring them back.`,
    );
  }
  if (encoding.kind === 'ids') return fromIds(await decodeIds(bytes, name, readHdf5Mat), encoding.table);
  const { width, height, data } = await decodeImage(bytes, name);
  return fromColors(width, height, data, encoding.classes);
}

/**
 * The ids in a mask as it has them: of a PNG, or of a MAT file.
 * @throws FormatError if the file is damaged or of another kind.
 */
export const decodeIds = async (bytes: Uint8Array, name: string, readHdf5Mat?: ReadHdf5Mat): Promise<LabelMap> =>
  isMat(bytes) ? decodeLabelMat(bytes, name, readHdf5Mat) : decodeLabelPng(bytes, { name });

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

function fromIds({ width, height, data }: LabelMap, table: LabelTable): DecodedMask {
  const counts = new Uint32Array(65_536);
  const ids = new Uint8Array(data.length);
  const clean = table.map((id) => (id === UNKNOWN ? IGNORE_INDEX : id));
  for (let pixel = 0; pixel < data.length; pixel++) {
    const stored = data[pixel] as number;
    counts[stored] = (counts[stored] as number) + 1;
    ids[pixel] = clean[stored] as number;
  }
  const stored = new Map<number, number>();
  const unknown = new Map<number, number>();
  for (let id = 0; id < counts.length; id++) {
    const count = counts[id] as number;
    if (count === 0) continue;
    stored.set(id, count);
    if (table[id] === UNKNOWN) unknown.set(id, count);
  }
  return {
    labels: { ...labelMap(width, height, ids), data: ids },
    unknown,
    stored,
    isWide: data instanceof Uint16Array,
  };
}

/** Different unknown colors that are kept apart; an image in a mask's place has thousands. */
const MOST_UNKNOWN_COLORS = 1000;

function fromColors(width: number, height: number, rgb: Uint8Array, classes: ReadonlyMap<number, number>): DecodedMask {
  const ids = new Uint8Array(width * height);
  const unknown = new Map<number, number>();
  // Neighbors mostly have the same color.
  let last = -1;
  let id: number | undefined;
  for (let pixel = 0, byte = 0; pixel < ids.length; pixel++, byte += 3) {
    const color = ((rgb[byte] as number) << 16) | ((rgb[byte + 1] as number) << 8) | (rgb[byte + 2] as number);
    if (color !== last) {
      id = classes.get(color);
      last = color;
    }
    ids[pixel] = id ?? IGNORE_INDEX;
    if (id === undefined && (unknown.size < MOST_UNKNOWN_COLORS || unknown.has(color))) {
      unknown.set(color, (unknown.get(color) ?? 0) + 1);
    }
  }
  return { labels: { ...labelMap(width, height, ids), data: ids }, unknown, stored: new Map(), isWide: false };
}

/** Colors or ids as they are written in messages, the most frequent first. */
export function describeUnknown(unknown: ReadonlyMap<number, number>, kind: MaskEncoding['kind'], most = 8): string {
  const frequent = [...unknown].sort((a, b) => b[1] - a[1]).map(([value]) => value);
  const shown = kind === 'ids' ? frequent.slice(0, most).sort((a, b) => a - b) : frequent.slice(0, most);
  const texts = shown.map((value) =>
    kind === 'ids' ? String(value) : `(${value >> 16},${(value >> 8) & 255},${value & 255})`,
  );
  return texts.join(', ') + (frequent.length > most ? ` and ${frequent.length - most} more` : '');
}
