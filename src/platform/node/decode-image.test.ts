import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import { type Image, image } from '../../image/image.ts';
import { decodeImage, TooManyPixelsError } from './decode-image.ts';
import { encodeImage } from './encode-image.ts';

interface Fixture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly file: string;
  readonly pixels: string | null;
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/image/photos.json', import.meta.url), 'utf8'),
) as Fixture[];

function fixture(name: string): Uint8Array {
  const found = fixtures.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return Uint8Array.from(Buffer.from(found.file, 'base64'));
}

function drawn(width: number, height: number): Image {
  return image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 83 + (i >> 4) * 29) % 256),
  );
}

function sharpOf({ width, height, data }: Image): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function file(pipeline: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await pipeline.toBuffer());
}

function worstDifference(a: Image, b: Image): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b.data[i] as number))), 0);
}

describe('decodeImage', () => {
  for (const { name, width, height, file: base64, pixels } of fixtures) {
    if (pixels === null) continue;
    it(`reads the pixels that Pillow reads: ${name}`, async () => {
      const decoded = await decodeImage(Uint8Array.from(Buffer.from(base64, 'base64')));
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect([...decoded.data]).toEqual([...Buffer.from(pixels, 'base64')]);
    });
  }

  it('gives plain bytes, not a Buffer', async () => {
    expect((await decodeImage(fixture('JPEG 4:4:4'))).data.constructor).toBe(Uint8Array);
  });

  it('scales 16-bit gray to 8 bits', async () => {
    for (const name of ['PNG, 16-bit gray', 'TIFF, 16-bit gray']) {
      const { data } = await decodeImage(fixture(name));
      for (let i = 0; i < data.length; i++) {
        const pixel = Math.floor(i / 3);
        const sample = (pixel % 27) * 2400 + Math.floor(pixel / 27);
        expect(Math.abs((data[i] as number) - sample / 257)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('scales 16-bit RGB to 8 bits', async () => {
    const samples = Uint16Array.of(0, 257, 65535, 32896, 4112, 61680);
    const rgb16 = sharp(samples, { raw: { width: 2, height: 1, channels: 3 } });
    const png = await file(rgb16.toColorspace('rgb16').png());
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expect([...(await decodeImage(png)).data]).toEqual([0, 1, 255, 128, 16, 240]);
  });

  it('turns CMYK into RGB', async () => {
    const { width, data } = await decodeImage(fixture('CMYK JPEG patches'));
    const at = (x: number, y: number) =>
      [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)] as [number, number, number];
    expect(Math.min(...at(3, 3))).toBeGreaterThan(245);
    expect(Math.max(...at(12, 3))).toBeLessThan(70);
    const [red, green, blue] = at(3, 12);
    expect([red > 180, green < 90, blue < 90]).toEqual([true, true, true]);
    expect(at(12, 12)[2]).toBeGreaterThan(at(12, 12)[0] + 60);
  });

  it('drops alpha and keeps the colors below it', async () => {
    const pixels = Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 128);
    const png = await file(sharp(pixels, { raw: { width: 2, height: 1, channels: 4 } }).png());
    expect([...(await decodeImage(png)).data]).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      [200, 20].map((value) => file(sharpOf(image(8, 8, new Uint8Array(192).fill(value))).png())),
    );
    const webp = await file(
      sharp(
        frames.map((frame) => Buffer.from(frame)),
        { join: { animated: true } },
      ).webp({ lossless: true }),
    );
    expect((await sharp(webp).metadata()).pages).toBe(2);
    const decoded = await decodeImage(webp);
    expect(worstDifference(decoded, image(8, 8, new Uint8Array(192).fill(200)))).toBe(0);
  });

  it('reads AVIF', async () => {
    const flat = image(16, 9, new Uint8Array(16 * 9 * 3).fill(90));
    expect(worstDifference(await decodeImage(await file(sharpOf(flat).avif({ quality: 90 }))), flat)).toBeLessThan(4);
  });

  it('reads interlaced PNG', async () => {
    const source = drawn(13, 9);
    expect(await decodeImage(await file(sharpOf(source).png({ progressive: true })))).toEqual(source);
  });

  it('reads images of one pixel, one row and one column', async () => {
    for (const [width, height] of [
      [1, 1],
      [37, 1],
      [1, 37],
    ] as const) {
      const source = drawn(width, height);
      expect(await decodeImage(await file(sharpOf(source).png()))).toEqual(source);
    }
  });

  /** Where the upright image of w by h finds its pixel x, y in the stored one, by EXIF orientation. */
  const STORED: Readonly<Record<number, (x: number, y: number, w: number, h: number) => readonly [number, number]>> = {
    1: (x, y) => [x, y],
    2: (x, y, w) => [w - 1 - x, y],
    3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
    4: (x, y, _, h) => [x, h - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y, w) => [y, w - 1 - x],
    7: (x, y, w, h) => [h - 1 - y, w - 1 - x],
    8: (x, y, _, h) => [h - 1 - y, x],
  };

  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`turns images of EXIF orientation ${orientation} upright, in JPEG, PNG, WebP and TIFF`, async () => {
      const stored = drawn(5, 3);
      const [width, height] = orientation < 5 ? [5, 3] : [3, 5];
      const expected = Array.from({ length: width * height }, (_, i) => {
        const at = STORED[orientation]?.(i % width, Math.floor(i / width), width, height) as readonly [number, number];
        return [...stored.data.subarray((at[1] * 5 + at[0]) * 3, (at[1] * 5 + at[0]) * 3 + 3)];
      }).flat();
      const tagged = sharpOf(stored).withMetadata({ orientation });
      for (const pipeline of [
        tagged.clone().png(),
        tagged.clone().webp({ lossless: true }),
        tagged.clone().tiff({ compression: 'none' }),
      ]) {
        const decoded = await decodeImage(await file(pipeline));
        expect([decoded.width, decoded.height, ...decoded.data]).toEqual([width, height, ...expected]);
      }
      const jpeg = await decodeImage(await file(tagged.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' })));
      expect(worstDifference(jpeg, image(width, height, Uint8Array.from(expected)))).toBeLessThan(8);
    });
  }

  it('converts other color profiles to sRGB unless told to ignore them', async () => {
    const source = image(2, 1, Uint8Array.of(255, 0, 0, 10, 200, 30));
    const p3 = await file(sharpOf(source).withIccProfile('p3').png());
    expect(worstDifference(await decodeImage(p3), source)).toBeLessThan(4);
    expect(worstDifference(await decodeImage(p3, { ignoreProfile: true }), source)).toBeGreaterThan(10);
  });

  it('accepts stray bytes before a part of a JPEG and after its end', async () => {
    const jpeg = fixture('JPEG 4:4:4');
    const whole = await decodeImage(jpeg);
    const scan = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
    expect(await decodeImage(Uint8Array.of(...jpeg.subarray(0, scan), 0, 0, ...jpeg.subarray(scan)))).toEqual(whole);
    expect(await decodeImage(Uint8Array.of(...jpeg, 80, 75, 3, 4))).toEqual(whole);
  });

  const text = (content: string) => new TextEncoder().encode(content);
  const REFUSED: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(0), 'empty (0 bytes). Copy or download it anew'],
    [text('hello'), 'a text file. Check that it was saved as an image'],
    [text('<!DOCTYPE html><html></html>'), 'an HTML page, often what a failed download leaves. Download it anew'],
    [text('\ufeff\n<html>'), 'an HTML page, often what a failed download leaves. Download it anew'],
    [
      text('version https://git-lfs.github.com/spec/v1\noid sha256:00'),
      'a Git LFS pointer. Fetch the image itself with "git lfs pull"',
    ],
    [text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'an SVG drawing. Export it as PNG'],
    [text('<?xml version="1.0"?>\n<!-- a --><svg/>'), 'an SVG drawing. Export it as PNG'],
    [text('%PDF-1.7'), 'a PDF. Export its pages as JPEG or PNG'],
    [text('PK\x03\x04'), 'a ZIP archive. Unpack it and give the images'],
    [fixture('GIF'), 'a GIF. Convert it to JPEG or PNG'],
    [fixture('BMP'), 'a BMP. Convert it to JPEG or PNG'],
    [text('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'a HEIC image. Convert it to JPEG or PNG'],
    [text('\0\0\0\x18ftypisom\0\0\0\0isommp41'), 'a video. Extract its frames as JPEG or PNG'],
    [Uint8Array.of(1, 2, 3), 'of an unknown format. Check that it was saved as an image'],
  ];
  for (const [bytes, reason] of REFUSED) {
    it(`refuses what is ${reason.split('.')[0]}`, async () => {
      await expect(decodeImage(bytes, { name: 'photo.jpg' })).rejects.toThrow(
        new FormatError(
          `photo.jpg: not an image that can be read: it is ${reason}. Readable are JPEG, PNG, WebP, TIFF and AVIF.`,
        ),
      );
    });
  }

  it('refuses floating-point TIFF', async () => {
    await expect(decodeImage(fixture('TIFF, float'), { name: 'depth.tif' })).rejects.toThrow(
      new FormatError(
        'depth.tif: the TIFF has samples of type float, of which black and white are not known. Convert it to 8 or 16 bits a channel.',
      ),
    );
  });

  it('refuses JPEG files that are cut off', async () => {
    const jpeg = fixture('JPEG 4:2:0');
    for (const part of [0.85, 0.95]) {
      await expect(decodeImage(jpeg.subarray(0, jpeg.length * part), { name: 'half.jpg' })).rejects.toThrow(
        new FormatError(
          'half.jpg: the JPEG is damaged or cut off (VipsJpeg: premature end of JPEG image). Save or copy it anew.',
        ),
      );
    }
    await expect(decodeImage(jpeg.subarray(0, 20))).rejects.toThrow(FormatError);
  });

  it('refuses PNG files that are cut off or damaged', async () => {
    const png = await encodeImage(drawn(20, 20), 'png');
    await expect(decodeImage(png.subarray(0, png.length / 2))).rejects.toThrow(
      'The image: the PNG is damaged or cut off',
    );
    const damaged = png.slice();
    damaged[100] = (damaged[100] as number) ^ 255;
    await expect(decodeImage(damaged)).rejects.toThrow(FormatError);
  });

  it('refuses more pixels than allowed, as the header says, before decoding', async () => {
    const png = await encodeImage(drawn(20, 10), 'png');
    const refused = await decodeImage(png, { name: 'big.png', pixelLimit: 199 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TooManyPixelsError);
    expect(refused).toBeInstanceOf(FormatError);
    expect((refused as Error).message).toBe(
      'big.png: 20x10 are 200 pixels, more than the 199 allowed. Raise pixelLimit to read it, or make it smaller.',
    );
    expect((await decodeImage(png, { pixelLimit: 200 })).width).toBe(20);
    expect((await decodeImage(png, { pixelLimit: Number.POSITIVE_INFINITY })).width).toBe(20);
  });

  it('reports any damage as FormatError', async () => {
    const sources = [fixture('JPEG 4:2:0'), fixture('WebP, lossless'), fixture('TIFF, LZW'), fixture('PNG, 1 bit')];
    const damage = fc.record({
      source: fc.constantFrom(...sources),
      places: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ source, places }) => {
        const bytes = source.slice();
        for (const [place, value] of places) bytes[place % bytes.length] = value;
        await decodeImage(bytes, { pixelLimit: 100_000 }).catch((error) => expect(error).toBeInstanceOf(FormatError));
      }),
      { numRuns: 150 },
    );
  });
});

describe('encodeImage', () => {
  it('keeps every pixel in PNG', async () => {
    const source = drawn(23, 11);
    expect(await decodeImage(await encodeImage(source, 'png'))).toEqual(source);
  });

  it('keeps smooth images closely in JPEG', async () => {
    const smooth = image(
      32,
      32,
      Uint8Array.from({ length: 3072 }, (_, i) => Math.floor(i / 3 / 32) * 8),
    );
    expect(worstDifference(await decodeImage(await encodeImage(smooth, 'jpeg')), smooth)).toBeLessThan(6);
  });
});
