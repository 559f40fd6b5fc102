import { describe, expect, test } from 'vitest';
import type { Image } from '../image/image.ts';
import { ConfusionMatrix } from './confusion.ts';
import { confusionImage } from './confusion-image.ts';

const at = ({ width, data }: Image, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

function matrixOf(classes: number, labels: readonly number[], predictions: readonly number[]): ConfusionMatrix {
  const matrix = new ConfusionMatrix(classes);
  matrix.add(labels, predictions);
  return matrix;
}

describe('the image of a confusion matrix', () => {
  test('shades cells by their share of the row, and grays rows without a pixel', () => {
    const image = confusionImage(matrixOf(3, [0, 1, 1], [0, 0, 1]), ['a', 'b', 'c']);
    // The grid is at the right margin's left and the bottom margin's top; cells are 50 pixels.
    const [right, bottom] = [image.width - 20, image.height - 20];
    const narrow = confusionImage(matrixOf(3, [0, 1, 1], [0, 0, 1]), ['a'.repeat(60), 'b', 'c']);
    expect(narrow.width).toBeGreaterThan(image.width - 400);
    const left = 20 + 12 + Math.ceil(9);
    const corner = (row: number, column: number) => at(image, left + column * 50 + 6, bottom - (3 - row) * 50 + 2);
    expect(right).toBeGreaterThan(left + 150);
    expect(corner(0, 0)).toEqual([8, 48, 107]);
    expect(corner(0, 1)).toEqual([247, 250, 253]);
    expect(corner(1, 0)).toEqual([107, 174, 214]);
    expect(corner(1, 1)).toEqual([107, 174, 214]);
    expect(corner(2, 2)).toEqual([228, 228, 228]);
  });

  test('shrinks its cells for many classes', () => {
    const names = Array.from({ length: 150 }, (_, id) => `class ${id}`);
    const { width, height } = confusionImage(new ConfusionMatrix(150), names);
    expect(Math.max(width, height)).toBeLessThan(2700);
  });
});
