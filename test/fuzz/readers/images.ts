/** Images, masks, arrays and run lengths. */
import fc from 'fast-check';
import sharp from 'sharp';
import { readProbabilities } from '../../../src/tasks/evaluate/prediction-files.ts';
import { nodeTaskFiles } from '../../../src/platform/node/task-files.ts';
import { compressRunLengths, decodeRunLengths, type RunLengthMask } from '../../../src/image/regions/run-lengths.ts';
import { readPngPalette } from '../../../src/image/png-chunks.ts';
import { decodeLabelPng } from '../../../src/image/png.ts';
import { decodeImage } from '../../../src/platform/node/decode-image.ts';
import { DECODERS } from '../../../src/platform/node/image-decoders.ts';
import { encodeNpy } from '../../../src/tensor/npy.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { grayMask, mask, drawnImage } from '../../support/drawn/files.ts';
import { pngFile } from '../../support/png-file.ts';
import { changedJson } from '../mutations.ts';
import type { Reader } from '../reader.ts';
import { avifStructures, polyglots, tiffStructures } from '../structures/pictures.ts';

/** More would only take long. */
const PIXEL_LIMIT = 4_000_000;

/** PNG files whose parts are sound, with right sums, but do not go together. */
const pngStructures = (): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      width: fc.constantFrom(0, 1, 2, 7, 8, 9, 64, 60_000, 2 ** 31 - 1, 2 ** 32 - 1),
      height: fc.constantFrom(0, 1, 2, 7, 8, 64, 60_000, 2 ** 32 - 1),
      depth: fc.constantFrom(0, 1, 2, 3, 4, 8, 16, 255),
      colorType: fc.constantFrom(0, 1, 2, 3, 3, 3, 4, 6, 255),
      interlaced: fc.constantFrom(0, 0, 1, 2),
      palette: fc.option(fc.integer({ min: 0, max: 900 })),
      filter: fc.nat(8),
      fill: fc.nat(255),
      /** Of the bytes that the header promises. */
      excess: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1, 1000, 200_000),
      parts: fc.integer({ min: 1, max: 4 }),
      extra: fc.option(
        fc.tuple(
          fc.constantFrom('IHDR', 'tRNS', 'iCCP', 'acTL', 'zTXt', 'eXIf', 'PLTE'),
          fc.uint8Array({ maxLength: 40 }),
        ),
      ),
      hasEnd: fc.constantFrom(true, true, true, false),
    })
    .map(({ width, height, depth, colorType, interlaced, palette, filter, fill, excess, parts, extra, hasEnd }) => {
      const channels = ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as Record<number, number>)[colorType] ?? 1;
      const row = 1 + Math.ceil((width * depth * channels) / 8);
      const raw = Buffer.alloc(Math.max(0, Math.min(row * height, 20_000) + excess), fill);
      for (let at = 0; at < raw.length; at += row) raw[at] = filter;
      return pngFile({
        ...{ width, height, depth, colorType, interlaced, raw, parts, hasEnd },
        palette: palette === null ? undefined : new Uint8Array(palette).fill(fill),
        extra: extra ?? undefined,
      });
    });

/** A header of .npy of the right length with a wrong dictionary. */
const npyStructures = (): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      descr: fc.constantFrom("'<f4'", "'<f4'", "'<f8'", "'<f2'", "'>f4'", "'|O'", "'<i8'", "'<U9'", "''", '[]', "'<f4"),
      fortran: fc.constantFrom('False', 'True', 'None', '1'),
      shape: fc.array(fc.constantFrom('0', '1', '2', '3', '-1', '4294967296', '1e9', '99999999999999999999', 'x', ''), {
        maxLength: 5,
      }),
      version: fc.constantFrom(1, 1, 1, 2, 3, 9),
      bytes: fc.constantFrom(0, 1, 4, 24, 96, 97),
      claimed: fc.constantFrom(0, 0, 0, 1, -1, 60_000),
    })
    .map(({ descr, fortran, shape, version, bytes, claimed }) => {
      const text = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
      const header = Buffer.from(`${text.padEnd(Math.ceil((text.length + 11) / 16) * 16 - 11)}\n`, 'latin1');
      const length = Buffer.alloc(version === 1 ? 2 : 4);
      length.writeUIntLE(Math.max(0, header.length + claimed), 0, 2);
      return new Uint8Array(
        Buffer.concat([
          Buffer.from('\x93NUMPY', 'latin1'),
          Buffer.from([version, 0]),
          length,
          header,
          Buffer.alloc(bytes, 0x3e),
        ]),
      );
    });

const RUN_LENGTHS = { size: [6, 6], counts: [0, 1, 6, 1, 6, 1, 6, 1, 6, 1, 6, 1] };

async function images(): Promise<readonly Uint8Array[]> {
  const { width, height, data } = drawnImage(3, 40, 33);
  const drawn = () => sharp(data, { raw: { width, height, channels: 3 } });
  const files = await Promise.all([
    drawn().jpeg().toBuffer(),
    drawn().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    drawn().png().toBuffer(),
    drawn().png({ palette: true }).toBuffer(),
    drawn().webp().toBuffer(),
    drawn().webp({ lossless: true }).toBuffer(),
    drawn().tiff({ compression: 'lzw' }).toBuffer(),
    drawn().tiff({ compression: 'jpeg', tile: true }).toBuffer(),
    drawn().avif({ effort: 0 }).toBuffer(),
  ]);
  return files.map((bytes) => new Uint8Array(bytes));
}

export const PICTURE_READERS: readonly Reader[] = [
  {
    name: 'images',
    seeds: images,
    structures: (seeds) =>
      fc.oneof(pngStructures(), tiffStructures(), avifStructures(seeds.at(-1) as Uint8Array), polyglots()),
    async read(bytes) {
      await decodeImage(bytes, { pixelLimit: PIXEL_LIMIT });
      const { format } = await sharp(bytes).metadata();
      if (!Object.values(DECODERS).some((decoder) => decoder.format === format)) {
        throw new Error(`This is ${format}, which is not to be decoded.`);
      }
    },
    cost: 10,
  },
  {
    name: 'label PNG',
    seeds: () => [mask([0, 1, 2], 20, 16), grayMask([0, 3], 9, 7)],
    structures: pngStructures,
    read: (bytes) => {
      const labels = decodeLabelPng(bytes, { pixelLimit: PIXEL_LIMIT });
      readPngPalette(bytes);
      return labels;
    },
    cost: 2,
  },
  {
    name: 'npy',
    seeds: () => [
      new Uint8Array(Buffer.concat([...encodeNpy(tensor('float32', [2, 3, 4], new Float32Array(24).fill(0.5)))])),
    ],
    structures: npyStructures,
    read: (bytes) => readProbabilities('x.npy', { ...nodeTaskFiles, read: async () => bytes }),
  },
  {
    name: 'COCO run lengths',
    seeds: () => [
      new TextEncoder().encode(JSON.stringify(RUN_LENGTHS)),
      new TextEncoder().encode(JSON.stringify({ ...RUN_LENGTHS, counts: compressRunLengths(RUN_LENGTHS.counts) })),
    ],
    structures: () => changedJson(RUN_LENGTHS),
    read: (bytes) => decodeRunLengths(json(bytes) as RunLengthMask, { pixelLimit: PIXEL_LIMIT }),
  },
];

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // What is no JSON is not the reader's.
    return { size: [2, 2], counts: new TextDecoder().decode(bytes) };
  }
}
