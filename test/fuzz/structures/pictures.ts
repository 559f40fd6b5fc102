/** TIFF and AVIF whose parts do not go together, and files that begin as one format and go on as another. */
import fc from 'fast-check';
import { joined, textOf, whole } from './bytes.ts';

/** Tags of TIFF that say how its samples lie: those of a sound gray picture of 8 x 8. */
const TAGS: readonly (readonly [tag: number, type: number, values: readonly number[]])[] = [
  ...([
    [256, 4, [8]],
    [257, 4, [8]],
    [258, 3, [8]],
    [259, 3, [1]],
    [262, 3, [1]],
    [273, 4, [8]],
    [277, 3, [1]],
    [278, 4, [8]],
    [279, 4, [64]],
  ] as const),
];
const MORE_TAGS = [
  254, 266, 274, 284, 317, 320, 322, 323, 324, 325, 330, 338, 339, 347, 529, 530, 700, 34_665, 34_675, 42_113,
];
const NUMBERS = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  16,
  32,
  64,
  255,
  256,
  32_773,
  32_946,
  65_535,
  60_000,
  2 ** 31,
  2 ** 32 - 1,
];
const TYPES = [1, 2, 3, 3, 4, 4, 5, 7, 11, 12, 13, 16, 0, 99];

export const tiffStructures = (): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      isLittle: fc.boolean(),
      changes: fc.array(
        fc.record({
          tag: fc.constantFrom(...TAGS.map(([tag]) => tag), ...MORE_TAGS),
          type: fc.constantFrom(...TYPES),
          values: fc.array(fc.constantFrom(...NUMBERS), { maxLength: 4 }),
          claimed: fc.constantFrom(0, 0, 0, 0, 1, -1, 65_536, 2 ** 31),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      left: fc.option(fc.nat(TAGS.length - 1), { freq: 4 }),
      pixels: fc.constantFrom(64, 64, 64, 63, 0, 4096),
      fill: fc.nat(255),
      /** Where the next directory lies: nowhere, here again, in the pixels, beyond the end. */
      next: fc.constantFrom('none', 'none', 'none', 'itself', 'pixels', 'beyond'),
    })
    .map(({ isLittle, changes, left, pixels, fill, next }) => {
      const tags = new Map(TAGS.map(([tag, type, values]) => [tag, { type, values, claimed: 0 }]));
      if (left !== null) tags.delete(TAGS[left]?.[0] as number);
      for (const { tag, ...entry } of changes) tags.set(tag, entry);
      const at = 8 + pixels;
      const extra: Uint8Array[] = [];
      let end = at + 2 + 12 * tags.size + 4;
      const entries = [...tags].map(([tag, { type, values, claimed }]) => {
        const bytes = joined(...values.map((value) => whole(value, type === 3 ? 2 : 4, isLittle)));
        const fits = bytes.length <= 4;
        const value = fits ? joined(bytes, new Uint8Array(4 - bytes.length)) : whole(end, 4, isLittle);
        if (!fits) {
          extra.push(bytes);
          end += bytes.length;
        }
        return joined(
          whole(tag, 2, isLittle),
          whole(type, 2, isLittle),
          whole(values.length + claimed, 4, isLittle),
          value,
        );
      });
      return joined(
        isLittle ? 'II' : 'MM',
        whole(42, 2, isLittle),
        whole(at, 4, isLittle),
        new Uint8Array(pixels).fill(fill),
        whole(tags.size, 2, isLittle),
        ...entries,
        whole({ none: 0, itself: at, pixels: 8, beyond: 1e6 }[next], 4, isLittle),
        ...extra,
      );
    });

interface Box {
  readonly type: string;
  /** What stands before the boxes within, or all that it holds. */
  readonly head: Uint8Array;
  readonly boxes?: readonly Box[];
}

/** Boxes that hold others, behind so many bytes. */
const HOLDERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0, iinf: 6, iref: 4, dinf: 0 };

function boxesOf(bytes: Uint8Array): readonly Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
    if (size < 8 || at + size > bytes.length) break;
    const type = textOf(bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + size);
    const before = HOLDERS[type];
    boxes.push(
      before === undefined
        ? { type, head: content }
        : { type, head: content.subarray(0, before), boxes: boxesOf(content.subarray(before)) },
    );
    at += size;
  }
  return boxes;
}

const written = ({ type, head, boxes = [] }: Box): Uint8Array => {
  const content = joined(head, ...boxes.map(written));
  return joined(whole(content.length + 8, 4, false), type, content);
};

type Edit = (list: Box[]) => void;
const edit: fc.Arbitrary<(boxes: readonly Box[]) => readonly Box[]> = fc
  .tuple(
    fc.nat(),
    fc.oneof(
      fc.constantFrom(0, 2, 40).map((times): ((at: number) => Edit) => (at) => (list) => {
        list.splice(at, 1, ...Array.from({ length: times }, () => list[at] as Box));
      }),
      fc.nat().map((other): ((at: number) => Edit) => (at) => (list) => {
        const to = other % list.length;
        [list[at], list[to]] = [list[to] as Box, list[at] as Box];
      }),
      fc
        .constantFrom('free', 'ispe', 'irot', 'imir', 'clap', 'auxC', 'grid', 'mdat', 'meta', 'hvcC')
        .map((type): ((at: number) => Edit) => (at) => (list) => {
          list[at] = { ...(list[at] as Box), type };
        }),
      {
        weight: 6,
        arbitrary: fc
          .tuple(fc.nat(), fc.constantFrom(0, 1, 2, 4, 8, 127, 128, 255), fc.constantFrom(1, 1, 2, 4))
          .map(([place, value, count]): ((at: number) => Edit) => (at) => (list) => {
            const box = list[at] as Box;
            const head = Uint8Array.from(box.head);
            if (head.length > 0) head.fill(value, place % head.length, (place % head.length) + count);
            list[at] = { ...box, head };
          }),
      },
    ),
  )
  .map(([place, make]) => (boxes: readonly Box[]) => {
    const count = (list: readonly Box[]): number => list.reduce((sum, box) => sum + 1 + count(box.boxes ?? []), 0);
    let left = place % Math.max(1, count(boxes));
    const walk = (list: readonly Box[]): readonly Box[] => {
      const copy = [...list];
      for (const [at, box] of list.entries()) {
        if (left-- === 0) {
          make(at)(copy);
          return copy;
        }
        if (box.boxes) {
          const inner = walk(box.boxes);
          copy[at] = { ...box, boxes: inner };
          if (left < 0) return copy;
        }
      }
      return copy;
    };
    return walk(boxes);
  });

/** Boxes of a sound file left out, doubled, exchanged, renamed or with wrong insides; their lengths are right. */
export function avifStructures(seed: Uint8Array): fc.Arbitrary<Uint8Array> {
  const boxes = boxesOf(seed);
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) => joined(...edits.reduce((list, each) => each(list), boxes).map(written)));
}

const brandBox = (size: number, brand: string, more = ''): Uint8Array =>
  joined(whole(size, 4, false), 'ftyp', brand, [0, 0, 0, 0], more);
const STARTS: readonly Uint8Array[] = [
  ...[
    '',
    '\xff\xd8\xff',
    '\x89PNG\r\n\x1a\n',
    'RIFF\x20\0\0\0WEBP',
    'RIFFaaaaWEBP',
    'II*\0',
    'MM\0*',
    'II+\0',
    'MM\0+',
  ],
  ...['<!--ftypavif-->', '<!--ftypavisavif-->', '    ftypavif', '\n\n\n\nftypmif1avif', '<!--RIFF    WEBP-->'],
].map((start) => joined(start));
const BRAND_BOXES = ['avif', 'avis', 'mif1', 'msf1', 'miaf', 'heic', 'isom', '<svg', '    '].flatMap((brand) =>
  [16, 20, 2048, 0x20202020].map((size) => brandBox(size, brand, 'avif')),
);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>';
const DRAWINGS = [
  ...[SVG, `<?xml version="1.0"?>${SVG}`, `<!-- -->${SVG}`, ` ${SVG}`, `\ufeff${SVG}`],
  ...['%PDF-1.4\n1 0 obj\n<</Type/Catalog>>', 'P6 2 2 255 aaaaaaaaaaaa', '#?RADIANCE\n'],
];
const GIF = joined(
  'GIF89a',
  [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b],
);

/** Each mark of a format that is read before a drawing or another file that is not. */
export const polyglots = (): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...STARTS, ...BRAND_BOXES),
      fc.oneof(fc.constant(''), fc.string({ maxLength: 40 }), fc.constantFrom('-->', '<!--', '\n', ' '.repeat(2048))),
      fc.constantFrom<Uint8Array | string>(GIF, ...DRAWINGS),
    )
    .map(([start, between, drawing]) =>
      joined(start, Buffer.from(between), typeof drawing === 'string' ? Buffer.from(drawing) : drawing),
    );
