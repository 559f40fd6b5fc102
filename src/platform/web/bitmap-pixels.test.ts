import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeImage } from './decode-image.ts';
import { readMask } from './training/read-mask.ts';

/** A pixel of the bitmaps here: each is another one. */
const pixelAt = (x: number, y: number): readonly number[] => [x % 251, y % 241, (x * y) % 239, 255];

/** Sides and pixels that the canvas of some browsers can have; a larger one gives zeros. */
const MOST_SIDE = 16_384;
const MOST_PIXELS = 4096 * 4096;

class CanvasOfABrowser {
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  getContext() {
    let [left, top] = [0, 0];
    return {
      clearRect: () => {},
      drawImage: (_: unknown, ...[x, y]: readonly number[]) => {
        // A picture that is drawn at a place below zero shows what is beyond it.
        [left, top] = [-(x as number), -(y as number)];
      },
      getImageData: (_: number, __: number, width: number, height: number) => {
        const data = new Uint8ClampedArray(4 * width * height);
        const fits = Math.max(this.width, this.height) <= MOST_SIDE && this.width * this.height <= MOST_PIXELS;
        for (let at = 0; fits && at < width * height; at++) {
          data.set(pixelAt(left + (at % width), top + Math.floor(at / width)), 4 * at);
        }
        return { width, height, data };
      },
    };
  }
}

const bitmapOf = (width: number, height: number) => ({ width, height, close: vi.fn() });

beforeEach(() => vi.stubGlobal('OffscreenCanvas', CanvasOfABrowser));
afterEach(() => vi.unstubAllGlobals());

describe('a bitmap', () => {
  test.each([
    ['of usual size', 5, 3],
    ['wider than a canvas can be', 20_000, 3],
    ['higher than a canvas can be', 3, 20_000],
  ])('%s has all its pixels', async (_, width, height) => {
    const bitmap = bitmapOf(width, height);
    const { data } = await decodeImage({ kind: 'bitmap', bitmap: bitmap as never });
    expect(data.length).toBe(3 * width * height);
    let wrong = 0;
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++) for (const value of pixelAt(x, y).slice(0, 3)) if (data[at++] !== value) wrong++;
    }
    expect(wrong).toBe(0);
    expect(bitmap.close).toHaveBeenCalledOnce();
  });

  test('that is a mask has all its pixels, too', async () => {
    const classes = Array.from({ length: 3 }, (_, y) => ({ name: `${y}`, color: [0, y, 0] as const }));
    const width = 20_000;
    const { data } = await readMask(
      { kind: 'bitmap', bitmap: bitmapOf(width, 3) as never },
      { classes, otherColors: 'ignore', name: 'mask.png' },
    );
    // The first pixel of every row has a class's color.
    expect([0, 1, 2].map((y) => data[y * width])).toEqual([0, 1, 2]);
  });

  test('of more pixels than an image may have is refused with its size, and freed', async () => {
    const message = 'The image: 23000x12000 are 276000000 pixels, more than the 268402689 allowed. Make it smaller.';
    const bitmap = bitmapOf(23_000, 12_000);
    await expect(decodeImage({ kind: 'bitmap', bitmap: bitmap as never })).rejects.toThrow(message);
    expect(bitmap.close).toHaveBeenCalledOnce();
    const mask = readMask(
      { kind: 'bitmap', bitmap: bitmapOf(23_000, 12_000) as never },
      { classes: [], otherColors: 'ignore', name: 'The mask' },
    );
    await expect(mask).rejects.toThrow(message.replace('image', 'mask'));
  });
});
