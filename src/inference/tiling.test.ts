import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultOverlap, type Tiling, tileSpans } from './tiling.ts';

const CELL = 4;

const tilings = fc
  .record({
    alignment: fc.constantFrom(32, 64),
    tiles: fc.integer({ min: 2, max: 12 }),
    share: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  .map(
    ({ alignment, tiles, share }): Tiling => ({
      alignment,
      outputStride: CELL,
      tile: tiles * alignment,
      overlap: Math.floor(share * tiles) * alignment,
    }),
  );

const lengths = fc.integer({ min: 32, max: 5000 });

describe('tiles along one side', () => {
  test('have weights that sum to one in every cell, for any length', () => {
    fc.assert(
      fc.property(lengths, tilings, (length, tiling) => {
        const sums = new Float64Array(Math.ceil(length / CELL));
        for (const { start, weights } of tileSpans(length, tiling)) {
          for (const [cell, weight] of weights.entries()) {
            expect(weight).toBeGreaterThanOrEqual(0);
            sums[start / CELL + cell] = (sums[start / CELL + cell] as number) + weight;
          }
        }
        for (const sum of sums) expect(sum).toBeCloseTo(1, 6);
      }),
    );
  });

  test('begin at multiples of the alignment, overlap as asked, and end with the image', () => {
    fc.assert(
      fc.property(lengths, tilings, (length, tiling) => {
        const { tile, overlap, alignment } = tiling;
        const spans = tileSpans(length, tiling);
        for (const [index, { start, length: extent, weights }] of spans.entries()) {
          expect(start % alignment).toBe(0);
          expect(weights).toHaveLength(Math.ceil(extent / CELL));
          const next = spans[index + 1];
          if (next) {
            expect(extent).toBe(tile);
            expect(next.start).toBeGreaterThan(start);
            expect(start + tile - next.start).toBeGreaterThanOrEqual(overlap);
          } else {
            expect(start + extent).toBe(length);
            if (index > 0) expect(extent).toBeGreaterThan(tile - alignment);
          }
        }
      }),
    );
  });

  test('do not count near their own borders inside the image, in a quarter of the overlap', () => {
    const spans = tileSpans(1000, { tile: 256, overlap: 64, alignment: 32, outputStride: CELL });
    expect(spans.map(({ start, length }) => [start, length])).toEqual([
      [0, 256],
      [192, 256],
      [384, 256],
      [576, 256],
      [768, 232],
    ]);
    const margin = 64 / 4 / CELL;
    for (const [index, { weights }] of spans.entries()) {
      const [head, tail] = [weights.slice(0, margin), weights.slice(-margin)];
      expect(head.every((weight) => weight === (index === 0 ? 1 : 0))).toBe(true);
      expect(tail.every((weight) => weight === (index === spans.length - 1 ? 1 : 0))).toBe(true);
      expect(weights[weights.length / 2]).toBe(1);
    }
  });

  test('take over from each other gradually, in half of the overlap', () => {
    for (const { weights } of tileSpans(1000, { tile: 256, overlap: 64, alignment: 32, outputStride: CELL })) {
      const steps = [...weights.slice(1)].map((weight, cell) => Math.abs(weight - (weights[cell] as number)));
      expect(Math.max(...steps)).toBeCloseTo(CELL / 32, 6);
    }
  });

  test('are cut where they meet only if they share nothing', () => {
    const spans = (length: number) => tileSpans(length, { tile: 256, overlap: 0, alignment: 32, outputStride: CELL });
    const [first, second] = spans(512);
    expect([first?.weights.at(-1), second?.weights[0]]).toEqual([1, 1]);
    // Here they share 96 pixels, as the second one ends with the image.
    const [left, right] = spans(416);
    expect([left?.weights.at(-1), right?.start, right?.weights[0], right?.weights[12]]).toEqual([
      0,
      160,
      0,
      Math.fround(0.5 + 1 / 24),
    ]);
  });

  test('are one where the image fits', () => {
    for (const length of [33, 255, 256]) {
      const spans = tileSpans(length, { tile: 256, overlap: 64, alignment: 32, outputStride: CELL });
      expect(spans.map(({ start, length }) => [start, length])).toEqual([[0, length]]);
      expect(spans[0]?.weights.every((weight) => weight === 1)).toBe(true);
    }
  });

  test('share 64 pixels, or the next multiple of the alignment that their size allows, where that is not said', () => {
    for (const [alignment, tile, overlap] of [
      [32, 512, 64],
      [32, 96, 64],
      [32, 64, 32],
      [64, 128, 64],
      [96, 192, 96],
      [128, 256, 128],
    ] as const) {
      expect(defaultOverlap({ tile, alignment }), `${tile} of ${alignment}`).toBe(overlap);
      expect(() => tileSpans(1000, { tile, overlap, alignment, outputStride: CELL })).not.toThrow();
    }
  });

  test('refuse sizes that do not fit, all at once', () => {
    const spans = (tile: number, overlap: number) => () =>
      tileSpans(1000, { tile, overlap, alignment: 32, outputStride: CELL });
    expect(spans(500, 512)).toThrow(
      'Tiles do not fit: the tile is 500, but must be a multiple of 32 of at least 64, such as 480 or 512; ' +
        "the overlap (512) must be smaller than the tile (500). All are pixels of the network's input.",
    );
    expect(spans(32, 0)).toThrow('the tile is 32, but must be a multiple of 32 of at least 64, such as 64.');
    expect(spans(256, 256)).toThrow('the overlap (256) must be smaller than the tile (256)');
    expect(spans(256, 50)).toThrow('the overlap is 50, but must be 0 or a multiple of 32');
    expect(spans(256, -32)).toThrow('the overlap is -32, but must be 0 or a multiple of 32');
    expect(spans(Number.NaN, 0)).toThrow('the tile is NaN');
  });
});
