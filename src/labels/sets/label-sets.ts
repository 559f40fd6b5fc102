/** The classes of well-known data sets, in the order of their ids, with the colors they are usually drawn in. */
import type { Color } from '../../image/image.ts';
import type { LabelClass } from '../label-class.ts';
import { vocPalette } from '../palette.ts';

/** The classes of a well-known data set, by id. */
export interface LabelSet {
  readonly name: string;
  readonly classes: readonly LabelClass[];
}

const VOC = [
  'background',
  'aeroplane',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'bus',
  'car',
  'cat',
  'chair',
  'cow',
  'diningtable',
  'dog',
  'horse',
  'motorbike',
  'person',
  'pottedplant',
  'sheep',
  'sofa',
  'train',
  'tvmonitor',
] as const;

const PERSON_PART = ['background', 'Head', 'Torso', 'Upper Arms', 'Lower Arms', 'Upper Legs', 'Lower Legs'] as const;

const NYUDV2 =
  list(`wall, floor, cabinet, bed, chair, sofa, table, door, window, bookshelf, picture, counter, blinds, desk,
  shelves, curtain, dresser, pillow, mirror, floor mat, clothes, ceiling, books, refrigerator, television, paper, towel,
  shower curtain, box, whiteboard, person, night stand, toilet, sink, lamp, bathtub, bag, otherstructure, otherfurniture,
  otherprop`);

/** In the order of the RefineNet authors' class list; other releases of the data set order by the alphabet. */
const PASCAL_CONTEXT = [
  ...VOC.map((name) => (name === 'diningtable' ? 'table' : name)),
  ...list(`bag, bed, bench, book, building, cabinet, ceiling, cloth, computer, cup, door, fence, floor, flower, food, grass,
    ground, keyboard, light, mountain, mouse, curtain, platform, sign, plate, road, rock, shelves, sidewalk, sky, snow,
    bedclothes, track, tree, truck, wall, water, window, wood`),
];

const CITYSCAPES: readonly (readonly [string, Color])[] = [
  ['road', [128, 64, 128]],
  ['sidewalk', [244, 35, 232]],
  ['building', [70, 70, 70]],
  ['wall', [102, 102, 156]],
  ['fence', [190, 153, 153]],
  ['pole', [153, 153, 153]],
  ['traffic light', [250, 170, 30]],
  ['traffic sign', [220, 220, 0]],
  ['vegetation', [107, 142, 35]],
  ['terrain', [152, 251, 152]],
  ['sky', [70, 130, 180]],
  ['person', [220, 20, 60]],
  ['rider', [255, 0, 0]],
  ['car', [0, 0, 142]],
  ['truck', [0, 0, 70]],
  ['bus', [0, 60, 100]],
  ['train', [0, 80, 100]],
  ['motorcycle', [0, 0, 230]],
  ['bicycle', [119, 11, 32]],
];

/** The 11-class form with SegNet's colors. */
const CAMVID: readonly (readonly [string, Color])[] = [
  ['sky', [128, 128, 128]],
  ['building', [128, 0, 0]],
  ['pole', [192, 192, 128]],
  ['road', [128, 64, 128]],
  ['pavement', [60, 40, 222]],
  ['tree', [128, 128, 0]],
  ['sign symbol', [192, 128, 128]],
  ['fence', [64, 64, 128]],
  ['car', [64, 0, 128]],
  ['pedestrian', [64, 64, 0]],
  ['bicyclist', [0, 128, 192]],
];

/** Every label set by the name it is chosen by. */
export const LABEL_SETS = {
  voc: withColors('voc', VOC, vocPalette(21)),
  cityscapes: labelSet('cityscapes', CITYSCAPES),
  camvid: labelSet('camvid', CAMVID),
  'person-part': withColors('person-part', PERSON_PART, vocPalette(7)),
  // The data set's own ids are 1 ... 40, with 0 for unlabeled: so are the colors, lest the walls be black.
  nyudv2: withColors('nyudv2', NYUDV2, vocPalette(41).slice(1)),
  'pascal-context': withColors('pascal-context', PASCAL_CONTEXT, vocPalette(60)),
} as const satisfies Record<string, LabelSet>;

export type LabelSetName = keyof typeof LABEL_SETS;

function labelSet(name: string, classes: readonly (readonly [string, Color])[]): LabelSet {
  return { name, classes: classes.map(([className, color]) => ({ name: className, color })) };
}

function withColors(name: string, classNames: readonly string[], colors: readonly Color[]): LabelSet {
  return { name, classes: classNames.map((className, id) => ({ name: className, color: colors[id] as Color })) };
}

function list(commaSeparated: string): string[] {
  return commaSeparated.split(',').map((name) => name.trim());
}
