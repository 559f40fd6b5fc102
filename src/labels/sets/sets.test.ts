import { expect, test } from 'vitest';
import { ADE20K_CLASSES } from './ade20k.ts';
import { CAMVID_11_OF_32, CAMVID_32 } from './camvid.ts';
import { COCO_STUFF_CLASSES, COCO_STUFF_MISSING_IDS } from './coco-stuff.ts';
import { LABEL_SETS } from './label-sets.ts';
import { SUN_RGBD_CLASSES, SUN_RGBD_IDS } from './sun-rgbd.ts';

test('the known lists of classes have the published lengths', () => {
  expect(new Set(ADE20K_CLASSES).size).toBe(150);
  expect(ADE20K_CLASSES.slice(-2)).toEqual(['clock', 'flag']);
  expect(new Set(COCO_STUFF_CLASSES).size).toBe(171);
  expect([COCO_STUFF_CLASSES[79], COCO_STUFF_CLASSES[80], COCO_STUFF_CLASSES[170]]).toEqual([
    'toothbrush',
    'banner',
    'wood',
  ]);
  expect(COCO_STUFF_MISSING_IDS).toHaveLength(182 - 171);
  expect(new Set(SUN_RGBD_CLASSES).size).toBe(37);
  expect(SUN_RGBD_CLASSES.at(-1)).toBe('bag');
  // Both are of rooms, and name what hangs on walls.
  expect([SUN_RGBD_CLASSES[10], LABEL_SETS.nyudv2.classes[10]?.name]).toEqual(['picture', 'picture']);
  expect(new Set(CAMVID_32.map(({ color }) => color.join())).size).toBe(32);
  expect(Object.keys(CAMVID_11_OF_32).sort()).toEqual(CAMVID_32.map(({ name }) => name).sort());
  expect(new Set(Object.values(CAMVID_11_OF_32)).size).toBe(11 + 1);
});

test("of the names in SUN RGB-D's toolbox those 38 have ids that are classes there", () => {
  const published = `1 wall, 2 floor, 3 cabinet, 4 bed, 5 chair, 6 sofa, 7 table, 8 door, 9 window, 10 bookshelf, 11 picture,
    12 counter, 13 blinds, 14 desk, 15 shelf, 15 shelves, 16 curtain, 17 dresser, 18 pillow, 19 mirror, 20 floor_mat,
    21 clothes, 22 ceiling, 23 books, 24 fridge, 25 tv, 26 paper, 27 towel, 28 shower_curtain, 29 box, 30 whiteboard,
    31 person, 32 night_stand, 33 toilet, 34 sink, 35 lamp, 36 bathtub, 37 bag`;
  const ids = [...SUN_RGBD_IDS].map(([name, id]) => `${id} ${name}`);
  expect(ids.sort()).toEqual(published.split(/,\s*/).sort());
});
