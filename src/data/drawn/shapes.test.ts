import { describe, expect, test } from 'vitest';
import { countLabels } from '../../image/label-map.ts';
import type { LabeledImage } from '../sample.ts';
import { drawShapes, SHAPE_CLASSES, SHAPES_SIZE } from './shapes.ts';

const many = Array.from({ length: 60 }, (_, index) => drawShapes(1, ['test', index], 64));

/** The mean color of a class's pixels. */
function meanColor({ image, labels }: LabeledImage, id: number): readonly number[] {
  const sums = [0, 0, 0];
  let pixels = 0;
  for (const [pixel, label] of labels.data.entries()) {
    if (label !== id) continue;
    pixels++;
    for (let channel = 0; channel < 3; channel++) {
      sums[channel] = (sums[channel] as number) + (image.data[pixel * 3 + channel] as number);
    }
  }
  return sums.map((sum) => sum / pixels);
}

describe('drawn shapes', () => {
  test('are the same for the same seed and key, and others for another', () => {
    const first = drawShapes(7, ['train', 3]);
    expect(drawShapes(7, ['train', 3])).toEqual(first);
    for (const other of [drawShapes(8, ['train', 3]), drawShapes(7, ['train', 4]), drawShapes(7, ['test', 3])]) {
      expect(other.image.data).not.toEqual(first.image.data);
    }
  });

  test('fill an image of the size asked for, 96 pixels if none is', () => {
    expect(drawShapes(0, []).image).toMatchObject({ width: SHAPES_SIZE, height: SHAPES_SIZE });
    expect(drawShapes(0, [], 128).labels).toMatchObject({ width: 128, height: 128 });
  });

  test('are there in every image, on a ground that is larger', () => {
    for (const { labels } of many) {
      const [ground, ...shapes] = countLabels(labels, SHAPE_CLASSES.length) as [number, ...number[]];
      const drawn = shapes.reduce((sum, pixels) => sum + pixels, 0);
      expect(ground + drawn).toBe(64 * 64);
      expect(drawn).toBeGreaterThan(0.05 * 64 * 64);
      expect(ground).toBeGreaterThan(0.3 * 64 * 64);
    }
  });

  test('are of every class about as often', () => {
    const seen = SHAPE_CLASSES.map((_, id) => many.filter(({ labels }) => labels.data.includes(id)).length);
    expect(seen[0]).toBe(many.length);
    for (const count of seen.slice(1)) expect(count).toBeGreaterThan(many.length / 3);
  });

  test('differ in color from the ground they lie on', () => {
    for (const drawn of many) {
      const ground = meanColor(drawn, 0);
      const present = SHAPE_CLASSES.flatMap((_, id) => (id > 0 && drawn.labels.data.includes(id) ? [id] : []));
      // Several of a class are averaged, so that one class may come close; all of them do not.
      const distances = present.map((id) =>
        Math.hypot(...meanColor(drawn, id).map((value, channel) => value - (ground[channel] as number))),
      );
      expect(Math.max(...distances)).toBeGreaterThan(40);
    }
  });

  test.each([31, 1025, 64.5, Number.NaN])('refuse images of %d pixels a side', (size) => {
    expect(() => drawShapes(0, [], size)).toThrow(
      `Shapes are drawn in images of 32 to 1024 pixels a side, a whole number; got ${size}.`,
    );
  });
});
