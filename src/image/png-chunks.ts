/** What a PNG says about itself, read before a decoder sees it, so that a lying file cannot make it take memory without end. */
import { Unzlib } from 'fflate';
import { FormatError } from '../errors.ts';
import type { Color } from './image.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by color type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Column, row and steps of the seven passes of an interlaced image. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
/** Compressed bytes unpacked at once; they become at most 1032 times as many. */
const PORTION = 16_384;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a channel. */
  readonly depth: number;
  /** The format's own number: 0 gray, 2 RGB, 3 indexed, 4 gray with alpha, 6 RGB with alpha. */
  readonly colorType: number;
  readonly interlaced: boolean;
}

/** @throws FormatError if the bytes do not begin as a PNG does. */
export function readPngHeader(bytes: Uint8Array, name: string): PngHeader {
  if (bytes.length < 8 || SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(`${name}: this is no PNG (${bytes.length} bytes that do not begin with its signature).`);
  }
  const view = viewOf(bytes);
  if (bytes.length < 33 || view.getUint32(8) !== 13 || typeAt(bytes, 12) !== 'IHDR') {
    throw new FormatError(`${name}: the PNG is damaged (its header is cut off or missing). Save or copy it anew.`);
  }
  const header = {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: view.getUint8(24),
    colorType: view.getUint8(25),
    interlaced: view.getUint8(28) !== 0,
  };
  if (header.width === 0 || header.height === 0) {
    throw new FormatError(`${name}: the PNG says it is ${header.width}x${header.height}, which is no image.`);
  }
  return header;
}

/** The palette of an indexed PNG, red, green and blue of each index; empty if it has none. @throws Error if a chunk is cut off. */
export function readPngPalette(bytes: Uint8Array): Color[] {
  const chunk = chunksOf(bytes).find(({ type }) => type === 'PLTE');
  if (chunk === undefined) return [];
  const channels = bytes.subarray(chunk.start + 8, chunk.end - 4);
  return Array.from({ length: Math.floor(channels.length / 3) }, (_, index): Color => {
    const [red, green, blue] = channels.subarray(3 * index, 3 * index + 3) as unknown as Color;
    return [red, green, blue];
  });
}

/**
 * The file without the chunks that pixels do not need, a second header among them. Anything after the end is dropped.
 * @throws Error if a chunk is cut off or the end is missing.
 */
export function withoutExtras(bytes: Uint8Array): Uint8Array {
  const kept = chunksOf(bytes).filter(
    ({ type, start }) => start === SIGNATURE.length || type === 'PLTE' || type === 'IDAT' || type === 'IEND',
  );
  const result = new Uint8Array(kept.reduce((sum, { end, start }) => sum + end - start, SIGNATURE.length));
  result.set(SIGNATURE);
  let offset = SIGNATURE.length;
  for (const { start, end } of kept) {
    result.set(bytes.subarray(start, end), offset);
    offset += end - start;
  }
  return result;
}

/**
 * Unpacks the pixels in portions, keeping none, and compares their number with what the header promises.
 * @throws Error if there are fewer or more.
 */
export function checkInflatedSize(bytes: Uint8Array, header: PngHeader): void {
  const expected = packedSize(header);
  let size = 0;
  const inflate = new Unzlib((portion) => {
    size += portion.length;
  });
  for (const { type, start, end } of chunksOf(bytes)) {
    if (type !== 'IDAT') continue;
    for (let from = start + 8; from < end - 4; from += PORTION) {
      inflate.push(bytes.subarray(from, Math.min(from + PORTION, end - 4)));
      if (size > expected) throw new Error(`it holds more than the ${expected} bytes that its size needs`);
    }
  }
  inflate.push(new Uint8Array(0), true);
  if (size !== expected) throw new Error(`it holds ${size} bytes of pixels, but its size needs ${expected}`);
}

/** The bytes of all rows, each with the byte in front that names its filter. */
function packedSize({ width, height, depth, colorType, interlaced }: PngHeader): number {
  const rows = (columns: number, lines: number) =>
    columns === 0 ? 0 : lines * (1 + Math.ceil((columns * depth * (CHANNELS[colorType] as number)) / 8));
  if (!interlaced) return rows(width, height);
  return ADAM7.reduce(
    (sum, [x, y, across, down]) =>
      sum + rows(Math.max(0, Math.ceil((width - x) / across)), Math.max(0, Math.ceil((height - y) / down))),
    0,
  );
}

interface Chunk {
  readonly type: string;
  /** Where it starts with its length, and where the next one begins. */
  readonly start: number;
  readonly end: number;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  for (let start = SIGNATURE.length; ; ) {
    if (start + 12 > bytes.length) throw new Error('its end is missing');
    const end = start + 12 + view.getUint32(start);
    const type = typeAt(bytes, start + 4);
    if (end > bytes.length) throw new Error(`its ${type} part is cut off`);
    chunks.push({ type, start, end });
    if (type === 'IEND') return chunks;
    start = end;
  }
}

function typeAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
