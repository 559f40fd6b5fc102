import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawn, maskOf, randomLabels } from '../../../test/support/drawn/labels.ts';
import { labelMap } from '../label-map.ts';
import { componentsOf } from './components.ts';
import { regionsOf } from './regions.ts';
import { compressRunLengths, decodeRunLengths, decompressRunLengths, runLengthsOf } from './run-lengths.ts';

interface Case {
  readonly name: string;
  readonly size: readonly [number, number];
  readonly mask: readonly string[] | { readonly columns: number };
  readonly counts: string;
  readonly runs: readonly number[];
  readonly area: number;
  readonly bbox: readonly number[];
}

const CASES = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/outputs/coco-rle.json', import.meta.url), 'utf8'),
) as readonly Case[];

const everything = (by: 'class' | 'component') => ({ by, isWanted: () => true, minimumPixels: 1 });

describe("pycocotools' masks", () => {
  test.each(CASES)(
    'are what is written, and are read: $name',
    ({ size: [height, width], mask, counts, runs, area, bbox }) => {
      const labels = 'columns' in mask ? labelMap(width, height, new Uint8Array(mask.columns).fill(1)) : drawn(...mask);
      const components = componentsOf(labels);
      const region = regionsOf(components, { ...everything('class'), isWanted: (label) => label === 1 });
      if (area === 0) expect(region).toEqual([]);
      else {
        expect(runLengthsOf(components, region)).toEqual([runs]);
        const [x, y, w, h] = bbox;
        expect(region).toMatchObject([{ pixels: area, box: { x, y, width: w, height: h } }]);
      }
      expect(compressRunLengths(runs)).toBe(counts);
      expect(decompressRunLengths(counts)).toEqual(runs);
      expect(Buffer.compare(decodeRunLengths({ size: [height, width], counts }), maskOf(labels, 1))).toBe(0);
    },
  );
});

describe('run lengths', () => {
  test.each(['class', 'component'] as const)('give back the mask of every %s, as text and as numbers', (by) => {
    fc.assert(
      fc.property(randomLabels(), (labels) => {
        const { width, height } = labels;
        const components = componentsOf(labels);
        const regions = regionsOf(components, everything(by));
        const together = new Uint8Array(width * height);
        for (const [index, counts] of runLengthsOf(components, regions).entries()) {
          const mask = decodeRunLengths({ size: [height, width], counts });
          expect(decodeRunLengths({ size: [height, width], counts: compressRunLengths(counts) })).toEqual(mask);
          if (by === 'class') expect(mask).toEqual(maskOf(labels, regions[index]?.label as number));
          for (const [pixel, value] of mask.entries()) together[pixel] = (together[pixel] as number) + value;
        }
        expect(together).toEqual(new Uint8Array(width * height).fill(1));
      }),
    );
  });

  test('are compressed without loss whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 })), (counts) => {
        expect(decompressRunLengths(compressRunLengths(counts))).toEqual(counts);
      }),
    );
  });

  test('may be a hundred thousand', () => {
    const counts = Array.from({ length: 100_000 }, (_, index) => (index * index) % 9973);
    expect(decompressRunLengths(compressRunLengths(counts))).toEqual(counts);
  });
});

describe('damaged run lengths', () => {
  test.each([
    [
      '0 ',
      `COCO run lengths: character 1 is " ", but '0' to 'o' are used. Pass the \`counts\` of a compressed mask, decoded from JSON.`,
    ],
    ['0ooo', 'COCO run lengths: the text breaks off within a number. Copy it anew, whole.'],
    ['O', 'COCO run lengths: run 0, ending at character 0, is -1. The text is damaged; copy it anew.'],
    [
      'oooooooo1',
      'COCO run lengths: run 0, ending at character 6, is longer than 35 bits. The text is damaged; copy it anew.',
    ],
    ['ooooooO', 'COCO run lengths: run 0, ending at character 6, is -1. The text is damaged; copy it anew.'],
  ])('are refused: %s', (text, message) => {
    expect(() => decompressRunLengths(text)).toThrow(message);
  });

  const size = [2, 3] as const;
  test.each([
    [
      { size, counts: [1, 2] },
      'A COCO mask: the runs add up to 3 pixels, but 2 x 3 are 6. The size is [height, width]; the mask and it do not belong together.',
    ],
    [
      { size, counts: [7, -1] },
      'A COCO mask: run 1 is -1, but lengths are whole numbers from 0 on. The mask is damaged.',
    ],
    [
      { size, counts: [5.5, 0.5] },
      'A COCO mask: run 0 is 5.5, but lengths are whole numbers from 0 on. The mask is damaged.',
    ],
    [
      { size: [1e6, 1e6] as const, counts: [1e12] },
      'A COCO mask: the size [1000000,1000000] is not [height, width] with at most 268402689 pixels. Correct it, or raise pixelLimit.',
    ],
    [
      { size: [0, 3] as const, counts: [0] },
      'A COCO mask: the size [0,3] is not [height, width] with at most 268402689 pixels. Correct it, or raise pixelLimit.',
    ],
    [
      { size, counts: { length: 1e9 } as unknown as number[] },
      'A COCO mask: the counts are neither a text nor a list of run lengths. The mask is damaged.',
    ],
    [
      { counts: [0] } as unknown as { size: [number, number]; counts: number[] },
      'A COCO mask: the size undefined is not [height, width] with at most 268402689 pixels. Correct it, or raise pixelLimit.',
    ],
  ])('make no mask: %j', (mask, message) => {
    expect(() => decodeRunLengths(mask)).toThrow(message);
  });

  test('never give more than they say or anything but a message', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 48, max: 111 }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          try {
            expect(decompressRunLengths(text).every((count) => count >= 0)).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({ name: 'FormatError' });
          }
        },
      ),
    );
  });
});
