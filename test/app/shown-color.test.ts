/** The colors of classes as the app shows them. */
import { describe, expect, test } from 'vitest';
import { shownColor } from '../../app/src/ui/shown-color.ts';
import { vocPalette } from '../../src/labels/palette.ts';

describe('the color of a class', () => {
  test('is its own, where it is bright enough, or black', () => {
    for (const color of [
      [0, 0, 0],
      [0, 0, 142],
      [128, 0, 0],
      [64, 0, 128],
    ] as const)
      expect(shownColor(color)).toEqual(color);
  });

  test('is a bright one of its hue, where it is almost black', () => {
    expect(shownColor([64, 0, 0])).toEqual([255, 77, 77]);
    expect(shownColor([0, 0, 70])).toEqual([77, 77, 255]);
    expect(shownColor([20, 20, 20])).toEqual([255, 255, 255]);
  });

  test('is told from every other one of the palette that most data sets have', () => {
    const shown = vocPalette(21).map(shownColor);
    for (const [at, color] of shown.entries())
      for (const other of shown.slice(at + 1))
        expect(Math.hypot(...color.map((part, channel) => part - (other[channel] as number)))).toBeGreaterThan(50);
  });
});
