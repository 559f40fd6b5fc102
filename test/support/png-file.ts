/** PNG files part by part, with right sums whatever is in the parts. */
import { crc32 } from 'node:zlib';
import { zlibSync } from 'fflate';

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** The format's own number: 0 gray, 2 RGB, 3 indexed, 4 gray with alpha, 6 RGB with alpha. */
  readonly colorType: number;
  readonly interlaced?: number;
  /** What the pixels unpack to, filter bytes in front of rows. */
  readonly raw: Uint8Array;
  readonly palette?: Uint8Array | undefined;
  readonly extra?: readonly [type: string, content: Uint8Array] | undefined;
  /** How many parts the pixels are in. */
  readonly parts?: number;
  readonly hasEnd?: boolean;
}

export function pngChunk(type: string, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + content.length);
  bytes.writeUInt32BE(content.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length);
  return bytes;
}

export function pngFile(given: PngParts): Uint8Array {
  const { width, height, depth, colorType, interlaced = 0, raw, palette, extra, parts = 1, hasEnd = true } = given;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType, 0, 0, interlaced], 8);
  const packed = zlibSync(raw, { level: 1 });
  const length = Math.ceil(packed.length / parts);
  return new Uint8Array(
    Buffer.concat([
      PNG_SIGNATURE,
      pngChunk('IHDR', header),
      ...(palette ? [pngChunk('PLTE', palette)] : []),
      ...(extra ? [pngChunk(...extra)] : []),
      ...Array.from({ length: parts }, (_, part) =>
        pngChunk('IDAT', packed.subarray(part * length, (part + 1) * length)),
      ),
      ...(hasEnd ? [pngChunk('IEND', new Uint8Array(0))] : []),
    ]),
  );
}
