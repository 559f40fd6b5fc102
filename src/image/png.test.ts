import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { decode, encode } from 'fast-png';
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FormatError, UsageError } from '../errors.ts';
import { image } from './image.ts';
import { type LabelMap, labelMap } from './label-map.ts';
import { vocPalette } from '../labels/palette.ts';
import { decodeLabelPng, encodeLabelPng, encodePng } from './png.ts';

interface Fixture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly png: string;
  readonly ids: readonly number[];
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../test/fixtures/image/label-png.json', import.meta.url), 'utf8'),
) as Fixture[];

/** A PNG put together from its chunks, with right checksums. */
function png(...chunks: readonly (readonly [type: string, data: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)];
  for (const [type, data] of chunks) {
    const body = Uint8Array.of(...[...type].map((c) => c.charCodeAt(0)), ...data);
    parts.push(bigEndian(data.length), body, bigEndian(crc32(body)));
  }
  return new Uint8Array(Buffer.concat(parts));
}

function header(width: number, height: number, depth: number, colorType: number, interlaced = 0): Uint8Array {
  return Uint8Array.of(...bigEndian(width), ...bigEndian(height), depth, colorType, 0, 0, interlaced);
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const END = ['IEND', new Uint8Array(0)] as const;
const small = encodeLabelPng(labelMap(4, 2, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 255)), vocPalette(21));

describe('encodeLabelPng', () => {
  it('keeps every id and color, in order', () => {
    const { data, palette } = decode(small);
    expect([...data]).toEqual([0, 1, 2, 3, 4, 5, 6, 255]);
    expect(palette?.slice(0, 21)).toEqual(vocPalette(21));
    expect(palette?.[255]).toEqual([0, 0, 0]);
  });

  it('is read back as it was', () => {
    const side = fc.integer({ min: 1, max: 12 });
    const maps = fc.tuple(side, side, fc.boolean()).chain(([width, height, wide]) => {
      const id = fc.nat(wide ? 65535 : 255);
      const ids = fc.array(id, { minLength: width * height, maxLength: width * height });
      return ids.map(
        (list): LabelMap => labelMap(width, height, wide ? Uint16Array.from(list) : Uint8Array.from(list)),
      );
    });
    fc.assert(
      fc.property(maps, fc.nat(256), (map, colors) => {
        const back = decodeLabelPng(encodeLabelPng(map, vocPalette(colors)));
        expect([back.width, back.height, ...back.data]).toEqual([map.width, map.height, ...map.data]);
      }),
    );
  });

  it('writes 16-bit gray where there are more than 256 classes', () => {
    const { depth, palette } = decode(encodeLabelPng(labelMap(1, 1, Uint8Array.of(7)), vocPalette(257)));
    expect([depth, palette]).toEqual([16, undefined]);
  });

  it('refuses colors whose channels are no bytes', () => {
    expect(() =>
      encodeLabelPng(labelMap(1, 1, Uint8Array.of(0)), [
        [0, 0, 0],
        [0, 256, 0],
      ]),
    ).toThrow(new UsageError('The color of class 1 is (0, 256, 0). Channels are whole numbers from 0 to 255.'));
  });
});

describe('encodePng', () => {
  it('keeps every pixel', () => {
    const data = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => (i * 37) % 256);
    const back = decode(encodePng(image(5, 3, data)));
    expect([back.width, back.height, back.channels, [...back.data]]).toEqual([5, 3, 3, [...data]]);
  });
});

describe('decodeLabelPng', () => {
  for (const { name, width, height, png: file, ids } of fixtures) {
    it(`reads the ids Pillow wrote: ${name}`, () => {
      const map = decodeLabelPng(Uint8Array.from(Buffer.from(file, 'base64')));
      expect([map.width, map.height, [...map.data]]).toEqual([width, height, ids]);
    });
  }

  it('reads 2- and 4-bit gray unscaled', () => {
    const two = png(['IHDR', header(5, 1, 2, 0)], ['IDAT', zlibSync(Uint8Array.of(0, 0b00011011, 0b11000000))], END);
    expect([...decodeLabelPng(two).data]).toEqual([0, 1, 2, 3, 3]);
    const four = png(['IHDR', header(3, 1, 4, 0)], ['IDAT', zlibSync(Uint8Array.of(0, 0x0f, 0x70))], END);
    expect([...decodeLabelPng(four).data]).toEqual([0, 15, 7]);
  });

  it('reads interlaced files of 8 and 16 bits', () => {
    const ids = Array.from({ length: 77 }, (_, i) => (i * 31) % 256);
    for (const depth of [8, 16] as const) {
      const data = depth === 8 ? Uint8Array.from(ids) : Uint16Array.from(ids);
      const file = encode({ width: 11, height: 7, data, channels: 1, depth }, { interlace: 'Adam7' });
      expect([...decodeLabelPng(file).data]).toEqual(ids);
    }
  });

  it('refuses interlaced files of fewer bits, which would come out wrong', () => {
    const file = png(['IHDR', header(1, 1, 1, 3, 1)], ['IDAT', zlibSync(Uint8Array.of(0, 0))], END);
    expect(() => decodeLabelPng(file, { name: 'm.png' })).toThrow(
      new FormatError('m.png: interlaced PNG files of 1 bits cannot be read. Save it without interlacing.'),
    );
  });

  it('refuses images with colors instead of ids', () => {
    expect(() => decodeLabelPng(encodePng(image(1, 1, new Uint8Array(3))), { name: 'rgb.png' })).toThrow(
      new FormatError(
        'rgb.png: a label map has one class id a pixel (an indexed or gray PNG), but this PNG is RGB. ' +
          'Convert its colors to class ids first.',
      ),
    );
    const alpha = png(['IHDR', header(1, 1, 8, 4)], END);
    expect(() => decodeLabelPng(alpha)).toThrow('but this PNG is gray with alpha.');
  });

  it('refuses what is no PNG', () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('<html></html>')]) {
      expect(() => decodeLabelPng(bytes, { name: 'x.png' })).toThrow(
        new FormatError(`x.png: this is no PNG (${bytes.length} bytes that do not begin with its signature).`),
      );
    }
  });

  it('refuses more pixels than allowed before it unpacks any', () => {
    const file = png(['IHDR', header(60000, 60000, 8, 3)], END);
    expect(() => decodeLabelPng(file, { name: 'huge.png' })).toThrow(
      new FormatError(
        'huge.png: 60000x60000 are 3600000000 pixels, more than the 268402689 allowed. Raise pixelLimit to read it.',
      ),
    );
    expect(() => decodeLabelPng(small, { pixelLimit: 7 })).toThrow('4x2 are 8 pixels, more than the 7 allowed.');
  });

  it('refuses files that unpack to more than their size needs', () => {
    const file = png(['IHDR', header(4, 4, 8, 0)], ['IDAT', zlibSync(new Uint8Array(3_000_000))], END);
    expect(() => decodeLabelPng(file, { name: 'bomb.png' })).toThrow(
      new FormatError(
        'bomb.png: the PNG is damaged (it holds more than the 20 bytes that its size needs). Save or copy it anew.',
      ),
    );
  });

  it('refuses files that unpack to less', () => {
    const file = png(['IHDR', header(4, 4, 8, 0)], ['IDAT', zlibSync(new Uint8Array(19))], END);
    expect(() => decodeLabelPng(file)).toThrow('it holds 19 bytes of pixels, but its size needs 20');
  });

  it('goes by the first of two headers', () => {
    const file = png(
      ['IHDR', header(2, 1, 8, 0)],
      ['IHDR', header(50000, 50000, 8, 0)],
      ['IDAT', zlibSync(Uint8Array.of(0, 8, 9))],
      END,
    );
    expect([...decodeLabelPng(file).data]).toEqual([8, 9]);
  });

  it('is not moved by what texts and profiles contain, or what follows the end', () => {
    const text = Uint8Array.of(...new TextEncoder().encode('__proto__'), 0, 65);
    const profile = Uint8Array.of(65, 0, 0, ...zlibSync(new Uint8Array(1_000_000)));
    const file = png(
      ['IHDR', header(1, 1, 8, 0)],
      ['tEXt', text],
      ['iCCP', profile],
      ['IDAT', zlibSync(Uint8Array.of(0, 5))],
      END,
    );
    expect([...decodeLabelPng(Uint8Array.of(...file, 1, 2, 3)).data]).toEqual([5]);
  });

  it('reports damage anywhere as FormatError, or reads the right ids', () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const broken = small.slice();
        broken[place] = (broken[place] as number) ^ change;
        try {
          expect([...decodeLabelPng(broken).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 255]);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });

  it('refuses every file that is cut off', () => {
    for (let length = 0; length < small.length; length++) {
      expect(() => decodeLabelPng(small.subarray(0, length))).toThrow(FormatError);
    }
  });
});
