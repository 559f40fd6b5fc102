import { describe, expect, it } from 'vitest';
import type { Color } from '../image/image.ts';
import { LABEL_SETS } from './sets/label-sets.ts';
import { distinctPalette, paletteFor, vocPalette } from './palette.ts';

describe('vocPalette', () => {
  it('begins and ends as PASCAL VOC’s color map', () => {
    const colors = vocPalette(256);
    expect(colors.slice(0, 21).join(' ')).toBe(
      '0,0,0 128,0,0 0,128,0 128,128,0 0,0,128 128,0,128 0,128,128 128,128,128 64,0,0 192,0,0 64,128,0 192,128,0 ' +
        '64,0,128 192,0,128 64,128,128 192,128,128 0,64,0 128,64,0 0,192,0 128,192,0 0,64,128',
    );
    expect(colors[255]).toEqual([224, 224, 192]);
    expect(new Set(colors.map(String)).size).toBe(256);
  });
});

describe('distinctPalette', () => {
  it('gives each of 150 classes its own color, none of them black, white or gray', () => {
    const colors = distinctPalette(150);
    expect(new Set(colors.map(String)).size).toBe(150);
    for (const color of colors) expect(Math.max(...color) - Math.min(...color)).toBeGreaterThan(40);
  });

  it('gives each of 255 classes its own color', () => {
    const colors = distinctPalette(255);
    expect(new Set(colors.map(String)).size).toBe(255);
    for (const color of colors) expect(Math.max(...color) - Math.min(...color)).toBeGreaterThan(40);
  });

  it('keeps the colors of few classes when there are more', () => {
    expect(distinctPalette(200).slice(0, 12)).toEqual(distinctPalette(12));
  });

  it('keeps the first colors far apart in RGB: twelve by 60, twenty by 40', () => {
    const closest = (colors: readonly Color[]) =>
      Math.min(
        ...colors.flatMap((a, i) => colors.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))),
      );
    expect(closest(distinctPalette(12))).toBeGreaterThan(60);
    expect(closest(distinctPalette(20))).toBeGreaterThan(40);
  });

  it('has a color for any number of classes', () => {
    expect(distinctPalette(0)).toEqual([]);
    expect(distinctPalette(3000)).toHaveLength(3000);
  });
});

describe('paletteFor', () => {
  it('is black for a background only, the first of several', () => {
    const [blue, orange, third, fourth] = distinctPalette(4);
    expect(paletteFor(['Background', 'cat', 'dog'])).toEqual([[0, 0, 0], blue, orange]);
    expect(paletteFor(['cat', 'unlabelled', 'other', 'dog', 'Background'])).toEqual([
      blue,
      [0, 0, 0],
      third,
      orange,
      fourth,
    ]);
    expect(paletteFor(['cat', 'dog'])).toEqual([blue, orange]);
  });
});

describe('LABEL_SETS', () => {
  it('has the classes of each data set', () => {
    const counts = Object.entries(LABEL_SETS).map(([name, { classes }]) => [name, classes.length]);
    expect(Object.fromEntries(counts)).toEqual({
      voc: 21,
      cityscapes: 19,
      camvid: 11,
      'person-part': 7,
      nyudv2: 40,
      'pascal-context': 60,
    });
  });

  for (const [key, { name, classes }] of Object.entries(LABEL_SETS)) {
    it(`names and colors every class of ${key} once`, () => {
      expect(name).toBe(key);
      expect(new Set(classes.map((each) => each.name)).size).toBe(classes.length);
      expect(new Set(classes.map((each) => String(each.color))).size).toBe(classes.length);
      for (const { name: className, color } of classes) {
        expect(className).toMatch(/^\S.*\S$/);
        expect(color.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
      }
    });
  }

  it('has them in their order', () => {
    const at = (set: keyof typeof LABEL_SETS, id: number) => LABEL_SETS[set].classes[id];
    expect(at('voc', 15)).toEqual({ name: 'person', color: [192, 128, 128] });
    expect(at('cityscapes', 18)).toEqual({ name: 'bicycle', color: [119, 11, 32] });
    expect(at('camvid', 3)).toEqual({ name: 'road', color: [128, 64, 128] });
    expect(at('person-part', 6)).toEqual({ name: 'Lower Legs', color: [0, 128, 128] });
    expect(at('nyudv2', 0)).toEqual({ name: 'wall', color: [128, 0, 0] });
    expect(at('nyudv2', 39)?.name).toBe('otherprop');
    expect(at('pascal-context', 11)?.name).toBe('table');
    expect(at('pascal-context', 21)?.name).toBe('bag');
    expect(at('pascal-context', 59)?.name).toBe('wood');
  });
});
