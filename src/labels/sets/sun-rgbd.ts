/** SUN RGB-D's 37 classes in the order of their ids, which count from 1; 0 is none of them. Source: `seg37list` of its toolbox. */
export const SUN_RGBD_CLASSES: readonly string[] = `
  wall, floor, cabinet, bed, chair, sofa, table, door, window, bookshelf, picture, counter, blinds, desk, shelves,
  curtain, dresser, pillow, mirror, floor mat, clothes, ceiling, books, fridge, tv, paper, towel, shower curtain, box,
  whiteboard, person, night stand, toilet, sink, lamp, bathtub, bag`
  .split(',')
  .map((name) => name.trim());
