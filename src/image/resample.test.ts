import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { type Image, image } from './image.ts';
import { labelMap } from './label-map.ts';
import { type ResampleFilter, resizeImage, resizeLabelMap } from './resample.ts';

interface Case {
  readonly pattern: keyof typeof PATTERNS;
  readonly filter: ResampleFilter;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly base64?: string;
  readonly sha256?: string;
}

const PATTERNS = {
  noise: (x: number, y: number, c: number) => (x * 37 + y * 101 + c * 59 + x * y * 13 + x * x * 7) % 256,
  edges: (x: number, y: number, c: number) => ((x * 5 + y * 3 + c + Math.floor((x * y) / 3)) % 7 < 3 ? 255 : 0),
};

function drawn(pattern: keyof typeof PATTERNS, width: number, height: number): Image {
  const at = PATTERNS[pattern];
  const value = (_: unknown, i: number) => at(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3);
  return image(width, height, Uint8Array.from({ length: width * height * 3 }, value));
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/image/resample.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

describe('resizeImage', () => {
  it('has fixtures of all filters', () => {
    expect(new Set(cases.map(({ filter }) => filter))).toEqual(new Set(['nearest', 'bilinear', 'bicubic']));
    expect(cases.length).toBeGreaterThan(100);
  });

  for (const { pattern, filter, from, to, base64, sha256 } of cases) {
    it(`equals Pillow to the bit: ${pattern} ${from.join('x')} to ${to.join('x')}, ${filter}`, () => {
      const result = resizeImage(drawn(pattern, ...from), ...to, filter);
      expect([result.width, result.height]).toEqual(to);
      if (sha256 !== undefined) expect(createHash('sha256').update(result.data).digest('hex')).toBe(sha256);
      else expect([...result.data]).toEqual([...Buffer.from(base64 as string, 'base64')]);
    });
  }

  it('returns an image that has the size already as it is', () => {
    const source = drawn('noise', 5, 4);
    expect(resizeImage(source, 5, 4, 'bicubic')).toBe(source);
  });

  it('leaves an image of one color in that color', () => {
    const sides = fc.integer({ min: 1, max: 40 });
    const filters = fc.constantFrom<ResampleFilter>('nearest', 'bilinear', 'bicubic');
    fc.assert(
      fc.property(sides, sides, sides, sides, filters, fc.nat(255), (w, h, width, height, filter, value) => {
        const { data } = resizeImage(image(w, h, new Uint8Array(w * h * 3).fill(value)), width, height, filter);
        expect(data.every((byte) => byte === value)).toBe(true);
      }),
    );
  });

  it('refuses sizes that are no images', () => {
    expect(() => resizeImage(drawn('noise', 2, 2), 0, 2, 'bilinear')).toThrow(
      new ShapeError('Resizing needs whole numbers of at least 1 as width and height, but got 0x2.'),
    );
    expect(() => resizeImage(drawn('noise', 2, 2), 2, 1.5, 'nearest')).toThrow(ShapeError);
  });
});

describe('resizeLabelMap', () => {
  it('takes the same pixels as the nearest filter does in images', () => {
    for (const { pattern, filter, from, to, base64 } of cases) {
      if (filter !== 'nearest' || base64 === undefined) continue;
      const source = drawn(pattern, ...from);
      const red = source.data.filter((_, i) => i % 3 === 0);
      const expected = [...Buffer.from(base64, 'base64').filter((_, i) => i % 3 === 0)];
      expect([...resizeLabelMap(labelMap(...from, red), ...to).data]).toEqual(expected);
    }
  });

  it('keeps 16-bit class ids', () => {
    const { data } = resizeLabelMap(labelMap(2, 1, Uint16Array.of(300, 65535)), 4, 1);
    expect(data).toEqual(Uint16Array.of(300, 300, 65535, 65535));
  });
});
