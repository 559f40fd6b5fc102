/** Data sets of the paper as they were published, drawn: masks in MAT files, and in PNG that others made of them. */
import { readFileSync } from 'node:fs';
import { type Files, grayMask, photo } from './drawn/files.ts';
import { matFile, rows, type Value } from './mat-file.ts';

const [WIDTH, HEIGHT] = [48, 40];
/** Ids in stripes of equal width. */
export const stripesOf = (...ids: number[]): number[] =>
  Array.from(
    { length: WIDTH * HEIGHT },
    (_, pixel) => ids[Math.floor(((pixel % WIDTH) * ids.length) / WIDTH)] as number,
  );
export const contextMask = (...ids: number[]) =>
  matFile({ LabelMap: rows(WIDTH, stripesOf(...ids), 'uint16') }, { isCompressed: true });

/** People whose parts are stripes; the last one lies on those before it. */
function person(...names: string[]): Uint8Array {
  const stripe = (index: number): Value =>
    rows(WIDTH, stripesOf(...names.map((_, at) => Number(at === index))), 'logical');
  const parts = names.map((part_name, index) => ({ part_name, mask: stripe(index) }));
  const all = rows(WIDTH, stripesOf(1), 'logical');
  const objects: Record<string, Value>[] = [
    { class: 'sofa', class_ind: rows(1, [18]), mask: all, parts: { numbers: [], dimensions: [0, 0] } },
    { class: 'person', class_ind: rows(1, [15]), mask: all, parts: { structs: parts } },
  ];
  return matFile({ anno: { structs: [{ imname: '2008_1', objects: { structs: objects } }] } }, { isCompressed: true });
}

const seg = (names: readonly string[], ...numbers: number[]) =>
  matFile({ names: { cells: names }, seglabel: rows(WIDTH, stripesOf(...numbers), 'double') });
const allsplit = new Uint8Array(readFileSync(new URL('../fixtures/mat/allsplit.mat', import.meta.url)));

export interface PublishedFixture {
  readonly title: string;
  readonly format: string;
  readonly files: Files;
  readonly splits?: readonly string[];
  /** The names of classes in the stripes of the first image of each split; undefined for ignored. */
  readonly stripes: readonly (readonly (string | undefined)[])[];
}

const LISTED: Files = {
  'VOC2010/JPEGImages/2008_1.jpg': photo(1),
  'VOC2010/JPEGImages/2008_2.jpg': photo(2),
  'VOC2010/ImageSets/Main/train.txt': '2008_1\n',
  'VOC2010/ImageSets/Main/val.txt': '2008_2\n',
};

export const PUBLISHED: readonly PublishedFixture[] = [
  {
    title: 'PASCAL-Context as published, whose other labels are background',
    format: 'pascal-context',
    files: {
      ...LISTED,
      'trainval/2008_1.mat': contextMask(2, 19, 255, 458),
      'trainval/2008_2.mat': contextMask(0, 284, 397),
    },
    stripes: [
      ['aeroplane', 'bedclothes', 'background', 'wood'],
      ['background', 'person', 'table'],
    ],
  },
  {
    title: "PASCAL-Context in mmsegmentation's PNG",
    format: 'pascal-context',
    files: {
      ...LISTED,
      'VOC2010/ImageSets/SegmentationContext/train.txt': '2008_2\n',
      'VOC2010/ImageSets/SegmentationContext/val.txt': '2008_1\n',
      'VOC2010/SegmentationClassContext/2008_1.png': grayMask([0, 1, 59]),
      'VOC2010/SegmentationClassContext/2008_2.png': grayMask([2, 4]),
    },
    stripes: [
      ['bag', 'bedclothes'],
      ['background', 'aeroplane', 'wood'],
    ],
  },
  {
    title: "PASCAL-Context in its authors' PNG",
    format: 'pascal-context',
    files: {
      ...LISTED,
      '59_context_labels/2008_1.png': grayMask([0, 1, 2]),
      '59_context_labels/2008_2.png': grayMask([0, 59]),
    },
    stripes: [
      ['background', 'aeroplane', 'bicycle'],
      ['background', 'wood'],
    ],
  },
  {
    title: 'PASCAL-Person-Part as published',
    format: 'person-part',
    files: {
      ...LISTED,
      'pascal_person_part/pascal_person_part_trainval_list/train.txt': '/JPEGImages/2008_1.jpg /gt/2008_1.png\n',
      'pascal_person_part/pascal_person_part_trainval_list/val.txt': '2008_2\n',
      'Annotations_Part/2008_1.mat': person('hair', 'neck', 'luarm', 'rhand', 'luleg', 'lfoot'),
      'Annotations_Part/2008_2.mat': person('rlleg', 'llarm'),
    },
    stripes: [
      ['Head', 'Torso', 'Upper Arms', 'Lower Arms', 'Upper Legs', 'Lower Legs'],
      ['Lower Legs', 'Lower Arms'],
    ],
  },
  {
    title: 'SUN RGB-D as published',
    format: 'sun-rgbd',
    splits: ['train', 'test'],
    files: {
      'SUNRGBD/kv1/NYUdata/NYU0003/image/NYU0003.jpg': photo(1),
      'SUNRGBD/kv1/NYUdata/NYU0003/seg.mat': seg(
        ['night_stand', 'wall', 'shelf', 'night stand', 'Fridge'],
        0,
        1,
        2,
        3,
        4,
        5,
      ),
      'SUNRGBD/kv2/k/0001/image/0001.jpg': photo(2),
      'SUNRGBD/kv2/k/0001/seg.mat': seg(['bag', 'picture'], 2, 1),
      'SUNRGBDtoolbox/traintestSUNRGBD/allsplit.mat': allsplit,
    },
    stripes: [
      [undefined, 'night stand', 'wall', 'shelves', undefined, 'fridge'],
      ['picture', 'bag'],
    ],
  },
  {
    title: 'SUN RGB-D in PNG',
    format: 'sun-rgbd',
    splits: ['train', 'test'],
    files: {
      'image/train/img-000001.jpg': photo(1),
      'label37/train/img37labels-000001.png': grayMask([0, 1, 37]),
      'image/test/img-000001.jpg': photo(2),
      'label37/test/img37labels-000001.png': grayMask([2, 3]),
    },
    stripes: [
      [undefined, 'wall', 'bag'],
      ['floor', 'cabinet'],
    ],
  },
  {
    title: 'MAT files beside images',
    format: 'folders',
    files: {
      'classes.txt': 'ground\nwater\n',
      'images/train/a.jpg': photo(1),
      'masks/train/a.mat': contextMask(0, 1),
      'images/val/b.jpg': photo(2),
      'masks/val/b.mat': contextMask(1, 255, 0),
    },
    stripes: [
      ['ground', 'water'],
      ['water', undefined, 'ground'],
    ],
  },
];
