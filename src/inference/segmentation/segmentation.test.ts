/** What a segmentation says of its classes one by one. */
import { describe, expect, test } from 'vitest';
import { image } from '../../image/image.ts';
import { labelMap } from '../../image/label-map.ts';
import { decodeRunLengths } from '../../image/regions/run-lengths.ts';
import { Segmentation } from './segmentation.ts';

const CLASSES = [
  { name: 'sky', color: [0, 0, 255] },
  { name: 'tree', color: [0, 255, 0] },
  { name: 'car', color: [255, 0, 0] },
] as const;

/** A block of tree, two pixels by two, in the sky. */
const LABELS = [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0];

const segmentation = new Segmentation(
  image(4, 3, new Uint8Array(36)),
  { labels: labelMap(4, 3, Uint8Array.from(LABELS)) },
  CLASSES,
);

describe('a segmentation', () => {
  test('gives the mask of a class by its name', () => {
    expect(segmentation.mask('tree')).toEqual({
      width: 4,
      height: 3,
      data: Uint8Array.from(LABELS, (id) => (id === 1 ? 255 : 0)),
    });
  });

  test('gives an empty mask of a class that was not found', () => {
    expect(segmentation.mask('car').data).toEqual(new Uint8Array(12));
  });

  test('says which classes there are if a name is none of them', () => {
    expect(() => segmentation.mask('dog')).toThrow('The model has no class "dog". Its classes are sky, tree, car.');
  });

  test('gives the classes found as polygons with their holes', () => {
    const [sky, tree, ...others] = segmentation.polygons();
    expect(others).toEqual([]);
    expect(sky).toMatchObject({ id: 0, label: 'sky', pixels: 8, bbox: [0, 0, 4, 3] });
    const corners = [
      [1, 1],
      [3, 1],
      [3, 3],
      [1, 3],
    ];
    expect(tree).toMatchObject({ id: 1, label: 'tree', pixels: 4, bbox: [1, 1, 2, 2] });
    expect(tree?.polygons).toHaveLength(1);
    expect(tree?.polygons[0]?.holes).toEqual([]);
    expect(new Set(tree?.polygons[0]?.exterior.map(String))).toEqual(new Set(corners.map(String)));
  });

  test('gives the classes found as run lengths that decode to their masks', () => {
    for (const { label, segmentation: mask } of segmentation.rle()) {
      expect(decodeRunLengths(mask)).toEqual(segmentation.mask(label).data.map((value) => value / 255));
    }
    expect(segmentation.rle({ only: [1] }).map(({ label }) => label)).toEqual(['tree']);
  });

  test('refuses options that are wrong', () => {
    expect(() => segmentation.polygons({ tolerance: -1 })).toThrow('tolerance is -1; give pixels, from 0 on');
    expect(() => segmentation.rle({ only: [7] })).toThrow('only has 7; the classes are 0 ... 2');
  });
});
