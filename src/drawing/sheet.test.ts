import { describe, expect, test } from 'vitest';
import { type Color, type Image, image } from '../image/image.ts';
import { PAPER } from './canvas.ts';
import { drawSheet, fitInto } from './sheet.ts';

const RED: Color = [200, 0, 0];
const BLUE: Color = [0, 0, 200];
const filled = (width: number, height: number, color: Color): Image =>
  image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, byte) => color[byte % 3] as number),
  );
const at = ({ width, data }: Image, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
/** The first and last column and row that are not paper. */
function inkBox({ width, height, data }: Image) {
  const inked = Array.from({ length: width * height }, (_, pixel) => pixel).filter((pixel) =>
    PAPER.some((value, channel) => data[pixel * 3 + channel] !== value),
  );
  const xs = inked.map((pixel) => pixel % width);
  const ys = inked.map((pixel) => Math.floor(pixel / width));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

describe('a sheet', () => {
  const layout = { columns: 2, width: 40, gap: 10, header: 30, footer: 20, bottom: 5 };
  const rows = [
    { images: [filled(40, 10, RED), filled(20, 30, BLUE)], captions: [] },
    { images: [filled(40, 8, BLUE)], captions: [] },
  ];

  test('has its images in columns, each row as high as its highest image', () => {
    const sheet = drawSheet(layout, [], rows);
    expect([sheet.width, sheet.height]).toEqual([110, 30 + (30 + 20) + (8 + 20) + 5]);
    expect([at(sheet, 10, 30), at(sheet, 49, 39), at(sheet, 49, 40)]).toEqual([RED, RED, PAPER]);
    expect([at(sheet, 60, 30), at(sheet, 79, 59), at(sheet, 80, 59)]).toEqual([BLUE, BLUE, PAPER]);
    expect([at(sheet, 10, 79), at(sheet, 10, 80), at(sheet, 49, 87), at(sheet, 10, 88)]).toEqual([
      PAPER,
      BLUE,
      BLUE,
      PAPER,
    ]);
  });

  test('has rows of one height where that is given', () => {
    expect(drawSheet({ ...layout, rowHeight: 50 }, [], rows).height).toBe(30 + 2 * (50 + 20) + 5);
  });

  const long = { text: 'WWWWWWWWWWWWWWWWWWWWWW', size: 11, baseline: 20 };

  test('shortens a title to its column, or to the sheet', () => {
    const inColumn = inkBox(drawSheet(layout, [{ ...long, column: 1 }], []));
    expect(inColumn.left).toBeGreaterThanOrEqual(60);
    expect(inColumn.right).toBeLessThan(100);
    const overAll = inkBox(drawSheet(layout, [long], []));
    expect(overAll.left).toBeLessThan(15);
    expect(overAll.right).toBeGreaterThan(75);
    expect(overAll.right).toBeLessThan(100);
    expect(overAll.bottom).toBeLessThan(20);
  });

  test('has captions below their own images, in their own color', () => {
    const paper = (height: number) => filled(40, height, PAPER);
    const captions = [{ text: '.', size: 11, baseline: 15, column: 1, color: RED }];
    const sheet = drawSheet(layout, [], [{ images: [paper(60), paper(10)], captions }]);
    const box = inkBox(sheet);
    expect([box.bottom, box.left >= 60]).toEqual([30 + 10 + 15 - 1, true]);
    expect(at(sheet, box.left + 1, box.bottom)).not.toEqual(PAPER);
    expect(at(sheet, box.left + 1, box.bottom)[0]).toBeGreaterThan(at(sheet, box.left + 1, box.bottom)[1] as number);
  });
});

test('an image is fitted into a box in its proportions, and never vanishes', () => {
  const box = { width: 320, height: 240 };
  expect(fitInto({ width: 640, height: 240 }, box)).toEqual([320, 120]);
  expect(fitInto({ width: 30, height: 60 }, box)).toEqual([120, 240]);
  expect(fitInto({ width: 10_000, height: 1 }, box)).toEqual([320, 1]);
});
