/** SUN RGB-D's 37 classes in the order of their ids, which count from 1; 0 is none of them. Source: `seg37list` of its toolbox. */
export const SUN_RGBD_CLASSES: readonly string[] = `
  wall, floor, cabinet, bed, chair, sofa, table, door, window, bookshelf, picture, counter, blinds, desk, shelves,
  curtain, dresser, pillow, mirror, floor mat, clothes, ceiling, books, fridge, tv, paper, towel, shower curtain, box,
  whiteboard, person, night stand, toilet, sink, lamp, bathtub, bag`
  .split(',')
  .map((name) => name.trim());

/**
 * The ids of the names that people gave what they drew. Of the 6585 names in the toolbox's `seglistall` its `SUNRGBD2Dseg` makes
 * those 37 classes of just these 38: the classes' own, spelled with underscores, and shelf. A night stand with a space, a television
 * and a refrigerator are none of them there, nor here, so that figures can be compared.
 */
export const SUN_RGBD_IDS: ReadonlyMap<string, number> = new Map([
  ...SUN_RGBD_CLASSES.map((name, index): [string, number] => [name.replaceAll(' ', '_'), index + 1]),
  ['shelf', SUN_RGBD_CLASSES.indexOf('shelves') + 1],
]);
