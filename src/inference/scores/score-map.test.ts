import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Image, image } from '../../image/image.ts';
import { float32 } from '../../tensor/tensor.ts';
import { type RunNetwork, ScoreMap } from './score-map.ts';
import { type Tiling, tileSpans } from '../tiling.ts';

const CLASSES = 2;

/** Stands for a network whose cells see only themselves: red and green of the middle of each cell. */
const local: RunNetwork = async ({ width, height, data }) => {
  const [rows, columns] = [Math.ceil(height / 4), Math.ceil(width / 4)];
  const logits = new Float32Array(CLASSES * rows * columns);
  for (const [at] of logits.entries()) {
    const [id, y, x] = [Math.floor(at / rows / columns), Math.floor(at / columns) % rows, at % columns];
    // Of the two pixels beside the middle the larger one, so that mirroring changes nothing.
    const pixel = (offset: number) => data[(4 * y * width + 4 * x + offset) * 3 + id] ?? 0;
    logits[at] = Math.max(pixel(1), pixel(2));
  }
  return float32([1, CLASSES, rows, columns], logits);
};

const drawnImage = (width: number, height: number): Image =>
  image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * at * 7) % 251),
  );

function scoreMap(source: Image, tiling: Tiling, { flip = false, run = local } = {}): ScoreMap {
  const [rows, columns] = [tileSpans(source.height, tiling), tileSpans(source.width, tiling)];
  return new ScoreMap({ image: source, classes: CLASSES, outputStride: 4, rows, columns, flip, run });
}

const tiling: Tiling = { tile: 96, overlap: 32, alignment: 32, outputStride: 4 };

describe('a score map', () => {
  test('joined from tiles, mirrored or not, equals that of the whole image', async () => {
    const sides = fc.integer({ min: 16, max: 90 }).map((cells) => 4 * cells);
    await fc.assert(
      fc.asyncProperty(sides, sides, fc.boolean(), async (width, height, flip) => {
        const source = drawnImage(width, height);
        const map = scoreMap(source, tiling, { flip });
        await map.advance(map.height, () => {});
        const joined = map.block({ start: 0, end: map.height }, { start: 0, end: map.width });
        const whole = await local(source);
        expect(joined.shape).toEqual(whole.shape.slice(1));
        for (const [at, value] of joined.data.entries()) expect(value).toBeCloseTo(whole.data[at] as number, 3);
      }),
      { numRuns: 20 },
    );
  });

  test('covers the last, cut off cells of sides that are no multiples of 4', async () => {
    const map = scoreMap(drawnImage(131, 258), tiling);
    await map.advance(map.height, () => {});
    const { shape, data } = map.block({ start: 0, end: map.height }, { start: 0, end: map.width });
    expect(shape).toEqual([CLASSES, 65, 33]);
    expect(data.every(Number.isFinite)).toBe(true);
  });

  test('computes only as many rows of tiles as are asked for, and gives the same after rows were released', async () => {
    const source = drawnImage(200, 400);
    const [all, some] = [scoreMap(source, tiling), scoreMap(source, tiling)];
    await all.advance(all.height, () => {});
    let runs = 0;
    for (let start = 0; start < some.height; start += 10) {
      const rows = { start, end: Math.min(start + 10, some.height) };
      some.release(start);
      await some.advance(rows.end, (more) => {
        runs += more;
      });
      if (start === 0) expect(runs).toBe(3);
      expect(some.block(rows, { start: 3, end: 40 })).toEqual(all.block(rows, { start: 3, end: 40 }));
    }
    expect(runs).toBe(some.runs);
    expect(some.runs).toBe(3 * 6);
  });

  test('lets rows be released that no tile has reached yet', async () => {
    const apart: Tiling = { ...tiling, overlap: 0 };
    const source = drawnImage(96, 288);
    const [all, some] = [scoreMap(source, apart), scoreMap(source, apart)];
    await all.advance(all.height, () => {});
    await some.advance(24, () => {});
    some.release(25);
    await some.advance(some.height, () => {});
    const rest = [
      { start: 25, end: some.height },
      { start: 0, end: some.width },
    ] as const;
    expect(some.block(...rest)).toEqual(all.block(...rest));
  });

  test('calls before each run, so that the caller can end the work there', async () => {
    let runs = 0;
    const run: RunNetwork = (tile) => {
      runs++;
      return local(tile);
    };
    const map = scoreMap(drawnImage(400, 400), tiling, { run });
    const stop = (): void => {
      if (runs === 2) throw new Error('enough');
    };
    await expect(map.advance(map.height, stop)).rejects.toThrow('enough');
    expect(runs).toBe(2);
  });

  test('refuses a network that gives another size', async () => {
    const run: RunNetwork = async () => float32([1, 2, 3, 3], new Float32Array(18));
    await expect(scoreMap(drawnImage(64, 64), tiling, { run }).advance(1, () => {})).rejects.toThrow(
      'The network gave 1 x 2 x 3 x 3 numbers for a tile of 64 x 64 pixels, not 2 x 16 x 16.',
    );
  });
});
