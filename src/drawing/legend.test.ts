import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Color, type Image, image } from '../image/image.ts';
import { type LegendEntry, withLegend } from './legend.ts';
import { glyphOf } from './glyphs.ts';
import { CAP_HEIGHT, type Canvas, drawText, fitText, measureText } from './text.ts';

const white = (width: number, height: number): Canvas => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(255),
});

/** The rows and columns that ink touches: [left, top, right, bottom], the last two exclusive. */
function inkBox({ width, data }: Canvas): readonly number[] {
  const inked = [...data.filter((_, i) => i % 3 === 0)].flatMap((value, i) => (value < 250 ? [i] : []));
  const columns = inked.map((i) => i % width);
  const rows = inked.map((i) => Math.floor(i / width));
  return [Math.min(...columns), Math.min(...rows), Math.max(...columns) + 1, Math.max(...rows) + 1];
}

describe('measureText', () => {
  it('agrees with the typeface’s advance widths', () => {
    // Of 2048 units to the em, from FreeType, without kerning.
    const widths = { 'Hello, World': 12482, sidewalk: 8881, Straße: 6750, iiii: 2276, MMMM: 7068 };
    for (const [text, units] of Object.entries(widths)) {
      expect(Math.abs(measureText(text, 2048) / units - 1)).toBeLessThan(5e-4);
    }
  });

  it('counts a letter and its accent as one, typed together or apart', () => {
    expect(measureText('e\u0301', 20)).toBe(measureText('e', 20));
    expect(measureText('\u00e9', 20)).toBe(measureText('e', 20));
  });
});

describe('fitText', () => {
  it('shortens with three dots only what is too wide', () => {
    expect(fitText('short', 11, 100)).toBe('short');
    const fitted = fitText('a very long name of a class', 11, 80);
    expect(fitted).toMatch(/^a very .*\.\.\.$/);
    expect(measureText(fitted, 11)).toBeLessThanOrEqual(80);
  });
});

describe('drawText', () => {
  it('has a glyph for every printable character of Latin-1', () => {
    for (const code of [...Array(95).keys()].map((i) => i + 0x20)) expect(glyphOf(code)).toBeDefined();
    for (const code of [...Array(96).keys()].map((i) => i + 0xa0)) expect(glyphOf(code)).toBeDefined();
    expect(glyphOf(0x65e5)).toBeUndefined();
  });

  it('stands capitals on the baseline, on whole pixels at sizes of whole steps', () => {
    for (const size of [11, 22, 66]) {
      const canvas = white(80, 80);
      drawText(canvas, 'H', 5, 60, size, [0, 0, 0]);
      const [, top, , bottom] = inkBox(canvas);
      expect([top, bottom]).toEqual([60 - CAP_HEIGHT * size, 60]);
    }
  });

  it('lets descenders hang below the baseline', () => {
    const canvas = white(40, 40);
    drawText(canvas, 'g', 5, 20, 22, [0, 0, 0]);
    expect(inkBox(canvas)[3]).toBeGreaterThan(23);
  });

  it('puts the same ink on paper wherever the pen stands between pixels', () => {
    const ink = (x: number) => {
      const canvas = white(60, 30);
      drawText(canvas, 'abc', x, 20, 16.5, [0, 0, 0]);
      return canvas.data.reduce((sum, value) => sum + 255 - value, 0);
    };
    for (const x of [5.25, 5.5, 5.9]) expect(Math.abs(ink(x) / ink(5) - 1)).toBeLessThan(0.01);
  });

  it('smooths edges', () => {
    const canvas = white(30, 30);
    drawText(canvas, 'O', 5, 20, 11, [0, 0, 0]);
    expect(new Set(canvas.data).size).toBeGreaterThan(10);
  });

  it('draws a hollow box for characters beyond Latin-1', () => {
    const canvas = white(30, 30);
    drawText(canvas, '日', 5, 25, 22, [0, 0, 0]);
    const [left, top, right, bottom] = inkBox(canvas) as [number, number, number, number];
    expect(bottom - top).toBe(16);
    const middle = Math.round((top + bottom) / 2) * 30 + Math.round((left + right) / 2);
    expect(canvas.data[middle * 3]).toBe(255);
  });

  it('does not let text that runs over the right edge come in again at the left', () => {
    const canvas = white(40, 30);
    drawText(canvas, 'MMM', 20, 20, 16.5, [0, 0, 0]);
    expect(inkBox(canvas)[0]).toBeGreaterThanOrEqual(20);
  });

  it('cuts off what is outside the canvas', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -50, max: 50 }),
        fc.string({ unit: 'grapheme' }),
        (x, y, text) => {
          const canvas = white(20, 10);
          drawText(canvas, text, x, y, 11, [0, 0, 0]);
          expect(canvas.data).toHaveLength(600);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('withLegend', () => {
  const drawnImage = (width: number, height: number) =>
    image(
      width,
      height,
      new Uint8Array(width * height * 3).map((_, i) => (i * 7) % 251),
    );
  const entries: readonly LegendEntry[] = [
    { label: 'rare', color: [1, 200, 3], fraction: 0.1 },
    { label: 'absent', color: [9, 9, 200], fraction: 0 },
    { label: 'frequent', color: [200, 2, 1], fraction: 0.9 },
  ];

  /** Where a color first appears in reading order, outside the image. */
  function find(result: Image, source: Image, color: Color): readonly [x: number, y: number] | undefined {
    for (let y = 0; y < result.height; y++) {
      for (let x = y < source.height ? source.width : 0; x < result.width; x++) {
        const at = (y * result.width + x) * 3;
        if (color.every((value, channel) => result.data[at + channel] === value)) return [x, y];
      }
    }
    return undefined;
  }

  for (const [width, height] of [
    [64, 64],
    [64, 3],
    [1, 1],
    [480, 360],
    [360, 480],
    [1500, 300],
    [200, 1000],
  ] as const) {
    it(`keeps an image of ${width}x${height} unchanged at the top left and names the present classes beside it`, () => {
      const source = drawnImage(width, height);
      const result = withLegend(source, entries);
      for (let y = 0; y < height; y++) {
        const row = result.data.subarray(y * result.width * 3, (y * result.width + width) * 3);
        expect(Buffer.compare(row, source.data.subarray(y * width * 3, (y + 1) * width * 3))).toBe(0);
      }
      expect(find(result, source, [200, 2, 1])).toBeDefined();
      expect(find(result, source, [1, 200, 3])).toBeDefined();
      expect(find(result, source, [9, 9, 200])).toBeUndefined();
    });
  }

  it('stands below a wide image and beside a high or tiny one', () => {
    expect(withLegend(drawnImage(480, 360), entries).width).toBe(480);
    expect(withLegend(drawnImage(360, 480), entries).height).toBe(480);
    expect(withLegend(drawnImage(64, 48), entries).width).toBeGreaterThan(150);
  });

  it('begins with the most frequent class', () => {
    const source = drawnImage(200, 600);
    const result = withLegend(source, entries);
    const [, frequent] = find(result, source, [200, 2, 1]) ?? [0, Number.NaN];
    const [, rare] = find(result, source, [1, 200, 3]) ?? [0, Number.NaN];
    expect(frequent).toBeLessThan(rare);
  });

  it('wraps many entries into columns, all of them visible', () => {
    const source = drawnImage(500, 700);
    const many = Array.from({ length: 150 }, (_, i) => ({ label: `class ${i}`, color: [i, 255 - i, 77] as Color }));
    const result = withLegend(source, many);
    expect(result.height).toBe(700);
    for (const { color } of many) expect(find(result, source, color)).toBeDefined();
  });

  it('writes larger on larger images', () => {
    const panel = (width: number) =>
      withLegend(image(width, width, new Uint8Array(width * width * 3)), entries).height - width;
    expect(panel(1500)).toBeGreaterThan(1.5 * panel(500));
  });

  it('returns the image itself if nothing is present', () => {
    const source = drawnImage(64, 64);
    expect(withLegend(source, [{ label: 'absent', color: [0, 0, 0], fraction: 0 }])).toBe(source);
  });
});
