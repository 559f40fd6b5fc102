/** Label files with everything that people and tools get wrong, and what is said of it. */
import {
  coco,
  corners,
  cvat,
  cvatImage,
  HEIGHT,
  LEAF,
  labelme,
  labelStudio,
  percentPolygon,
  points,
  STONE,
  supervisely,
  viaImage,
  WIDTH,
  yoloLine,
} from './annotated-files.ts';
import { type Files, photo } from './drawn/files.ts';

interface Faulty {
  readonly files: Files;
  /** `code | subject: detail`, errors first. */
  readonly says: readonly string[];
  /** What training says; it goes on if that is left out. */
  readonly refuses?: string;
}

const IMAGES: Files = { 'images/train/a.png': photo(1), 'images/val/b.png': photo(2) };
const YAML = 'train: images/train\nval: images/val\nnames: [leaf, stone]\n';
const STONE_LINE = yoloLine(1, corners(STONE));
const bow = [2, 2, 12, 12, 12, 2, 2, 12];
const beyond = [-3, 30, 10, 30, 10, 42];
const viaPolygon = (ring: readonly number[]): object => ({
  name: 'polygon',
  all_points_x: points(ring).map(([x]) => x),
  all_points_y: points(ring).map(([, y]) => y),
});
const viaProject = (regions: readonly (readonly [shape: object, name: string])[], options: object): string =>
  JSON.stringify({
    _via_settings: {},
    _via_img_metadata: { 'a.png1': viaImage('a.png', regions) },
    _via_attributes: { region: { name: { type: 'dropdown', description: '', options } }, file: {} },
  });

/** An outline that reaches outside and one that crosses itself in each format, and the word for shapes that it has. */
const ODD: readonly (readonly [title: string, unit: string, file: string, image: string, files: Files])[] = [
  [
    'labelme',
    'shape',
    'a.json',
    'a.png',
    {
      'a.png': photo(1),
      'a.json': labelme(
        'a.png',
        [beyond, bow].map((ring) => ({ label: 'leaf', points: points(ring) })),
      ),
    },
  ],
  [
    'CVAT',
    'shape',
    'annotations.xml',
    'a.png',
    {
      'a.png': photo(1),
      'annotations.xml': cvat(
        cvatImage(
          'a.png',
          '',
          [beyond, bow].map((ring) => `<polygon label="leaf" points="${points(ring).join(';')}"></polygon>`),
        ),
      ),
    },
  ],
  [
    'Label Studio',
    'region',
    'export.json',
    'a.png',
    {
      'a.png': photo(1),
      'export.json': labelStudio([['a.png', [beyond, bow].map((ring) => percentPolygon('leaf', ring))]]),
    },
  ],
  [
    'VIA',
    'region',
    'via.json',
    'a.png',
    {
      'a.png': photo(1),
      'via.json': viaProject(
        [beyond, bow].map((ring) => [viaPolygon(ring), 'leaf'] as const),
        {},
      ),
    },
  ],
  [
    'Supervisely',
    'object',
    'train/ann/a.png.json',
    'train/img/a.png',
    {
      'meta.json': '{"classes": [{"title": "leaf", "shape": "any", "color": "#00FF00"}], "tags": []}',
      'train/img/a.png': photo(1),
      'train/ann/a.png.json': supervisely(
        [beyond, bow].map((ring) => ({
          classTitle: 'leaf',
          geometryType: 'polygon',
          points: { exterior: points(ring), interior: [] },
        })),
      ),
    },
  ],
];

export const FAULTY: Readonly<Record<string, Faulty>> = {
  'a COCO file with shapes of every fault': {
    files: {
      'images/a.png': photo(1),
      'labels.json': coco('a.png', [
        { category_id: 3, segmentation: [LEAF] },
        { category_id: 8, segmentation: [corners(STONE)] },
        { category_id: 7, segmentation: [[1, 1, 5, 5]] },
        { category_id: 7, segmentation: [[1, 1, 5, 5, 9]] },
        { category_id: 7, segmentation: { size: [HEIGHT, WIDTH], counts: [10, 5] } },
        { category_id: 7, segmentation: { size: [WIDTH, HEIGHT], counts: [WIDTH * HEIGHT] } },
        { category_id: 7, segmentation: [], bbox: [1, 1, 4, 4] },
        { category_id: 7, segmentation: [[1, 1, 9000, 1, 9, 9]] },
        { category_id: 7, segmentation: [[-3, 30, 10, 30, 10, 42]] },
        { category_id: 7, segmentation: [bow] },
      ]),
    },
    says: [
      'broken-shape | labels.json, annotation id 904: its outline has 5 numbers, an odd one; it is a list x, y, x, y, ... (images/a.png)',
      'broken-shape | labels.json, annotation id 905: A COCO mask: the runs add up to 15 pixels, but 40 x 48 are 1920. The size is [height, width]; the mask and it do not belong together. (images/a.png)',
      'broken-shape | labels.json, annotation id 906: its mask is 40x48, but the image is 48x40 (images/a.png)',
      'broken-shape | labels.json, annotation id 908: point 2 has x = 9000, far outside of the 48x40 pixels of the image (images/a.png)',
      'unknown-class | labels.json, annotation id 902: category_id 8 (images/a.png)',
      'box-only | labels.json, annotation id 907: it has no segmentation (images/a.png)',
      'few-points | labels.json, annotation id 903: 2 points (images/a.png)',
      'outside | labels.json, annotation id 909: 3 pixels over the left edge, 2 pixels over the bottom edge (images/a.png)',
      'self-crossing | labels.json, annotation id 910: the sides from (2, 2) and from (12, 2) (images/a.png)',
    ],
    refuses: '4 shapes cannot be drawn. Draw them anew, or delete them.\n  labels.json, annotation id 904: its outline',
  },
  'a COCO file of images that are not there, are twice, or have another size': {
    files: {
      'images/a.png': photo(1),
      'images/c.png': photo(3, HEIGHT, WIDTH),
      'labels.json': JSON.stringify({
        images: [
          { id: 1, file_name: 'a.png', width: WIDTH, height: HEIGHT },
          { id: 2, file_name: 'b.png', width: WIDTH, height: HEIGHT },
          { id: 3, file_name: 'a.png', width: WIDTH, height: HEIGHT },
          { id: 4, file_name: 'c.png', width: WIDTH, height: HEIGHT },
        ],
        categories: [{ id: 1, name: 'leaf' }],
        annotations: [
          { id: 1, image_id: 1, category_id: 1, segmentation: [LEAF] },
          { id: 2, image_id: 9, category_id: 1, segmentation: [LEAF] },
        ],
      }),
    },
    says: [
      'missing-listed | b.png: named in labels.json',
      'missing-listed | image_id 9: of labels.json, annotation id 2; no image has it',
      'ambiguous-name | images/a.png: is named twice in labels.json',
      'size-mismatch | labels.json (images/c.png): 48x40, but images/c.png is 40x48, as if one were turned: does the image carry an EXIF orientation that the mask does not follow?',
      'unlabeled | images/c.png: undefined',
    ],
    refuses: '1 of 2 masks differs in size from the image.',
  },
  'YOLO texts with boxes, unknown classes and an image without a text': {
    files: {
      ...IMAGES,
      'images/train/c.png': photo(3),
      'images/train/d.png': photo(4),
      'data.yaml': YAML,
      'labels/train/a.txt': `${yoloLine(0, LEAF)}1 0.5 0.5 0.2 0.2\n\n5 0.1 0.1 0.2 0.1 0.2 0.2\n1 0.1 0.1 0.2 0.2\n0 12 30 40 30 20 35\nleaf 0.1 0.1 0.2 0.1 0.2 x\n1 0.1 0.1 0.2 0.2 0.3\n`,
      'labels/train/c.txt': '',
      'labels/val/b.txt': STONE_LINE,
    },
    says: [
      'missing-mask | images/train/d.png: undefined',
      'broken-shape | labels/train/a.txt, line 7: its outline has something else than numbers; it is a list x, y, x, y, ... (images/train/a.png)',
      'broken-shape | labels/train/a.txt, line 8: its outline has 5 numbers, an odd one; it is a list x, y, x, y, ... (images/train/a.png)',
      'broken-shape | labels/train/a.txt, line 6: point 1 has x = 576, far outside of the 48x40 pixels of the image (images/train/a.png)',
      'unknown-class | labels/train/a.txt, line 4: class 5, but names has 2: 0 ... 1 (images/train/a.png)',
      'unknown-class | labels/train/a.txt, line 7: class leaf, but names has 2: 0 ... 1 (images/train/a.png)',
      'box-only | labels/train/a.txt, line 2: five numbers are a class and a box (center, width, height) (images/train/a.png)',
      'box-only | labels/train/a.txt, line 5: five numbers are a class and a box (center, width, height) (images/train/a.png)',
      'unlabeled | images/train/c.png: undefined',
    ],
    refuses: '2 objects are marked by a box or points only',
  },
  "YOLO's texts of key points": {
    files: {
      ...IMAGES,
      'data.yaml': `${YAML}kpt_shape: [4, 2]\n`,
      'labels/train/a.txt': '0 0.5 0.5 0.2 0.2 0.4 0.4 0.6 0.4 0.6 0.6 0.4 0.6\n',
      'labels/val/b.txt': '',
    },
    says: [
      'box-only | labels/train/a.txt, line 1: a class, a box and 4 key points (kpt_shape in data.yaml), which are no outline (images/train/a.png)',
      'single-class | background: all of train',
      'unlabeled | images/val/b.png: undefined',
    ],
    refuses: '1 object is marked by a box or points only',
  },
  'labelme files with lines, circles of three points and an image without a file': {
    files: {
      'a.png': photo(1),
      'b.png': photo(2),
      'classes.txt': 'leaf\nstone\n',
      'a.json': labelme('a.png', [
        {
          label: 'leaf',
          points: [
            [5, 5],
            [30, 5],
            [5, 30],
          ],
        },
        {
          label: 'stone',
          points: [
            [5, 5],
            [9, 9],
          ],
          shape_type: 'line',
        },
        {
          label: 'stone',
          points: [
            [5, 5],
            [9, 9],
            [8, 7],
          ],
          shape_type: 'circle',
        },
        {
          label: 'brick',
          points: [
            [5, 5],
            [9, 9],
          ],
          shape_type: 'rectangle',
        },
        {
          label: 'stone',
          points: [
            [5, 5],
            [9, 9],
          ],
          shape_type: 'mask',
          mask: 'AAAA',
        },
        {
          label: 'stone',
          points: [
            [5, 5],
            [9, 9],
          ],
        },
      ]),
      'c.json': labelme('c.png', []),
    },
    says: [
      'missing-mask | b.png: undefined',
      'missing-listed | c.png: named in c.json',
      'broken-shape | a.json, shape 3: a circle has two points, but it has 3 (a.png)',
      'broken-shape | a.json, shape 5: the bitmap: this is no PNG (3 bytes that do not begin with its signature). (a.png)',
      'unknown-class | a.json, shape 4: "brick" (a.png)',
      'box-only | a.json, shape 2: a line has no area (a.png)',
      'few-points | a.json, shape 6: 2 points (a.png)',
    ],
    refuses: 'a.json, shape 3',
  },
  "CVAT's labels with lines, unknown labels and a mask that does not add up": {
    files: {
      'images/a.png': photo(1),
      'images/b.png': photo(2, 60, 40),
      'annotations.xml': cvat(
        cvatImage('a.png', '', [
          '<polyline label="leaf" points="1,1;5,5;9,1"></polyline>',
          '<polygon label="brick" points="1,1;5,5;9,1"></polygon>',
          '<polygon label="leaf" points="1,1;5,5"></polygon>',
          '<polygon label="leaf" points="1,1;5,five;9,1"></polygon>',
          '<mask label="leaf" rle="3, 4" left="1" top="1" width="4" height="4"></mask>',
          '<polygon label="leaf" points="1,1;30,5;9,31"></polygon>',
        ]) +
          cvatImage('b.png', '', []) +
          cvatImage('c.png', '', []),
      ),
    },
    says: [
      'missing-listed | c.png: named in annotations.xml',
      'size-mismatch | annotations.xml (images/b.png): 48x40, but images/b.png is 60x40',
      'broken-shape | annotations.xml, shape 4: its outline has something else than numbers; it is a list x, y, x, y, ... (images/a.png)',
      'broken-shape | annotations.xml, shape 5: its runs add up to 7 pixels, but 4x4 are 16 (images/a.png)',
      'unknown-class | annotations.xml, shape 2: "brick" (images/a.png)',
      'box-only | annotations.xml, shape 1: a polyline has no area (images/a.png)',
      'few-points | annotations.xml, shape 3: 2 points (images/a.png)',
      'unlabeled | images/b.png: undefined',
    ],
    refuses: 'annotations.xml, shape 4',
  },
  "Label Studio's tasks that were skipped, turned, marked by points or damaged": {
    files: {
      ...IMAGES,
      'images/train/c.png': photo(3),
      'export.json': labelStudio([
        [
          '/data/upload/a.png',
          [
            percentPolygon('leaf', LEAF),
            { ...percentPolygon('leaf', LEAF), image_rotation: 90 },
            {
              type: 'keypointlabels',
              value: { x: 1, y: 2, keypointlabels: ['leaf'] },
              original_width: WIDTH,
              original_height: HEIGHT,
            },
            {
              type: 'brushlabels',
              value: { rle: [0, 0], brushlabels: ['leaf'] },
              original_width: WIDTH,
              original_height: HEIGHT,
            },
            {
              type: 'polygonlabels',
              value: { points: [[1, 2]], polygonlabels: [] },
              original_width: WIDTH,
              original_height: HEIGHT,
            },
          ],
        ],
        ['/data/upload/b.png', []],
      ]).replace(/\]$/, ',{"id":9,"data":{"image":"/data/upload/c.png"},"annotations":[]}]'),
    },
    says: [
      'missing-mask | images/train/c.png: undefined',
      'broken-shape | export.json, region 2: the image was turned by 90 degrees when it was drawn (images/train/a.png)',
      "broken-shape | export.json, region 4: the brush's run lengths break off after 2 bytes (images/train/a.png)",
      'unknown-class | export.json, region 5: no class (images/train/a.png)',
      'box-only | export.json, region 3: a key point has no area (images/train/a.png)',
      'few-points | export.json, region 5: 1 point (images/train/a.png)',
      'unlabeled | images/val/b.png: undefined',
    ],
    refuses: 'export.json, region 2',
  },
  "VIA's regions without a class, of points, and of lists that do not match": {
    files: {
      'a.png': photo(1),
      'via.json': JSON.stringify({
        'a.png1': viaImage('a.png', [
          [{ name: 'polygon', all_points_x: [1, 2, 3], all_points_y: [1, 2] }, 'leaf'],
          [{ name: 'point', cx: 1, cy: 2 }, 'leaf'],
          [{ name: 'circle', cx: 20, cy: 20 }, 'leaf'],
          [{ name: 'circle', cx: 20, cy: 20, r: 5 }, ''],
          [{ name: 'ellipse', cx: 20, cy: 20, rx: 9, ry: 5, theta: 0.5 }, 'leaf'],
        ]),
      }),
    },
    says: [
      'broken-shape | via.json, region 1: all_points_x and all_points_y are not as many numbers (a.png)',
      'broken-shape | via.json, region 3: a circle needs cx, cy, r (a.png)',
      'unknown-class | via.json, region 4: no class (a.png)',
      'box-only | via.json, region 2: a point has no area (a.png)',
    ],
    refuses: 'via.json, region 1',
  },
  "Supervisely's objects of unknown classes, and damaged bitmaps": {
    files: {
      'meta.json': '{"classes": [{"title": "leaf", "shape": "any", "color": "#00FF00"}], "tags": []}',
      'train/img/a.png': photo(1),
      'train/img/b.png': photo(2),
      'train/ann/a.png.json': supervisely([
        {
          classTitle: 'leaf',
          geometryType: 'polygon',
          points: {
            exterior: [
              [1, 1],
              [30, 2],
              [4, 30],
            ],
            interior: [],
          },
        },
        {
          classTitle: 'brick',
          geometryType: 'rectangle',
          points: {
            exterior: [
              [1, 1],
              [30, 2],
            ],
            interior: [],
          },
        },
        { classTitle: 'leaf', geometryType: 'bitmap', bitmap: { data: 'AAAA', origin: [1, 2] } },
        { classTitle: 'leaf', geometryType: 'point', points: { exterior: [[1, 1]], interior: [] } },
      ]),
    },
    says: [
      'missing-mask | train/img/b.png: undefined',
      'broken-shape | train/ann/a.png.json, object 3: its bitmap cannot be unpacked (train/img/a.png)',
      'unknown-class | train/ann/a.png.json, object 2: "brick" (train/img/a.png)',
      'box-only | train/ann/a.png.json, object 4: a point has no area (train/img/a.png)',
    ],
    refuses: 'train/ann/a.png.json, object 3',
  },
  'COCO files of which one has outlines and another, of other images, boxes': {
    files: {
      'train/a.png': photo(1),
      'valid/b.png': photo(2),
      'train/_annotations.coco.json': coco('a.png', [{ category_id: 3, segmentation: [LEAF] }]),
      'valid/_annotations.coco.json': coco('b.png', [{ category_id: 3, segmentation: [], bbox: [1, 1, 4, 4] }]),
    },
    says: ['box-only | valid/_annotations.coco.json, annotation id 901: it has no segmentation (valid/b.png)'],
    refuses: '1 object is marked by a box or points only',
  },
  'COCO files of which one has outlines and another, of the same kind, key points': {
    files: {
      'train/a.png': photo(1),
      'valid/b.png': photo(2),
      'train/_annotations.coco.json': coco('a.png', [{ category_id: 3, segmentation: [LEAF] }]),
      'valid/_annotations.coco.json': coco(
        'b.png',
        [{ category_id: 3, keypoints: [9, 9, 2] }],
        [{ id: 3, name: 'leaf', keypoints: ['tip'] }],
      ),
    },
    says: ['box-only | valid/_annotations.coco.json, annotation id 901: it has no segmentation (valid/b.png)'],
    refuses: '1 object is marked by a box or points only',
  },
  "VIA's regions of classes that the project's list of them does not have": {
    files: {
      'a.png': photo(1),
      'classes.txt': 'moss\n',
      'via.json': viaProject(
        [
          [viaPolygon(LEAF), 'leaf'],
          [viaPolygon(corners(STONE)), 'moss'],
        ],
        { leaf: '', stone: '' },
      ),
    },
    says: ['unknown-class | via.json, region 2: "moss" (a.png)'],
    refuses: '1 shape has a class that the data set does not name',
  },
  "VIA's regions of classes that a text beside them does not have": {
    files: {
      'a.png': photo(1),
      'classes.txt': 'leaf\nstone\n',
      'via.json': viaProject(
        [
          [viaPolygon(LEAF), 'leaf'],
          [viaPolygon(corners(STONE)), 'moss'],
        ],
        {},
      ),
    },
    says: ['unknown-class | via.json, region 2: "moss" (a.png)'],
    refuses: '1 shape has a class that the data set does not name',
  },
  ...Object.fromEntries(
    ODD.map(([title, unit, file, image, files]): [string, Faulty] => [
      `outlines of ${title} that reach outside or cross themselves`,
      {
        files,
        says: [
          `outside | ${file}, ${unit} 1: 3 pixels over the left edge, 2 pixels over the bottom edge (${image})`,
          `self-crossing | ${file}, ${unit} 2: the sides from (2, 2) and from (12, 2) (${image})`,
        ],
      },
    ]),
  ),
  'what is odd but can be drawn': {
    files: { ...IMAGES, 'data.yaml': YAML, 'labels/train/a.txt': yoloLine(1, bow), 'labels/val/b.txt': STONE_LINE },
    says: ['self-crossing | labels/train/a.txt, line 1: the sides from (2, 2) and from (12, 2) (images/train/a.png)'],
  },
};

/** What cannot be opened, and the words that say why. */
export const REFUSED: readonly (readonly [title: string, message: string | readonly string[], files: Files])[] = [
  [
    'COCO with boxes only',
    'labels.json has boxes only: none of its 1 annotations has a segmentation. Nothing says which pixels are meant',
    { 'a.png': photo(1), 'labels.json': coco('a.png', [{ category_id: 3, bbox: [1, 1, 4, 4] }]) },
  ],
  [
    'COCO with keypoints only',
    'labels.json has keypoints and boxes only',
    {
      'a.png': photo(1),
      'labels.json': coco(
        'a.png',
        [{ category_id: 3, keypoints: [1, 1, 2] }],
        [{ id: 3, name: 'person', keypoints: ['nose'] }],
      ),
    },
  ],
  [
    'COCO of several kinds',
    'drawn has several kinds of labels: annotations/instances_*.json, annotations/stuff_*.json. Name a file of the one that is meant, such as drawn/annotations/instances_train.json',
    {
      'images/train/a.png': photo(1),
      'annotations/instances_train.json': coco('a.png', [{ category_id: 3, segmentation: [LEAF] }]),
      'annotations/stuff_train.json': coco(
        'a.png',
        [{ category_id: 95, segmentation: [LEAF] }],
        [{ id: 95, name: 'sky' }],
      ),
    },
  ],
  [
    'COCO whose fields are of another kind',
    "labels.json: this is not COCO's JSON with images, annotations and categories: images.0.file_name: Invalid input: expected string, received number; categories: Invalid input: expected array",
    {
      'a.png': photo(1),
      'labels.json': '{"images": [{"id": 1, "file_name": 5}], "annotations": [{"image_id": 1}], "categories": 7}',
    },
  ],
  [
    'COCO with captions only',
    'drawn/captions_train.json has no categories. Nothing says which pixels are meant: export polygons or masks',
    {
      'a.png': photo(1),
      'captions_train.json': JSON.stringify({
        images: [{ id: 1, file_name: 'a.png' }],
        annotations: [{ id: 1, image_id: 1, caption: 'A leaf.' }],
      }),
    },
  ],
  [
    'COCO with files that are damaged in several ways',
    [
      "drawn/train/labels.json: this is not COCO's JSON with images, annotations and categories: annotation id 8, image_id: Invalid input; annotation number 2, category_id: Invalid input: expected number, received string. Export it anew.",
      'drawn/val/labels.json: this is no JSON (',
    ],
    {
      'train/a.png': photo(1),
      'train/labels.json': JSON.stringify({
        images: [{ id: 1, file_name: 'a.png' }],
        annotations: [{ id: 8 }, { image_id: 1, category_id: 'leaf' }],
        categories: [{ id: 1, name: 'leaf' }],
      }),
      'val/labels.json': coco('b.png', [{ category_id: 3, segmentation: [LEAF] }]).slice(0, -9),
    },
  ],
  [
    "COCO's panoptic labels whose masks and categories are not there",
    [
      `drawn/annotations/panoptic_train.json: ${Array.from({ length: 9 }, (_, id) => `segment ${id + 1} of a.png has the unknown category 55`).join('; ')}; the mask c.png is not there.`,
      'drawn/annotations/panoptic_val.json: the mask b.png is not there.',
    ],
    {
      'train/a.jpg': photo(1),
      'val/b.jpg': photo(2),
      'annotations/panoptic_train/a.png': photo(3),
      'annotations/panoptic_train.json': JSON.stringify({
        images: [
          { id: 1, file_name: 'a.jpg' },
          { id: 2, file_name: 'c.jpg' },
        ],
        annotations: [
          {
            image_id: 1,
            file_name: 'a.png',
            segments_info: Array.from({ length: 9 }, (_, id) => ({ id: id + 1, category_id: 55 })),
          },
          { image_id: 2, file_name: 'c.png', segments_info: [] },
        ],
        categories: [{ id: 1, name: 'leaf' }],
      }),
      'annotations/panoptic_val.json': JSON.stringify({
        images: [{ id: 1, file_name: 'b.jpg' }],
        annotations: [{ image_id: 1, file_name: 'b.png', segments_info: [] }],
        categories: [{ id: 1, name: 'leaf' }],
      }),
    },
  ],
  [
    "COCO's panoptic segments without a number",
    "drawn/panoptic_train.json: this is not COCO's JSON with images, annotations and categories: annotation number 1, segments_info.0.id: Invalid input: expected number, received string. Export it anew.",
    {
      'train/a.png': photo(1),
      'panoptic_train/a.png': photo(3),
      'panoptic_train.json': JSON.stringify({
        images: [{ id: 1, file_name: 'a.png' }],
        annotations: [{ image_id: 1, file_name: 'a.png', segments_info: [{ id: 'one', category_id: 1 }] }],
        categories: [{ id: 1, name: 'leaf' }],
      }),
    },
  ],
  [
    'COCO with a split that lost its categories',
    'drawn/valid/_annotations.coco.json has no categories, but is named as files that have them. Export it anew.',
    {
      'train/a.png': photo(1),
      'train/_annotations.coco.json': JSON.stringify({
        images: [{ id: 1, file_name: 'a.png', width: 48, height: 40 }],
        annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [LEAF], bbox: [0, 0, 1, 1] }],
        categories: [{ id: 1, name: 'leaf' }],
      }),
      'valid/b.png': photo(2),
      'valid/_annotations.coco.json': JSON.stringify({
        images: [{ id: 1, file_name: 'b.png', width: 48, height: 40 }],
        annotations: [],
      }),
    },
  ],
  [
    'labelme with several damaged files',
    [
      "drawn/a.json: this is not labelme's JSON with shapes and imagePath: shape 1, points.0.1: Invalid input: expected number, received string; shape 2, label: Invalid input. Export it anew.",
      'drawn/b.json: this is no JSON (',
    ],
    {
      'a.png': photo(1),
      'a.json': labelme('a.png', [{ label: 'leaf', points: [[1, 'x']] }, { points: [] }]),
      'b.json': labelme('b.png', []).slice(0, -2),
    },
  ],
  [
    'Supervisely with several damaged files',
    [
      "drawn/train/ann/a.png.json: this is not Supervisely's annotation with size and objects: object 2, classTitle: Invalid input: expected string, received number. Export it anew.",
      'drawn/train/ann/b.png.json: this is no JSON (',
    ],
    {
      'meta.json': '{"classes": [{"title": "leaf", "shape": "any", "color": "#00FF00"}], "tags": []}',
      'train/img/a.png': photo(1),
      'train/ann/a.png.json': supervisely([{ classTitle: 'leaf' }, { classTitle: 3 }]),
      'train/ann/b.png.json': supervisely([]).slice(0, -1),
    },
  ],
  [
    'Label Studio with several damaged tasks and files',
    [
      "drawn/one.json: this is not Label Studio's export, a list of tasks: task 1, annotations.0, region 2, type: Invalid input: expected string, received number; task 2, annotations.0, region 1, original_width: Invalid input: expected number, received string. Export it anew.",
      'drawn/two.json: this is no JSON (',
    ],
    {
      'a.png': photo(1),
      'one.json': labelStudio([
        ['a.png', [percentPolygon('leaf', LEAF), { type: 5 }]],
        ['b.png', [{ type: 'polygonlabels', original_width: '48' }]],
      ]),
      'two.json': labelStudio([['c.png', []]]).slice(0, -1),
    },
  ],
  [
    'VIA with several damaged files',
    [
      "drawn/three.json: this is not VIA's JSON, images with filename and regions: _via_img_metadata.a.png1, region 2, shape_attributes: Invalid input",
      "drawn/one.json: this is not VIA's JSON, images with filename and regions: _via_img_metadata.a.png1.filename: Invalid input: expected string, received number. Export it anew.",
      'drawn/two.json: this is no JSON (',
    ],
    {
      'a.png': photo(1),
      'one.json': viaProject([[viaPolygon(LEAF), 'leaf']], {}).replace('"filename":"a.png"', '"filename":5'),
      'two.json': viaProject([], {}).slice(0, -2),
      'three.json': JSON.stringify({
        _via_img_metadata: {
          'a.png1': { filename: 'a.png', regions: { 0: { shape_attributes: {} }, 1: { shape_attributes: 3 } } },
        },
        _via_settings: {},
      }),
    },
  ],
  [
    'VIA 3',
    "drawn/project.json: this is a project of VIA 3, which is not read. Draw in VIA 2 (VGG Image Annotator), or convert the labels to COCO's JSON.",
    {
      'a.png': photo(1),
      'project.json': JSON.stringify({
        project: { pid: '__VIA_PROJECT_ID__', data_format_version: '3.1.1' },
        config: {},
        attribute: { 1: { aname: 'class', anchor_id: 'FILE1_Z0_XY1', type: 4, options: { 0: 'leaf' } } },
        file: { 1: { fid: '1', fname: 'a.png', type: 2, loc: 1, src: 'a.png' } },
        metadata: { '1_x': { vid: '1', flg: 0, z: [], xy: [7, 1, 1, 9, 1, 9, 9], av: { 1: '0' } } },
        view: { 1: { fid_list: ['1'] } },
      }),
    },
  ],
  [
    'CVAT with several damaged files',
    ['drawn/one.xml: the XML is damaged (', 'drawn/two.xml: an image has no name. Export the labels anew.'],
    {
      'a.png': photo(1),
      'one.xml': cvat('').slice(0, -9),
      'two.xml': cvat('<image id="1"></image>'),
    },
  ],
  [
    'data.yaml without masks and without texts',
    'masks_dir is missing; it names the folder of the masks (nor are there texts with outlines in labels/)',
    { ...IMAGES, 'data.yaml': YAML },
  ],
  [
    'CVAT for video',
    'annotations.xml: these are tracks of a video. Export the task as "CVAT for images 1.1", with an image a frame.',
    {
      'a.png': photo(1),
      'annotations.xml':
        '<annotations><version>1.1</version><meta></meta><track id="0" label="leaf"></track></annotations>',
    },
  ],
  [
    'XML with entities of its own',
    'annotations.xml: the XML is damaged (',
    {
      'a.png': photo(1),
      'annotations.xml':
        '<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><annotations><version>&b;</version><image name="a.png"></image></annotations>',
    },
  ],
  [
    'VIA with several attributes, none of which is the class',
    'drawn: regions have the attributes age, color, and none is called class or label. Rename the one that says the class.',
    {
      'a.png': photo(1),
      'via.json':
        '{"a.png1": {"filename": "a.png", "size": 1, "regions": [{"shape_attributes": {"name": "rect", "x": 1, "y": 1, "width": 9, "height": 9}, "region_attributes": {"age": "2", "color": "red"}}], "file_attributes": {}}}',
    },
  ],
  [
    'VIA as CSV with many cells that are no JSON',
    Array.from({ length: 9 }, (_, row) => `line ${row + 2} has a region that is no JSON (`),
    {
      'a.png': photo(1),
      'via.csv': [
        'filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes',
        ...Array.from({ length: 9 }, () => 'a.png,5,"{}",2,1,"{""name"":""rect"",""x"":20,""y"":","{}"'),
      ].join('\n'),
    },
  ],
  [
    'VIA as CSV with a cell that is no JSON',
    'drawn/via.csv: line 3 has a region that is no JSON (',
    {
      'a.png': photo(1),
      'via.csv': [
        'filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes',
        'a.png,5,"{}",2,0,"{""name"":""rect"",""x"":20,""y"":10,""width"":10,""height"":12}","{""name"":""stone""}"',
        'a.png,5,"{}",2,1,"{""name"":""rect"",""x"":20,""y"":","{""name"":""stone""}"',
      ].join('\n'),
    },
  ],
];
