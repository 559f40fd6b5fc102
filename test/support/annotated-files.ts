/**
 * One drawn scene in every format of shapes, made by hand from the format's published description: images a and b, to train on and
 * to validate, and what is on them.
 */
import { encode } from 'fast-png';
import { zlibSync } from 'fflate';
import { decodeRunLengths } from '../../src/image/regions/run-lengths.ts';
import { type Files, photo } from './drawn/files.ts';

export const WIDTH = 48;
export const HEIGHT = 40;

/** A leaf on image a, and its pixels as pycocotools gives them. */
export const LEAF = [4.37, 3.26, 40.62, 8.91, 14.13, 35.76];
export const LEAF_COUNTS = '[64U12M3M4L3M3M4L3N2M2NO1O1O1O2N1O1O1O1O1O2N1O1O1O1O1O2N1O1O1O1O1O1O2N1Oh9';
/** A stone that lies on the leaf, and one on image b: x, y, width and height. */
export const STONE = [20, 10, 10, 12] as const;
export const STONE_B = [5, 5, 10, 15] as const;

type Box = readonly [x: number, y: number, width: number, height: number];

export const corners = ([x, y, width, height]: Box): number[] => [
  x,
  y,
  x + width,
  y,
  x + width,
  y + height,
  x,
  y + height,
];
export const points = (ring: readonly number[]): [number, number][] =>
  Array.from({ length: ring.length / 2 }, (_, at) => [ring[2 * at] as number, ring[2 * at + 1] as number]);

/** 0 outside, 1 inside, of the whole image. */
export function boxMask([x0, y0, width, height]: Box): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => {
    const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
    return Number(x >= x0 && x < x0 + width && y >= y0 && y < y0 + height);
  });
}

export const LEAF_MASK = decodeRunLengths({ size: [HEIGHT, WIDTH], counts: LEAF_COUNTS });

/** What is to come out, by the names of classes. */
export const EXPECTED: Readonly<Record<'a' | 'b', readonly string[]>> = {
  a: [...boxMask(STONE)].map((stone, pixel) => (stone ? 'stone' : LEAF_MASK[pixel] ? 'leaf' : 'background')),
  b: [...boxMask(STONE_B)].map((stone) => (stone ? 'stone' : 'background')),
};

/** Pixels of image a that leaf and stone share. */
export const OVERLAP = LEAF_MASK.filter((value, pixel) => value === 1 && boxMask(STONE)[pixel] === 1).length;

/** The lengths of runs of a mask of the whole image, down columns as COCO has them or along rows, outside first. */
export function runs(mask: Uint8Array, along: 'columns' | 'rows' = 'columns', width = WIDTH): number[] {
  const height = mask.length / width;
  const at = (index: number) =>
    along === 'rows' ? mask[index] : mask[(index % height) * width + Math.floor(index / height)];
  const counts: number[] = [];
  let inside = 0;
  let start = 0;
  for (let index = 0; index < mask.length; index++) {
    if (at(index) === inside) continue;
    counts.push(index - start);
    start = index;
    inside = 1 - inside;
  }
  return [...counts, mask.length - start];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A gray PNG of a box full of ones, in base64. */
export const fullBitmap = (width: number, height: number): string =>
  base64(encode({ width, height, data: new Uint8Array(width * height).fill(255), channels: 1, depth: 8 }));

export interface AnnotatedFixture {
  readonly format: string;
  readonly files: Files;
  /** Defaults to a background before leaf and stone. */
  readonly classes?: readonly string[];
  /** Set where there is no image of what lies below, so that no pixels are shared. */
  readonly isFlat?: true;
  /** Whether pixels outside of shapes are ignored. */
  readonly ignoresRest?: true;
}

const IMAGES: Files = { 'images/train/a.png': photo(1), 'images/val/b.png': photo(2) };
const json = (value: unknown): string => JSON.stringify(value);

// COCO

const CATEGORIES = [
  { id: 3, name: 'leaf', supercategory: 'plant' },
  { id: 7, name: 'stone', supercategory: 'ground' },
];
const size = { width: WIDTH, height: HEIGHT };

export function coco(
  image: string,
  annotations: readonly object[],
  categories: readonly object[] = CATEGORIES,
): string {
  return json({
    info: { description: 'drawn' },
    licenses: [],
    images: [{ id: 41, file_name: image, ...size }],
    annotations: annotations.map((each, index) => ({ id: 901 + index, image_id: 41, iscrowd: 0, ...each })),
    categories,
  });
}

const COCO_A = [
  { category_id: 7, segmentation: [corners(STONE)], area: 120, bbox: STONE },
  { category_id: 3, segmentation: [LEAF], area: 500, bbox: [4, 3, 37, 33] },
];
const COCO_B = [{ category_id: 7, segmentation: [corners(STONE_B)], area: 150, bbox: STONE_B }];

/** The segments' numbers go over several bytes. */
const [LEAF_SEGMENT, STONE_SEGMENT] = [3226956, 1];
function panopticPng(name: 'a' | 'b'): Uint8Array {
  const ids = EXPECTED[name].map(
    (label) => ({ background: 0, leaf: LEAF_SEGMENT, stone: STONE_SEGMENT })[label] as number,
  );
  const data = Uint8Array.from(ids.flatMap((id) => [id & 255, (id >> 8) & 255, id >> 16]));
  return encode({ width: WIDTH, height: HEIGHT, data, channels: 3, depth: 8 });
}

// YOLO

export const yoloLine = (id: number, ring: readonly number[]): string =>
  `${id} ${ring.map((value, at) => (value / (at % 2 === 0 ? WIDTH : HEIGHT)).toFixed(8)).join(' ')}\n`;
const YOLO_YAML = 'path: ../datasets/drawn\ntrain: images/train\nval: images/val\nnames:\n  0: leaf\n  1: stone\n';

// labelme

export function labelme(image: string, shapes: readonly object[], more: object = {}): string {
  return json({
    version: '5.5.0',
    flags: {},
    shapes: shapes.map((shape) => ({ group_id: null, flags: {}, shape_type: 'polygon', ...shape })),
    imagePath: image,
    imageData: null,
    imageHeight: HEIGHT,
    imageWidth: WIDTH,
    ...more,
  });
}

const LABELME_LEAF = { label: 'leaf', points: points(LEAF) };
const [X, Y, W, H] = STONE;
const LABELME_B = [
  {
    label: 'stone',
    points: [
      [5, 5],
      [15, 20],
    ],
    shape_type: 'rectangle',
  },
];

// CVAT

export function cvat(images: string, labels = ['leaf', 'stone']): string {
  const list = labels.map(
    (name) => `<label><name>${name}</name><color>#c06060</color><type>any</type><attributes></attributes></label>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><id>5</id><name>drawn &amp; more</name><labels>${list.join('')}</labels></task></meta>${images}</annotations>
`;
}

export const cvatImage = (name: string, subset: string, shapes: readonly string[]): string =>
  `<image id="0" name="${name}" subset="${subset}" task_id="5" width="${WIDTH}" height="${HEIGHT}">${shapes.join('')}</image>`;

// Label Studio

interface DrawnResult {
  readonly type: string;
  readonly value: object;
  readonly original_width: number;
  readonly original_height: number;
}

const result = (type: string, label: string, value: object): DrawnResult => ({
  type,
  value: { ...value, [type]: [label] },
  original_width: WIDTH,
  original_height: HEIGHT,
});
export const percentPolygon = (label: string, ring: readonly number[]): DrawnResult =>
  result('polygonlabels', label, {
    points: points(ring).map(([x, y]) => [(x / WIDTH) * 100, (y / HEIGHT) * 100]),
    closed: true,
  });
const percentBox = (label: string, [x, y, width, height]: Box): DrawnResult =>
  result('rectanglelabels', label, {
    x: (x / WIDTH) * 100,
    y: (y / HEIGHT) * 100,
    width: (width / WIDTH) * 100,
    height: (height / HEIGHT) * 100,
    rotation: 0,
  });

/** Bits as Label Studio packs them: values of 8 bits, lengths of 3, 4, 8 or 16. */
function brush(label: string, mask: Uint8Array): DrawnResult {
  let bits = `${(mask.length * 4).toString(2).padStart(32, '0')}00111${'0010001101111111'}`;
  const put = (value: number, count: number) => {
    for (let left = count; left > 0; left -= 65_536) {
      const size = Math.min(left, 65_536);
      bits += `111${(size - 1).toString(2).padStart(16, '0')}${value.toString(2).padStart(8, '0')}`;
    }
  };
  for (const [index, count] of runs(mask, 'rows').entries()) put(index % 2 === 1 ? 255 : 0, count * 4);
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  const rle = Array.from({ length: bits.length / 8 }, (_, byte) =>
    Number.parseInt(bits.slice(8 * byte, 8 * byte + 8), 2),
  );
  return result('brushlabels', label, { format: 'rle', rle });
}

export function labelStudio(tasks: readonly (readonly [image: string, results: readonly object[]])[]): string {
  return json(
    tasks.map(([image, results], index) => ({
      id: index + 1,
      annotations: [
        {
          id: index + 10,
          was_cancelled: false,
          result: results.map((each, at) => ({
            id: `r${at}`,
            from_name: 'label',
            to_name: 'image',
            image_rotation: 0,
            ...each,
          })),
        },
      ],
      predictions: [],
      data: { image },
    })),
  );
}

// VIA

export const viaImage = (filename: string, regions: readonly (readonly [shape: object, name: string])[]): object => ({
  filename,
  size: 5894,
  regions: regions.map(([shape_attributes, name]) => ({ shape_attributes, region_attributes: { name } })),
  file_attributes: {},
});
const quoted = (value: unknown): string => `"${json(value).replaceAll('"', '""')}"`;

// Supervisely

export const supervisely = (objects: readonly object[]): string =>
  json({ description: '', tags: [], size: { width: WIDTH, height: HEIGHT }, objects });

/** A box of ones as an RGBA PNG whose other pixels would be transparent, packed once more. */
export function deflatedBitmap(width: number, height: number): string {
  const data = new Uint8Array(width * height * 4).fill(255);
  return base64(zlibSync(encode({ width, height, data, channels: 4, depth: 8 })));
}

export const FIXTURES: Readonly<Record<string, AnnotatedFixture>> = {
  "COCO's polygons, a file a split beside the images' folder, with gaps in the ids": {
    format: 'coco',
    files: {
      ...IMAGES,
      'annotations/instances_train.json': coco('a.png', COCO_A),
      'annotations/instances_val.json': coco('b.png', COCO_B),
    },
  },
  "COCO's run lengths as numbers and as text, a crowd below": {
    format: 'coco',
    files: {
      ...IMAGES,
      'annotations/instances_train.json': coco('train/a.png', [
        {
          category_id: 7,
          segmentation: { size: [HEIGHT, WIDTH], counts: runs(boxMask(STONE)) },
          area: 120,
          bbox: STONE,
        },
        {
          category_id: 3,
          segmentation: { size: [HEIGHT, WIDTH], counts: LEAF_COUNTS },
          area: 500,
          bbox: [4, 3, 37, 33],
        },
        {
          category_id: 3,
          segmentation: { size: [HEIGHT, WIDTH], counts: runs(boxMask([22, 12, 3, 4])) },
          area: 12,
          bbox: [22, 12, 3, 4],
          iscrowd: 1,
        },
      ]),
      'annotations/instances_val.json': coco('val/b.png', COCO_B),
    },
  },
  "COCO's stuff, whose ids begin where those of things end": {
    format: 'coco',
    files: {
      ...IMAGES,
      ...Object.fromEntries(
        (
          [
            ['train', 'a', COCO_A],
            ['val', 'b', COCO_B],
          ] as const
        ).map(([split, name, annotations]) => [
          `annotations/stuff_${split}.json`,
          coco(
            `${name}.png`,
            annotations.map((each) => ({ ...each, category_id: Number(each.category_id) + 90 })),
            CATEGORIES.map(({ id, name }) => ({ id: Number(id) + 90, name, supercategory: 'ground' })),
          ),
        ]),
      ),
    },
  },
  "Roboflow's export: a folder a split, and a heading among the categories": {
    format: 'coco',
    files: Object.fromEntries(
      (
        [
          ['train', 'a', COCO_A],
          ['valid', 'b', COCO_B],
        ] as const
      ).flatMap(([split, name, annotations], seed) => [
        [`${split}/${name}.png`, photo(seed + 1)],
        [
          `${split}/_annotations.coco.json`,
          coco(`${name}.png`, annotations, [
            { id: 0, name: 'garden', supercategory: 'none' },
            { id: 3, name: 'leaf', supercategory: 'garden' },
            { id: 7, name: 'stone', supercategory: 'garden' },
          ]),
        ],
      ]),
    ),
  },
  "COCO's own folder, where key points, captions and images to test on lie beside the outlines": {
    format: 'coco',
    files: {
      'train2017/a.png': photo(1),
      'val2017/b.png': photo(2),
      ...Object.fromEntries(
        (
          [
            ['train', 'a', COCO_A],
            ['val', 'b', COCO_B],
          ] as const
        ).flatMap(([split, name, annotations]) => [
          [`annotations/instances_${split}2017.json`, coco(`${name}.png`, annotations)],
          // Some lack the outlines that key points come with.
          [
            `annotations/person_keypoints_${split}2017.json`,
            coco(
              `${name}.png`,
              [{ category_id: 1, keypoints: [9, 9, 2], ...(split === 'train' && { segmentation: [LEAF] }) }],
              [{ id: 1, name: 'person', supercategory: 'person', keypoints: ['nose'], skeleton: [] }],
            ),
          ],
          [
            `annotations/captions_${split}2017.json`,
            json({
              images: [{ id: 41, file_name: `${name}.png`, ...size }],
              annotations: [{ id: 1, image_id: 41, caption: 'A stone on a leaf.' }],
            }),
          ],
        ]),
      ),
      'annotations/image_info_test2017.json': json({
        images: [{ id: 42, file_name: 'c.png', ...size }],
        categories: CATEGORIES,
      }),
    },
  },
  "COCO's panoptic segments": {
    format: 'coco',
    files: {
      ...IMAGES,
      ...Object.fromEntries(
        (
          [
            ['train', 'a'],
            ['val', 'b'],
          ] as const
        ).flatMap(([split, name]) => [
          [`annotations/panoptic_${split}/${name}.png`, panopticPng(name)],
          [
            `annotations/panoptic_${split}.json`,
            json({
              images: [{ id: 41, file_name: `${name}.png`, ...size }],
              annotations: [
                {
                  image_id: 41,
                  file_name: `${name}.png`,
                  segments_info: [
                    { id: LEAF_SEGMENT, category_id: 3, iscrowd: 0, area: 1, bbox: [0, 0, 1, 1] },
                    { id: STONE_SEGMENT, category_id: 7, iscrowd: 0, area: 1, bbox: [0, 0, 1, 1] },
                  ],
                },
              ],
              categories: CATEGORIES.map((category) => ({ ...category, isthing: 1, color: [1, 2, 3] })),
            }),
          ],
        ]),
      ),
    },
    classes: ['leaf', 'stone'],
    isFlat: true,
    ignoresRest: true,
  },
  "YOLO's texts, of a path on another machine": {
    format: 'yolo',
    files: {
      ...IMAGES,
      'data.yaml': YOLO_YAML,
      'labels/train/a.txt': yoloLine(1, corners(STONE)) + yoloLine(0, LEAF),
      'labels/val/b.txt': yoloLine(1, corners(STONE_B)),
    },
  },
  "Roboflow's texts, of folders that its data.yaml says lie beside its own": {
    format: 'yolo',
    files: {
      'train/images/a.png': photo(1),
      'valid/images/b.png': photo(2),
      'data.yaml':
        "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['leaf', 'stone']\n",
      'train/labels/a.txt': yoloLine(1, corners(STONE)) + yoloLine(0, LEAF),
      'valid/labels/b.txt': yoloLine(1, corners(STONE_B)),
    },
  },
  "labelme's polygons, rectangles and masks beside the images, written on Windows": {
    format: 'labelme',
    files: {
      'train/a.png': photo(1),
      'train/a.json': labelme('..\\images\\a.png', [
        LABELME_LEAF,
        {
          label: 'stone',
          points: [
            [X, Y],
            [X + W - 1, Y + H - 1],
          ],
          shape_type: 'mask',
          mask: fullBitmap(W, H),
        },
      ]),
      'val/b.png': photo(2),
      'val/b.json': labelme('b.png', LABELME_B),
    },
  },
  "labelme's files with the images inside": {
    format: 'labelme',
    files: {
      'train/a.json': labelme(
        'a.png',
        [LABELME_LEAF, { label: 'stone', points: points(corners(STONE)), shape_type: 'rectangle' }],
        {
          imageData: base64(photo(1)),
        },
      ),
      'val/b.json': labelme('b.png', LABELME_B, { imageData: base64(photo(2)) }),
    },
  },
  "CVAT's polygons, boxes and masks, the stone on top by its order": {
    format: 'cvat',
    files: {
      ...IMAGES,
      'annotations.xml': cvat(
        cvatImage('a.png', 'Train', [
          `<box label="stone" source="manual" occluded="0" xtl="${X}" ytl="${Y}" xbr="${X + W}" ybr="${Y + H}" z_order="1"></box>`,
          `<polygon label="leaf" source="manual" occluded="0" points="${points(LEAF).join(';')}" z_order="0"><attribute name="age">2</attribute></polygon>`,
        ]) +
          cvatImage('b.png', 'Validation', [
            '<tag label="leaf" source="manual"></tag>',
            `<mask label="stone" source="manual" occluded="0" rle="${runs(
              boxMask([2, 1, 10, 15]).filter((_, pixel) => pixel % WIDTH < 14 && pixel < 20 * WIDTH),
              'rows',
              14,
            )}" left="3" top="4" width="14" height="20" z_order="0"></mask>`,
          ]),
      ),
    },
  },
  "Label Studio's polygons in percent and brushes, of uploaded images": {
    format: 'label-studio',
    files: {
      ...IMAGES,
      'project-1.json': labelStudio([
        ['/data/upload/1/0123abcd-a.png', [percentPolygon('leaf', LEAF), brush('stone', boxMask(STONE))]],
        ['/data/local-files/?d=val/b.png', [percentBox('stone', STONE_B)]],
      ]),
    },
  },
  "Label Studio's short export": {
    format: 'label-studio',
    files: {
      ...IMAGES,
      'project-1-min.json': json([
        {
          id: 1,
          image: 's3://bucket/some/where/a.png',
          label: [percentPolygon('leaf', LEAF), percentBox('stone', STONE)].map(
            ({ value, original_width, original_height }) => ({
              ...value,
              original_width,
              original_height,
            }),
          ),
        },
        {
          id: 2,
          image: 'https://example.org/images/b.png?size=1',
          label: [{ ...percentBox('stone', STONE_B).value, original_width: WIDTH, original_height: HEIGHT }],
        },
      ]),
    },
  },
  "VIA's annotations, a file a split": {
    format: 'via',
    files: {
      'train/a.png': photo(1),
      'train/via_region_data.json': json({
        'a.png5894': viaImage('a.png', [
          [
            {
              name: 'polygon',
              all_points_x: points(LEAF).map(([x]) => x),
              all_points_y: points(LEAF).map(([, y]) => y),
            },
            'leaf',
          ],
          [{ name: 'rect', x: X, y: Y, width: W, height: H }, 'stone'],
        ]),
      }),
      'val/b.png': photo(2),
      'val/via_region_data.json': json({
        _via_settings: {},
        _via_img_metadata: {
          'b.png5894': viaImage('b.png', [[{ name: 'rect', x: 5, y: 5, width: 10, height: 15 }, 'stone']]),
        },
        _via_attributes: { region: { name: { type: 'text' } }, file: {} },
      }),
    },
  },
  "VIA's annotations as CSV": {
    format: 'via',
    files: {
      ...IMAGES,
      'via_export_csv.csv': `filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n${[
        [
          'a.png',
          { name: 'polygon', all_points_x: points(LEAF).map(([x]) => x), all_points_y: points(LEAF).map(([, y]) => y) },
          'leaf',
        ],
        ['a.png', { name: 'rect', x: X, y: Y, width: W, height: H }, 'stone'],
        ['b.png', { name: 'rect', x: 5, y: 5, width: 10, height: 15 }, 'stone'],
      ]
        .map(([file, shape, name]) => `${file},5894,"{}",2,0,${quoted(shape)},${quoted({ name })}`)
        .join('\n')}\n`,
    },
  },
  "Supervisely's project: polygons with a hole that a bitmap fills": {
    format: 'supervisely',
    files: {
      'meta.json': json({
        classes: [
          { title: 'leaf', shape: 'any', color: '#20C040', geometry_config: {}, id: 1 },
          { title: 'stone', shape: 'any', color: '#808090', geometry_config: {}, id: 2 },
        ],
        tags: [],
        projectType: 'images',
      }),
      'train/img/a.png': photo(1),
      'train/ann/a.png.json': supervisely([
        { classTitle: 'leaf', geometryType: 'polygon', points: { exterior: points(LEAF), interior: [] } },
        {
          classTitle: 'stone',
          geometryType: 'polygon',
          points: { exterior: points(corners(STONE)), interior: [points(corners([22, 12, 3, 4]))] },
        },
        { classTitle: 'stone', geometryType: 'bitmap', bitmap: { data: deflatedBitmap(3, 4), origin: [22, 12] } },
      ]),
      'val/img/b.png': photo(2),
      'val/ann/b.png.json': supervisely([
        {
          classTitle: 'stone',
          geometryType: 'rectangle',
          points: {
            exterior: [
              [5, 5],
              [15, 20],
            ],
            interior: [],
          },
        },
      ]),
    },
  },
};
