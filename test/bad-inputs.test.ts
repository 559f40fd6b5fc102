/**
 * What a file from somebody else may be, and what is said to it: one row each. Kinds of bad input whose tests need a server, a
 * browser or much time are elsewhere, as support/bad-inputs-elsewhere.ts lists them. TensorBoard's files have no rows: they are
 * written here and read by nothing.
 */
import { readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeMask } from '../src/data/mask.ts';
import { openDataset } from '../src/data/dataset.ts';
import { decodeLabelMat } from '../src/data/mat/label-mat.ts';
import { readSample } from '../src/data/read-sample.ts';
import { RefineNetError } from '../src/errors.ts';
import { parameter } from '../src/graph/value.ts';
import { IMAGENET_PREPROCESSING } from '../src/image/preprocess.ts';
import { fromPreprocessorConfig, toPreprocessorConfig } from '../src/image/preprocessor-config.ts';
import { decodeLabelPng } from '../src/image/png.ts';
import { readClassNames } from '../src/labels/class-names.ts';
import { numberedClasses } from '../src/labels/classes-named.ts';
import { labelTable } from '../src/labels/label-table.ts';
import { architecture } from '../src/models/architectures.ts';
import { fromModelConfig, toModelConfig } from '../src/models/folder/config.ts';
import { decodeDatasetImage } from '../src/platform/node/dataset-files.ts';
import { decodeImage } from '../src/platform/node/decode-image.ts';
import { Refusal } from '../src/server/http/refusal.ts';
import { readInferRequest, readImageInput } from '../src/server/work/infer-request.ts';
import { nodeTaskFiles } from '../src/platform/node/task-files.ts';
import { readProbabilities } from '../src/tasks/evaluate/prediction-files.ts';
import { fitWeights } from '../src/weights/fit.ts';
import { readWeights } from '../src/weights/read-weights.ts';
import { decodeRunLengths } from '../src/image/regions/run-lengths.ts';
import { cvat, cvatImage } from './support/annotated-files.ts';
import { ELSEWHERE } from './support/bad-inputs-elsewhere.ts';
import { memorySource, mask, photo } from './support/drawn/files.ts';
import { manyEntries } from './support/many-entries.ts';
import { element, matFile, matOf, rows as matRows, type Value } from './support/mat-file.ts';
import { pngChunk, pngFile, type PngParts } from './support/png-file.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const bytes = (...parts: readonly (Uint8Array | string | readonly number[])[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part))),
    ),
  );

/** What is said, or what is made of it. */
async function outcome(read: () => unknown): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await read())}`;
  } catch (error) {
    if (!(error instanceof RefineNetError || error instanceof Refusal)) throw error;
    return error.message;
  }
}

type Row = readonly [what: string, input: Uint8Array | (() => Uint8Array | Promise<Uint8Array>), expected: string];

function rows(name: string, read: (input: Uint8Array) => unknown, table: readonly Row[]): void {
  describe(name, () => {
    test.each(table)('%s', async (_, input, expected) => {
      const given = typeof input === 'function' ? await input() : input;
      const said = await outcome(() => read(given));
      if (expected.startsWith('accepted')) expect(said).toBe(expected);
      else expect(said).toContain(expected);
    });
  });
}

const RAW = { width: 8, height: 8, depth: 8, colorType: 2, raw: Buffer.alloc(8 * 25) } satisfies PngParts;
const drawn = () => sharp(Buffer.alloc(64 * 48 * 3, 120), { raw: { width: 64, height: 48, channels: 3 } });
const int16 = (value: number): readonly number[] => [value & 255, (value >> 8) & 255];
const int32 = (value: number): readonly number[] => [...int16(value), ...int16(value >>> 16)];
/** A PNG with further chunks before its end. */
const withChunks = (png: Uint8Array, ...chunks: readonly Uint8Array[]): Uint8Array =>
  bytes(png.subarray(0, -12), ...chunks, png.subarray(-12));
/** The frame that an APNG shows first is its image; another follows. */
const animated = (png: Uint8Array): Uint8Array => {
  const { width, height, raw } = RAW;
  const control = (sequence: number) =>
    pngChunk(
      'fcTL',
      bytes(
        [sequence, width, height, 0, 0].flatMap((word) => int32(word).toReversed()),
        [0, 1, 0, 10, 0, 0],
      ),
    );
  const head = 8 + 25;
  return bytes(
    png.subarray(0, head),
    pngChunk('acTL', bytes([0, 0, 0, 2, 0, 0, 0, 0])),
    control(0),
    withChunks(png.subarray(head), control(1), pngChunk('fdAT', bytes([0, 0, 0, 2], deflateSync(raw)))),
  );
};
/** A color profile in a PNG. */
const profiled = (profile: Uint8Array): Uint8Array =>
  pngFile({ ...RAW, extra: ['iCCP', bytes('p\0\0', deflateSync(profile))] });
/** A TIFF of one pixel, which is a float32. */
const floatTiff = (value: number): Uint8Array => {
  const tags = [
    ...[
      [256, 1],
      [257, 1],
      [258, 32],
      [259, 1],
      [262, 1],
      [273, 8],
      [277, 1],
      [278, 1],
      [279, 4],
      [339, 3],
    ],
  ].flatMap(([tag = 0, entry = 0]) => [...int16(tag), ...int16(4), ...int32(1), ...int32(entry)]);
  return bytes(
    'II*\0',
    int32(12),
    new Uint8Array(Float32Array.of(value).buffer),
    int16(tags.length / 12),
    tags,
    int32(0),
  );
};
/** A drawing of noise: at 4000 x 4000 pixels, in no more bytes, it takes a minute. */
const TURBULENCE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><filter id="a"><feTurbulence numOctaves="1"/></filter><rect width="40" height="40" filter="url(#a)"/></svg>';

rows(
  'an image',
  async (input) => {
    const { width, height } = await decodeImage(input, { name: 'p.png', pixelLimit: 16_000_000 });
    return [width, height];
  },
  [
    [
      'that is empty',
      bytes(),
      'p.png: not an image that can be read: it is empty (0 bytes). Copy or download it anew.',
    ],
    [
      'that is a web page',
      text('<!DOCTYPE html><title>404</title>'),
      'p.png: not an image that can be read: it is an HTML page, often what a failed download leaves. Download it anew.',
    ],
    [
      'that is a text',
      text('hello'),
      'p.png: not an image that can be read: it is a text file. Check that it was saved as an image.',
    ],
    [
      'that is a Git LFS pointer',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      'p.png: not an image that can be read: it is a Git LFS pointer. Fetch the image itself with "git lfs pull".',
    ],
    [
      'that is an SVG, which may name other files',
      text('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
      'p.png: not an image that can be read: it is an SVG drawing. Export it as PNG.',
    ],
    [
      'that is an SVG of many pixels',
      text('<?xml version="1.0"?><svg width="100000" height="100000"/>'),
      'p.png: not an image that can be read: it is an SVG drawing. Export it as PNG.',
    ],
    [
      'that is an SVG with the letters of AVIF at their place',
      text(`<!--ftypavif-->${TURBULENCE}`),
      'p.png: not an image that can be read: it is an SVG drawing. Export it as PNG.',
    ],
    [
      'that is an SVG behind the first box of AVIF',
      bytes([0, 0, 0, 16], 'ftypavif', [0, 0, 0, 0], TURBULENCE),
      'p.png: the AVIF is damaged or cut off (',
    ],
    ['that is an SVG behind the mark of TIFF', bytes('II*\0', TURBULENCE), 'p.png: the TIFF is damaged or cut off ('],
    [
      'whose first box is longer than the file',
      bytes([0, 0, 0, 32], 'ftypavif', [0, 0, 0, 0]),
      'p.png: not an image that can be read: it is of an unknown format.',
    ],
    [
      'that is a video',
      bytes([0, 0, 0, 20], 'ftypisom', [0, 0, 2, 0], 'mp41'),
      'p.png: not an image that can be read: it is a video. Extract its frames as JPEG or PNG.',
    ],
    [
      'that is AVIF by its second brand',
      async () => {
        const file = await drawn().avif({ effort: 0 }).toBuffer();
        file.write('mif1', 8, 'latin1');
        file.write('avif', 16, 'latin1');
        return file;
      },
      'accepted: [64,48]',
    ],
    [
      'that is a GIF',
      () => drawn().gif().toBuffer(),
      'p.png: not an image that can be read: it is a GIF. Convert it to JPEG or PNG.',
    ],
    [
      'that is a PDF',
      text('%PDF-1.7'),
      'p.png: not an image that can be read: it is a PDF. Export its pages as JPEG or PNG.',
    ],
    [
      'that is a HEIC',
      bytes([0, 0, 0, 24], 'ftypheic', [0, 0, 0, 0], 'mif1heic'),
      'p.png: not an image that can be read: it is a HEIC image. Convert it to JPEG or PNG.',
    ],
    [
      'that is a JPEG cut off',
      async () => (await drawn().jpeg().toBuffer()).subarray(0, 150),
      'p.png: the JPEG is damaged or cut off (',
    ],
    [
      'that is a PNG cut off',
      async () => (await drawn().png().toBuffer()).subarray(0, 80),
      'p.png: the PNG is damaged or cut off (',
    ],
    [
      'whose PNG has a wrong sum',
      async () => bytes((await drawn().png().toBuffer()).map((byte, at) => (at === 60 ? byte ^ 1 : byte))),
      'p.png: the PNG is damaged or cut off (',
    ],
    ['of 0 x 0 pixels', pngFile({ ...RAW, width: 0, height: 0 }), 'p.png: the PNG is damaged or cut off ('],
    [
      'of 60 000 x 60 000 pixels in a header alone',
      pngFile({ ...RAW, width: 60_000, height: 60_000 }),
      'p.png: 60000x60000 are 3600000000 pixels, more than the 16000000 allowed. Raise pixelLimit to read it, or make it smaller.',
    ],
    [
      'of 8000 x 8000 pixels in 62 KB',
      pngFile({ ...RAW, width: 8000, height: 8000, raw: Buffer.alloc(100) }),
      'p.png: 8000x8000 are 64000000 pixels, more than the 16000000 allowed. Raise pixelLimit to read it, or make it smaller.',
    ],
    ['with less than its header says', pngFile({ ...RAW, height: 800 }), 'p.png: the PNG is damaged or cut off ('],
    ['with garbage behind it', async () => bytes(await drawn().png().toBuffer(), 'garbage'), 'accepted: [64,48]'],
    [
      'that is a zip as well',
      async () => bytes(await drawn().png().toBuffer(), zipSync({ a: text('b') })),
      'accepted: [64,48]',
    ],
    [
      'that is animated, of which the first frame counts',
      async () => {
        const frames = await Promise.all([1, 2].map(() => drawn().png().toBuffer()));
        return sharp(frames, { join: { animated: true } })
          .webp()
          .toBuffer();
      },
      'accepted: [64,48]',
    ],
    ['that is an animated PNG, of which the first frame counts', animated(pngFile(RAW)), 'accepted: [8,8]'],
    [
      'that is an animated PNG which says frames without end',
      withChunks(pngFile(RAW), pngChunk('acTL', bytes([255, 255, 255, 255, 0, 0, 0, 0]))),
      'accepted: [8,8]',
    ],
    ['with a color profile', () => drawn().withIccProfile('p3').png().toBuffer(), 'accepted: [64,48]'],
    ['with a color profile that is none', profiled(text('no profile')), 'accepted: [8,8]'],
    ['with a color profile of 64 MB in 64 KB', () => profiled(new Uint8Array(64 << 20)), 'accepted: [8,8]'],
    [
      'of floating-point numbers',
      floatTiff(0.5),
      'p.png: the TIFF has samples of type float, of which black and white are not known. Convert it to 8 or 16 bits a channel.',
    ],
    ['of floating-point numbers that are none', floatTiff(Number.NaN), 'p.png: the TIFF has samples of type float'],
    ['in CMYK', () => drawn().toColorspace('cmyk').jpeg().toBuffer(), 'accepted: [64,48]'],
    ['of 16 bits', () => drawn().toColorspace('rgb16').png().toBuffer(), 'accepted: [64,48]'],
    ['gray with alpha', pngFile({ ...RAW, colorType: 4, raw: Buffer.alloc(8 * 17) }), 'accepted: [8,8]'],
    ['of 1 bit', pngFile({ ...RAW, colorType: 0, depth: 1, raw: Buffer.alloc(16) }), 'accepted: [8,8]'],
    ['interlaced', () => drawn().png({ progressive: true }).toBuffer(), 'accepted: [64,48]'],
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(
      (orientation): Row => [
        `with EXIF orientation ${orientation}`,
        () => drawn().jpeg().withMetadata({ orientation }).toBuffer(),
        orientation < 5 ? 'accepted: [64,48]' : 'accepted: [48,64]',
      ],
    ),
    ['of 1 x 1 pixel', pngFile({ ...RAW, width: 1, height: 1, raw: Buffer.alloc(4) }), 'accepted: [1,1]'],
    ['of one row', pngFile({ ...RAW, width: 37, height: 1, raw: Buffer.alloc(112) }), 'accepted: [37,1]'],
    ['of one column', pngFile({ ...RAW, width: 1, height: 37, raw: Buffer.alloc(148) }), 'accepted: [1,37]'],
    ['of odd sides', pngFile({ ...RAW, width: 7, height: 5, raw: Buffer.alloc(110) }), 'accepted: [7,5]'],
    [
      'with an index beyond its palette',
      pngFile({ ...RAW, colorType: 3, palette: Buffer.alloc(3), raw: Buffer.alloc(72, 0).fill(9, 1, 9) }),
      'accepted: [8,8]',
    ],
    [
      'indexed without a palette',
      pngFile({ ...RAW, colorType: 3, raw: Buffer.alloc(72) }),
      'p.png: the PNG is damaged or cut off (',
    ],
  ],
);

rows('a mask', (input) => [...new Set(decodeLabelPng(input, { name: 'm.png', pixelLimit: 16_000_000 }).data)], [
  ['that is empty', bytes(), 'm.png: this is no PNG (0 bytes that do not begin with its signature).'],
  [
    'that is a JPEG',
    () => drawn().jpeg().toBuffer(),
    'm.png: this is no PNG (283 bytes that do not begin with its signature).',
  ],
  [
    'in colors',
    () => drawn().png().toBuffer(),
    'm.png: a label map has one class id a pixel (an indexed or gray PNG), but this PNG is RGB. Convert its colors to class ids first.',
  ],
  [
    'with alpha',
    pngFile({ ...RAW, colorType: 6, raw: Buffer.alloc(8 * 33) }),
    'm.png: a label map has one class id a pixel (an indexed or gray PNG), but this PNG is RGB with alpha. Convert its colors to class ids first.',
  ],
  [
    'of 60 000 x 60 000 pixels',
    pngFile({ ...RAW, colorType: 0, width: 60_000, height: 60_000 }),
    'm.png: 60000x60000 are 3600000000 pixels, more than the 16000000 allowed. Raise pixelLimit to read it.',
  ],
  [
    'that unpacks to a hundred times its size',
    pngFile({ ...RAW, colorType: 0, raw: Buffer.alloc(1_000_000) }),
    'm.png: the PNG is damaged (it holds more than the 72 bytes that its size needs). Save or copy it anew.',
  ],
  [
    'with a wrong sum',
    () => mask([0, 1], 8, 8).map((byte, at) => (at === 30 ? byte ^ 1 : byte)),
    'm.png: the PNG is damaged (CRC mismatch for chunk IHDR. Expected 4090515129, found 4090580665). Save or copy it anew.',
  ],
  [
    'with an index beyond its palette',
    pngFile({ ...RAW, colorType: 3, palette: Buffer.alloc(3), raw: Buffer.alloc(72).fill(9, 1, 9) }),
    'accepted: [9,0]',
  ],
  ['indexed without a palette', pngFile({ ...RAW, colorType: 3, raw: Buffer.alloc(72) }), 'accepted: [0]'],
  [
    'of 16 bits',
    pngFile({ ...RAW, colorType: 0, depth: 16, raw: Buffer.alloc(8 * 17).fill(1, 1, 17) }),
    'accepted: [257,0]',
  ],
  [
    'that is animated, of which the first frame counts',
    animated(pngFile({ ...RAW, colorType: 0, raw: Buffer.alloc(72) })),
    'accepted: [0]',
  ],
  [
    'with a color profile of 64 MB in 64 KB',
    () =>
      withChunks(
        pngFile({ ...RAW, colorType: 0, raw: Buffer.alloc(72) }),
        pngChunk('iCCP', bytes('p\0\0', deflateSync(new Uint8Array(64 << 20)))),
      ),
    'accepted: [0]',
  ],
  [
    'of a color type that there is not',
    pngFile({ ...RAW, colorType: 5 }),
    'm.png: there is no PNG with color type 5 and 8 bits. The file is damaged.',
  ],
]);

const ENCODING = { kind: 'ids', table: labelTable({ classes: 2 }) } as const;
rows(
  'a mask of a data set',
  async (input) => {
    const { labels, unknown } = await decodeMask(
      input,
      ENCODING,
      (given, name) => decodeImage(given, { name }),
      'm.png',
    );
    return [[...new Set(labels.data)], [...unknown.keys()]];
  },
  [
    ['with ids that are no classes', mask([0, 1, 7], 9, 8), 'accepted: [[0,1,255],[7]]'],
    ['that is ignored everywhere', mask([255], 8, 8), 'accepted: [[255],[]]'],
    [
      'that is a JPEG',
      () => drawn().jpeg().toBuffer(),
      'm.png: the mask is a JPEG, which blurs class ids and colors. Save masks as PNG from the original labels; converting this file does not bring them back.',
    ],
  ],
);

rows(
  'a mask of an image of 8 x 8 pixels',
  async (input) => {
    const dataset = await openDataset(
      memorySource({ 'images/train/1.png': photo(1, 8, 8), 'masks/train/1.png': input }),
    );
    const { labels } = await readSample(dataset, dataset.samples('train')[0] as never, decodeDatasetImage);
    return [labels.width, labels.height];
  },
  [
    ['of its size', mask([0, 1], 8, 8), 'accepted: [8,8]'],
    [
      'of another size',
      mask([0, 1], 8, 7),
      'masks/train/1.png: the mask is 8x7, but its image images/train/1.png is 8x8. Make the mask anew at the size of the image.',
    ],
  ],
);

const nested = (depth: number): Value => (depth === 0 ? 'end' : { cells: [nested(depth - 1)] });
const packed = (inner: Uint8Array): Uint8Array => element(15, deflateSync(inner));
const LABELS = matFile({ LabelMap: matRows(2, [1, 2, 3, 4]) });

rows('a mask in a MAT file', async (input) => [...(await decodeLabelMat(input, 'x.mat')).data], [
  ['that is sound', LABELS, 'accepted: [1,2,3,4]'],
  ['that is empty', bytes(), 'x.mat: this is no MAT file of version 5 to 7: it has 0 bytes'],
  ['that is cut off', LABELS.subarray(0, -5), 'x.mat: the MAT file is cut off: an element says'],
  [
    'that says it unpacks to 2 GB',
    matOf([packed(bytes(int32(14), int32(0x7fffffff)))]),
    'x.mat: the MAT file would unpack to 2147483647 bytes, but 268435456 are the most. Save the labels of one image a file.',
  ],
  [
    'that says it unpacks to more than it can',
    matOf([packed(bytes(int32(14), int32(200_000_000), [0, 0]))]),
    'compressed bytes cannot unpack to the 200000000 that they say. Copy it anew.',
  ],
  [
    'that is compressed within what is compressed',
    matOf([packed(packed(LABELS.subarray(128)))]),
    'x.mat: it is not clear which variable has the labels: there is none. Looked for LabelMap',
  ],
  [
    'with arrays in one another without end',
    matFile({ LabelMap: nested(20) }),
    'x.mat: the MAT file has more than 16 arrays in one another, which are the most. Save the labels of one image a file.',
  ],
]);

/** A safetensors file with a header as text, and so many bytes behind it. */
function safetensors(header: string, data = 0, claimed = header.length): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(claimed));
  return bytes(length, header, Buffer.alloc(data));
}
const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/pytorch/${name}`, import.meta.url)));
const F32 = (shape: string, offsets: string): string => `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;

/** A text in a pickle. */
const said = (value: string): Uint8Array => bytes('X', int32(value.length), value);
/** A tensor of three numbers in a pickle, of a storage of six. */
const tensorFrom = (offset: number): Uint8Array =>
  bytes(
    ...['ctorch._utils\n_rebuild_tensor_v2\n((', said('storage'), 'ctorch\nFloatStorage\n', said('0'), said('cpu')],
    ...['K\x06tQK', [offset], 'K\x03\x85K\x01\x85\x89}tR'],
  );
/** A zip of torch.save, whose one storage has these bytes. */
const torchZip = (pickle: Uint8Array, entries: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zipSync({ 'a/data.pkl': pickle, 'a/data/0': new Uint8Array(24), ...entries }, { level: 0 });
/** A tuple of two of which each is twice the next, without end: 200 bytes in a pickle. */
const MEMO_BOMB = bytes(
  ')q',
  [0],
  '0',
  ...Array.from({ length: 60 }, (_, level) => bytes([0x68, level, 0x68, level, 0x86, 0x71, level + 1], '0')),
  [0x68, 60],
);
/** A zip whose first entry says in the directory to be stored in another way, or to have another length before it was. */
function changedEntry(zip: Uint8Array, change: { readonly method?: number; readonly size?: number }): Uint8Array {
  const changed = Buffer.from(zip);
  const start = changed.indexOf('PK\x01\x02');
  // Bit 0 of the flags: encrypted.
  changed.writeUInt16LE(1, start + 8);
  if (change.method !== undefined) changed.writeUInt16LE(change.method, start + 10);
  if (change.size !== undefined) changed.writeUInt32LE(change.size, start + 24);
  return new Uint8Array(changed);
}
const PICKLE = bytes('\x80\x02}', said('w'), tensorFrom(0), 's.');
/** An ONNX model of one node, of an operator that nobody has, and one number named "a". */
const onnx = (ir: number, opset: number): Uint8Array => {
  const field = (number: number, content: Uint8Array): Uint8Array => bytes([number * 8 + 2, content.length], content);
  const node = bytes(field(1, text('b')), field(2, text('b')), field(4, text('NoSuchOperator')));
  const weight = bytes([0x08, 1, 0x10, 1], field(8, text('a')), field(9, bytes([0, 0, 0, 0])));
  const graph = bytes(field(1, node), field(5, weight));
  return bytes([0x08, ir], field(7, graph), field(8, bytes([0x10, (opset & 127) | 128, opset >> 7])));
};

rows('a file of weights', (input) => [...readWeights(input, 'w').keys()], [
  ['that is empty', bytes(), 'w: the file is empty. Fetch it again.'],
  [
    'that is garbage',
    bytes([7, 7, 7, 7, 200, 200]),
    'w: ONNX: the bytes are not a well-formed model (illegal tag: field no 0 wire type 7). Fetch the file again. (Supported are PyTorch files, safetensors and ONNX models.)',
  ],
  [
    'that is a web page',
    text('<html><body>404</body></html>'),
    'w: this is a web page, not weights: the link led to an error, a login or a confirmation page. Open it in a browser and fetch the file behind it.',
  ],
  [
    'that is a Git LFS pointer',
    text('version https://git-lfs.github.com/spec/v1\n'),
    'w: this is a Git LFS pointer, a text of some lines in place of the weights. Fetch the file itself: git lfs pull, or its download link.',
  ],
  ['that is gzipped', () => gzipSync('x'), 'w: this file is gzip-compressed. Unpack it first: gunzip FILE.'],
  [
    'of safetensors whose header is longer than the file',
    safetensors('{}', 0, 90),
    'w: safetensors: the header claims 90 bytes, but 2 follow. The file is cut short; fetch it again.',
  ],
  [
    'of safetensors whose header is longer than the format allows',
    bytes([255, 255, 255, 255, 0, 0, 0, 0], '{'),
    'w: safetensors: the header claims 4294967295 bytes, more than the 100000000 the format allows. This is another kind of file, or a damaged one.',
  ],
  [
    'of safetensors whose header is no JSON',
    safetensors('{"a":'),
    'w: safetensors: the header is no JSON object (Unexpected end of JSON input). Fetch the file again.',
  ],
  [
    'of safetensors with a tensor twice',
    safetensors(`{"a":${F32('[1]', '[0,4]')},"a":${F32('[1]', '[0,4]')}}`, 4),
    'w: safetensors: the header has the key "a" twice, so which tensor is meant is open. Write the file again.',
  ],
  [
    'of safetensors with a tensor named __proto__',
    safetensors(`{"__proto__":${F32('[1]', '[0,4]')}}`, 4),
    'accepted: ["__proto__"]',
  ],
  [
    'of safetensors whose tensors overlap',
    safetensors(`{"a":${F32('[2]', '[0,8]')},"b":${F32('[1]', '[4,8]')}}`, 8),
    '"b": overlaps another tensor (bytes 4 to 8)',
  ],
  [
    'of safetensors with a hole',
    safetensors(`{"a":${F32('[1]', '[4,8]')}}`, 8),
    '"a": no tensor covers bytes 0 to 4 before it',
  ],
  [
    'of safetensors whose shape is not its span',
    safetensors(`{"a":${F32('[3]', '[0,4]')}}`, 4),
    '"a": F32 of shape [3] takes 12 bytes, but its data_offsets [0, 4] span 4',
  ],
  [
    'of safetensors with a negative size',
    safetensors(`{"a":${F32('[-1]', '[0,4]')}}`, 4),
    '"a": the shape [-1] is not a list of whole numbers >= 0 of countable product',
  ],
  [
    'of safetensors whose sizes overflow',
    safetensors(`{"a":${F32('[4294967296,4294967296]', '[0,0]')}}`),
    '"a": the shape [4294967296,4294967296] is not a list of whole numbers >= 0 of countable product',
  ],
  [
    'of safetensors with bytes behind',
    safetensors(`{"a":${F32('[1]', '[0,4]')}}`, 9),
    'no tensor covers the last 5 bytes of the file',
  ],
  [
    'of safetensors of an unknown type',
    safetensors('{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', 1),
    '"a": the dtype "F8_E4M3" is not supported (supported are F64, F32, F16, I64, I32, I16, I8, U16, U8, BOOL, BF16)',
  ],
  [
    'of PyTorch that calls os.system',
    () => fixture('hostile-system-legacy.pth'),
    'w: pickle: the file asks for the Python name "posix.system", which is not on the list of what plain weights need. Nothing was run. If you trust the file, load it in Python and save only the weights: torch.save(model.state_dict(), path).',
  ],
  [
    'of PyTorch that calls os.system, in a zip',
    () => fixture('hostile-system-zip.pth'),
    'w: pickle: the file asks for the Python name "posix.system", which is not on the list of what plain weights need. Nothing was run. If you trust the file, load it in Python and save only the weights: torch.save(model.state_dict(), path).',
  ],
  [
    'of PyTorch that calls eval',
    () => bytes([0x80, 2], fixture('hostile-eval.pkl')),
    'w: pickle: the file asks for the Python name "__builtin__.eval", which is not on the list of what plain weights need. Nothing was run. If you trust the file, load it in Python and save only the weights: torch.save(model.state_dict(), path).',
  ],
  [
    'of PyTorch cut off',
    () => fixture('network-legacy.pth').subarray(0, 500),
    'w: pickle: the stream breaks off at 499. The file is damaged or cut short; fetch it again.',
  ],
  [
    'of PyTorch cut off, in a zip',
    () => fixture('network-zip.pth').subarray(0, 900),
    'w: PyTorch zip: the archive is damaged or cut short (invalid zip data). Fetch it again.',
  ],
  ['of PyTorch that is sound', torchZip(PICKLE), 'accepted: ["w"]'],
  [
    'of PyTorch whose tensor reaches out of its storage',
    torchZip(bytes('\x80\x02}', said('w'), tensorFrom(4), 's.')),
    'w: "w": shape [3] with strides [1] at offset 4 reaches element 7 of a storage of 6. The file is damaged; fetch it again.',
  ],
  [
    'of PyTorch whose storage is shorter than it says',
    torchZip(PICKLE, { 'a/data/0': new Uint8Array(8) }),
    'w: PyTorch zip: storage "0" has 8 bytes, but 6 elements of float32 take 24. Fetch the file again.',
  ],
  [
    'that is a pickle which doubles what it remembers',
    torchZip(bytes('\x80\x02}(', said('bomb'), MEMO_BOMB, said('w'), tensorFrom(0), 'u.')),
    'accepted: ["w"]',
  ],
  [
    'that is a pickle which doubles what it remembers, as a key',
    torchZip(bytes('\x80\x02}', MEMO_BOMB, 'K\x01s.')),
    'w: PyTorch file: it holds no state dict: no tensor under its keys "a list". Save one with torch.save(model.state_dict(), path).',
  ],
  [
    'that is a pickle which doubles what it remembers, as a name',
    torchZip(bytes('\x80\x04', MEMO_BOMB, said('x'), '\x93.')),
    'w: pickle: the file asks for the Python name "a list.x", which is not on the list of what plain weights need.',
  ],
  [
    'that is a pickle which remembers under the highest number',
    torchZip(bytes('\x80\x02}', said('w'), tensorFrom(0), 'r', [255, 255, 255, 255], 's.')),
    'accepted: ["w"]',
  ],
  [
    'that is a pickle with a number of 2 GB',
    bytes([0x80, 2, 0x8b, 255, 255, 255, 127]),
    'w: pickle: LONG4 at 2 claims 2147483647 bytes, but 0 are left. The file is damaged or cut short; fetch it again.',
  ],
  [
    'that is a pickle with a text of 2 GB',
    bytes([0x80, 2, 0x58, 255, 255, 255, 127]),
    'w: pickle: BINUNICODE at 2 claims 2147483647 bytes, but 0 are left. The file is damaged or cut short; fetch it again.',
  ],
  [
    'that is a pickle with an unknown opcode',
    bytes([0x80, 2, 0xff]),
    'w: pickle: byte 0xff at 2 is not an opcode this reader knows. The file is damaged, or no pickle.',
  ],
  [
    'that is a zip of something else',
    () => fixture('not-torch.zip'),
    'w: PyTorch zip: it has no data.pkl ("archive/readme.txt"), so it is not from torch.save. Give a file of torch.save.',
  ],
  [
    'that is a zip that unpacks to a thousand times its size',
    () => zipSync({ 'a/data.pkl': new Uint8Array(1 << 20) }),
    'w: PyTorch zip: "a/data.pkl" is compressed, which torch.save never does. Unpack it and zip it stored (zip -0).',
  ],
  [
    'that is a zip with names that lead out of it',
    () => zipSync({ '../../data.pkl': text('x') }, { level: 0 }),
    'w: PyTorch zip: it has no data.pkl ("../../data.pkl"), so it is not from torch.save. Give a file of torch.save.',
  ],
  [
    'that is a zip with an entry named __proto__',
    bytes(
      Buffer.from(torchZip(PICKLE, { __prot0__: text('x') }))
        .toString('latin1')
        .replaceAll('__prot0__', '__proto__'),
    ),
    'accepted: ["w"]',
  ],
  [
    'that is a zip of 100 001 entries',
    () => manyEntries(100_001),
    'w: PyTorch zip: more than 100000 entries. It is damaged or forged.',
  ],
  [
    'that is a zip which says 4 billion entries',
    manyEntries(10, 2 ** 32 - 1),
    'w: PyTorch zip: more than 100000 entries. It is damaged or forged.',
  ],
  [
    'that is an encrypted zip',
    changedEntry(torchZip(PICKLE), { size: PICKLE.length - 12 }),
    `w: PyTorch zip: "a/data.pkl" claims ${PICKLE.length - 12} bytes in ${PICKLE.length}: encrypted or damaged. Fetch the file again.`,
  ],
  [
    'that is a zip encrypted by AES',
    changedEntry(torchZip(PICKLE), { method: 99 }),
    'w: PyTorch zip: "a/data.pkl" is encrypted. Unpack it and zip it stored (zip -0).',
  ],
  [
    'of PyTorch from a machine of other byte order',
    () => fixture('big-endian.pth'),
    'w: PyTorch zip: its byte order is "big", only "little" is read. Save it again on an ordinary machine.',
  ],
  [
    'that is TorchScript, a program',
    () => fixture('torchscript.pt'),
    'w: PyTorch zip: a TorchScript archive, which holds a program. Save its weights instead: torch.save(torch.jit.load(path).state_dict(), path).',
  ],
  [
    'of PyTorch without tensors',
    () => fixture('no-tensors.pth'),
    'w: PyTorch file: it holds no state dict: no tensor under its keys "epoch", "names". Save one with torch.save(model.state_dict(), path).',
  ],
  [
    'of ONNX cut off',
    () => new Uint8Array(readFileSync(new URL('fixtures/onnx/network.onnx', import.meta.url))).subarray(0, 200),
    'w: ONNX: the bytes are not a well-formed model (premature EOF). Fetch the file again. (Supported are PyTorch files, safetensors and ONNX models.)',
  ],
  [
    'of ONNX with numbers in another file',
    bytes([0x3a, 17, 0x2a, 15, 0x08, 1, 0x10, 1, 0x42, 1, 0x61, 0x6a, 4, 0x0a, 0, 0x12, 0, 0x70, 1]),
    'w: ONNX: "a" keeps its numbers in another file (external data), which is not read. Save the model in one file: onnx.save(model, path, save_as_external_data=False). (Supported are PyTorch files, safetensors and ONNX models.)',
  ],
]);

rows('a file of weights of which nothing but the numbers is read', (input) => [...readWeights(input, 'w').keys()], [
  ['that is ONNX of an operator that there is not, in a circle', onnx(8, 17), 'accepted: ["a"]'],
  ['that is ONNX of opset 999 and IR version 99', onnx(99, 999), 'accepted: ["a"]'],
]);

rows(
  'weights for a network',
  (input) => [
    ...fitWeights(readWeights(input, 'w'), new Map([['a', parameter('a', [1], { kind: 'constant', value: 0 })]]), {
      subject: 'w',
    }).keys(),
  ],
  [
    ['that fit', safetensors(`{"a":${F32('[1]', '[0,4]')}}`, 4), 'accepted: ["a"]'],
    [
      'that are NaN',
      bytes(safetensors(`{"a":${F32('[1]', '[0,4]')}}`), int32(0x7fc00000)),
      'w: 1 tensor does not fit the network.\nNot finite in float32, 1:\n  a NaN at element 0\n',
    ],
    [
      'that are infinite',
      bytes(safetensors(`{"a":${F32('[1]', '[0,4]')}}`), int32(0x7f800000)),
      'Not finite in float32, 1:\n  a Infinity at element 0\n',
    ],
    [
      'of more classes than it has',
      safetensors(`{"a":${F32('[2]', '[0,8]')}}`, 8),
      'Of another shape (found -> expected), 1:\n  a [2] -> [1]\n',
    ],
  ],
);

const npy = (header: string, data: number): Uint8Array => {
  const padded = `${header.padEnd(117)}\n`;
  return bytes('\x93NUMPY', [1, 0, padded.length, 0], padded, Buffer.alloc(data));
};
rows(
  'an array of probabilities',
  async (input) => (await readProbabilities('a.npy', { ...nodeTaskFiles, read: async () => input })).shape,
  [
    [
      'that is empty',
      bytes(),
      'a.npy: this is no .npy file that can be read (Offset is outside the bounds of the DataView).',
    ],
    ['that is no npy', text('hello, hello, hello'), 'a.npy: this is no .npy file that can be read (Not an .npy file).'],
    [
      'of objects, which would be a pickle',
      npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8),
      'a.npy: this is no .npy file that can be read (Unsupported dtype: |O).',
    ],
    [
      'of big-endian numbers',
      npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1, 1), }", 4),
      'a.npy: this is no .npy file that can be read (Unsupported dtype: >f4).',
    ],
    [
      'of whole numbers',
      npy("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1, 1), }", 4),
      'a.npy: the numbers are i4, not probabilities. Save them as float32 or float16.',
    ],
    [
      'in Fortran order',
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1, 2), }", 8),
      'a.npy: the numbers are in Fortran order. Save them in C order.',
    ],
    [
      'with fewer numbers than its shape says',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9, 99999, 99999), }", 8),
      'a.npy: the file says its shape is [9, 99999, 99999], but it has 2 numbers. It is damaged or cut off; save it anew.',
    ],
    [
      'with a negative size',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1, 1), }", 4),
      'a.npy: the file says its shape is [-1, -1, 1], but it has 1 numbers. It is damaged or cut off; save it anew.',
    ],
  ],
);

rows('run lengths', (input) => decodeRunLengths(JSON.parse(new TextDecoder().decode(input))).length, [
  [
    'of a size without end',
    text('{"size":[1e9,1e9],"counts":[1]}'),
    'A COCO mask: the size [1000000000,1000000000] is not [height, width] with at most 268402689 pixels. Correct it, or raise pixelLimit.',
  ],
  [
    'that are negative',
    text('{"size":[2,2],"counts":[5,-1]}'),
    'A COCO mask: run 1 is -1, but lengths are whole numbers from 0 on. The mask is damaged.',
  ],
  [
    'that add up to more than the image',
    text('{"size":[2,2],"counts":[0,1e9]}'),
    'A COCO mask: the runs add up to 1000000000 pixels, but 2 x 2 are 4. The size is [height, width]; the mask and it do not belong together.',
  ],
  [
    'as a text that breaks off',
    text('{"size":[2,2],"counts":"0oo"}'),
    'COCO run lengths: the text breaks off within a number. Copy it anew, whole.',
  ],
]);

const CONFIG = toModelConfig({ definition: architecture('refinenet-lw-mobilenetv2', 2), classes: numberedClasses(2) });
const PREPROCESSOR = toPreprocessorConfig(IMAGENET_PREPROCESSING);
const changed = (given: object, change: object): Uint8Array => text(JSON.stringify({ ...given, ...change }));
const block = (change: object): Uint8Array =>
  changed(CONFIG, { refinenet: { ...(CONFIG.refinenet as object), ...change } });
const json = (input: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(input));

rows("a model's config.json", (input) => fromModelConfig(json(input)).classes.length, [
  [
    'that is empty',
    text('{}'),
    'config.json does not describe a RefineNet: refinenet: Invalid input: expected object, received undefined; id2label: Invalid input: expected record, received undefined. Make the folder with "refinenet import" or "refinenet export".',
  ],
  [
    'that is null',
    text('null'),
    'config.json does not describe a RefineNet: the whole: Invalid input: expected object, received null. Make the folder with "refinenet import" or "refinenet export".',
  ],
  [
    'of another kind of model',
    text('{"model_type":"bert","hidden_size":768}'),
    'config.json does not describe a RefineNet: refinenet: Invalid input: expected object, received undefined; id2label: Invalid input: expected record, received undefined. Make the folder with "refinenet import" or "refinenet export".',
  ],
  [
    'with classes without end',
    block({ classes: 1e9 }),
    'config.json does not describe a RefineNet: refinenet.classes: Too big: expected number to be <=65536. Make the folder with "refinenet import" or "refinenet export".',
  ],
  [
    'with a wrong type',
    block({ classes: 'two' }),
    'config.json does not describe a RefineNet: refinenet.classes: Invalid input: expected number, received string. Make the folder with "refinenet import" or "refinenet export".',
  ],
  [
    'with fewer labels than classes',
    changed(CONFIG, { id2label: { 0: 'a' } }),
    'config.json: the network has 2 classes, but there are 1 labels and 2 colors.',
  ],
  [
    'with __proto__ in it',
    text(`{"__proto__":{"refinenet":1},"id2label":{}}`),
    'config.json does not describe a RefineNet: refinenet: Invalid input: expected object, received undefined. Make the folder with "refinenet import" or "refinenet export".',
  ],
]);

rows("a model's preprocessor_config.json", (input) => fromPreprocessorConfig(json(input)).resize, [
  [
    'that is empty',
    text('{}'),
    'preprocessor_config.json does not fit: size: missing, though do_resize is on. Give a size, or set do_resize to false.',
  ],
  [
    'with a deviation of 0',
    changed(PREPROCESSOR, { image_std: [0, 1, 1] }),
    'preprocessor_config.json does not fit: image_std: has a 0, by which cannot be divided.',
  ],
  [
    'with a size without end',
    changed(PREPROCESSOR, { do_resize: true, size: { shortest_edge: 1e12 } }),
    'preprocessor_config.json does not fit: size.shortest_edge: Too big: expected number to be <=65535.',
  ],
  [
    'with a negative size',
    changed(PREPROCESSOR, { do_resize: true, size: { height: -1, width: 1 } }),
    'preprocessor_config.json does not fit: size.height: Too small: expected number to be >=1.',
  ],
]);

const IMAGES = { 'images/train/1.png': photo(1, 8, 8), 'masks/train/1.png': mask([0, 1], 8, 8) };
rows(
  'a data.yaml',
  async (input) => (await openDataset(memorySource({ ...IMAGES, 'data.yaml': input }))).classes.length,
  [
    [
      'with aliases that multiply',
      text('a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n'),
      'drawn/data.yaml: the YAML cannot be parsed (Alias resolution is disabled).',
    ],
    [
      'with a tag that asks for code',
      text('train: !!js/function "process.exit()"\nmasks_dir: masks\nnames: [a]\n'),
      'accepted: 1',
    ],
    [
      'that is no YAML',
      text('{'),
      'drawn/data.yaml: the YAML cannot be parsed (Flow map must end with a } at line 1, column 2:).',
    ],
    ['that is not UTF-8', bytes([0xff, 0xfe, 0xfd]), 'drawn/data.yaml: this is no text in UTF-8. Save it as UTF-8.'],
    [
      'without names',
      text('train: images/train\nmasks_dir: masks\n'),
      'drawn/data.yaml does not fit: names must number 1 to 255 classes from 0 on, such as {0: background, 1: nucleus}.',
    ],
    [
      'with keys that nobody knows',
      text('train: images/train\nmasks_dir: masks\nnames: [a, b]\nwhatever: {x: 1}\n'),
      'accepted: 2',
    ],
    ['with the separators of Windows', text('train: images\\train\nmasks_dir: masks\nnames: [a, b]\n'), 'accepted: 2'],
    [
      'whose folders lead out of it',
      text('path: ../..\ntrain: /etc\nmasks_dir: masks\nnames: [a, b]\n'),
      'accepted: 2',
    ],
    [
      'with wrong types',
      text('train: 5\nmasks_dir: [1]\nnames: 7\nnc: x\n'),
      'drawn/data.yaml does not fit: train is neither a folder nor a list of folders; train and val are missing; they name the folders of the images; masks_dir is missing; it names the folder of the masks (nor are there texts with outlines in labels/); names must number 1 to 255 classes from 0 on, such as {0: background, 1: nucleus}; nc is x, but names has 0 classes.',
    ],
    [
      'nested without end',
      text('['.repeat(10_000)),
      'drawn/data.yaml: the YAML cannot be parsed (Maximum call stack size exceeded at line 1, column 822:).',
    ],
  ],
);

rows('a file of class names', (input) => readClassNames(new TextDecoder().decode(input), 'c.yaml').length, [
  ['with aliases', text('a: &a x\nnames: [*a]\n'), 'c.yaml cannot be parsed: Alias resolution is disabled'],
  [
    'with gaps in its numbers',
    text('names: {0: a, 2: b}\n'),
    'c.yaml holds no class names. It may be a text with one name a line, a JSON list, or YAML with "names" numbered from 0.',
  ],
  [
    'with no names',
    text('names: {}\n'),
    'c.yaml holds no class names. It may be a text with one name a line, a JSON list, or YAML with "names" numbered from 0.',
  ],
]);

const DRAWN = cvat(cvatImage('1.png', '', []));
const declared = (entities: string, place = '&a;'): Uint8Array =>
  text(
    DRAWN.replace('<annotations>', `<!DOCTYPE annotations [${entities}]><annotations>`).replace(
      'drawn &amp; more',
      place,
    ),
  );

rows(
  'labels in XML',
  async (input) => (await openDataset(memorySource({ '1.png': photo(1), 'annotations.xml': input }))).classes.length,
  [
    ['that are sound', text(DRAWN), 'accepted: 3'],
    ['with an entity of their own', declared('<!ENTITY a "b">'), 'drawn/annotations.xml: the XML is damaged ('],
    [
      'with entities that multiply',
      declared(
        `<!ENTITY a0 "a">${Array.from({ length: 30 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join('')}`,
        '&a30;',
      ),
      'drawn/annotations.xml: the XML is damaged (',
    ],
    [
      'with an entity of 1 MB that is there a thousand times',
      declared(`<!ENTITY a "${'a'.repeat(1 << 20)}">`, '&a;'.repeat(1000)),
      'drawn/annotations.xml: the XML is damaged (',
    ],
    [
      'with an entity that names a file of this machine',
      declared('<!ENTITY a SYSTEM "file:///etc/passwd">'),
      'drawn/annotations.xml: the XML is damaged (',
    ],
    ['that declare entities and do not use them', declared('<!ENTITY a "b">', ''), 'accepted: 3'],
    [
      'nested without end',
      text(DRAWN.replace('<meta>', `${'<x>'.repeat(100_000)}<meta>`)),
      'drawn/annotations.xml: the XML is damaged (',
    ],
    ['that are cut off', text(DRAWN.slice(0, -20)), 'drawn/annotations.xml: the XML is damaged ('],
    [
      'with an attribute twice',
      text(DRAWN.replace('id="0"', 'id="0" id="1"')),
      'drawn/annotations.xml: the XML is damaged (',
    ],
    [
      'that are not UTF-8',
      bytes(text(DRAWN), [0xff]),
      'drawn: no data set of a known layout was found (it has 1.png, annotations.xml).',
    ],
  ],
);

const pixel = (change: object): string =>
  JSON.stringify({ inputs: [{ name: 'image', shape: [1, 1, 3], datatype: 'UINT8', data: [1, 2, 3], ...change }] });

rows(
  'an inference request',
  async (input) => {
    const { width, height } = await readImageInput(readInferRequest(input), 100);
    return [width, height];
  },
  [
    ['that is sound', text(pixel({})), 'accepted: [1,1]'],
    ['with a NaN', text(pixel({}).replace('[1,2,3]', '[1,NaN,3]')), 'The request is not JSON ('],
    ['with an infinity', text(pixel({}).replace('[1,2,3]', '[1,1e999,3]')), 'value 1 is the number Infinity'],
    [
      'with a value nested deeper than the stack',
      text(pixel({}).replace('[1,2,3]', `[1,${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]`)),
      'UINT8 values are whole numbers from 0 to 255, but value 1 is an object.',
    ],
    [
      'with a parameter nested deeper than the stack',
      text(
        pixel({ data: undefined, parameters: { binary_data_size: 0 } }).replace(
          ':0}',
          `:${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
        ),
      ),
      'The inference request does not fit: inputs.0.parameters.binary_data_size: ',
    ],
    [
      'with a text for the size of its data',
      text(pixel({ data: undefined, parameters: { binary_data_size: '3' } })),
      'binary_data_size is the text "3", but 0 bytes follow the JSON.',
    ],
    [
      'with a parameter whose name has no end',
      text(pixel({ parameters: { ['x'.repeat(1000)]: null } })),
      `inputs.0.parameters.${'x'.repeat(60)}: Invalid input.`,
    ],
    ['with fewer values than its shape says', text(pixel({ data: [1] })), 'The shape takes 3 values, but there are 1.'],
    [
      'with more values than its shape says',
      text(pixel({ data: [1, 2, 3, 4] })),
      'The shape takes 3 values, but there are 4.',
    ],
    ['with a negative size', text(pixel({ shape: [-1, -1, 3] })), 'inputs.0.shape.0: '],
    [
      'with a size without end',
      text(pixel({ shape: [1e9, 1e9, 3] })),
      'pixels, more than the 100 allowed. Make it smaller.',
    ],
    ['of another rank', text(pixel({ shape: [3] })), "The input's shape is [height, width, 3]"],
    ['of another type', text(pixel({ datatype: 'FP64' })), 'got "FP64"'],
    ['with __proto__ in it', text(pixel({}).replace('{', '{"__proto__":{"inputs":1},')), 'accepted: [1,1]'],
    ['nested without end', text('['.repeat(1_000_000)), 'The request is not JSON ('],
  ],
);

describe('a bad input that is tested elsewhere', () => {
  test.each(ELSEWHERE)('$input', ({ file, test: name }) => {
    const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    expect(source).toMatch(new RegExp(`[([]\\s*(['"\`])${escaped}\\1\\s*,`));
  });
});
