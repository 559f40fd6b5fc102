import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset.ts';
import { DATASET_FORMATS } from './index.ts';
import { readSample } from '../read-sample.ts';
import { FormatError } from '../../errors.ts';
import type { Color } from '../../image/image.ts';
import { decodeDatasetImage, openDatasetAt } from '../../platform/node/dataset-files.ts';
import { FIXTURES as DRAWN_ON } from '../../../test/support/annotated-files.ts';
import { bytesOf, colorMask, type Files, grayMask, mask, photo } from '../../../test/support/drawn/files.ts';
import { PUBLISHED } from '../../../test/support/published-files.ts';

interface Fixture {
  readonly format: string;
  readonly files: Files;
  readonly classes: number;
  /** Names of samples by split. */
  readonly splits: Readonly<Record<string, readonly string[]>>;
  /** The class ids of the stripes of one sample's mask. */
  readonly ids: readonly [split: string, name: string, ids: readonly number[]];
}

const VOID: Color = [0, 0, 0];

const FIXTURES: Readonly<Record<string, Fixture>> = {
  'an ultralytics folder with a mapping': {
    format: 'ultralytics',
    files: {
      'data.yaml':
        'path: .\ntrain: images/train\nval: images/val\nmasks_dir: masks\nlabel_mapping: {3: 255, 7: 1}\nnames: {0: a, 1: b}\n',
      'images/train/x.jpg': photo(1),
      'masks/train/x.png': grayMask([0, 1, 3, 7]),
      'images/val/y.png': photo(2),
      'masks/val/y.png': grayMask([1, 0, 255]),
      'README.md': 'About',
    },
    classes: 2,
    splits: { train: ['x'], val: ['y'] },
    ids: ['train', 'x', [0, 1, 255, 1]],
  },
  'an ultralytics file whose path was written for another folder': {
    format: 'ultralytics',
    files: {
      'set.yaml': 'path: ../datasets/set\ntrain: [images/a, images/b]\nval: val.txt\nmasks_dir: masks\nnames: [a, b]\n',
      'images/a/x.png': photo(1),
      'masks/a/x.png': mask([0, 1]),
      'images/b/y.png': photo(2),
      'masks/b/y.png': mask([1]),
      'val.txt': './images/c/z.png\n',
      'images/c/z.png': photo(3),
      'masks/c/z.png': mask([0]),
      'masks/c/other.png': mask([0]),
    },
    classes: 2,
    splits: { train: ['x', 'y'], val: ['c/z'] },
    ids: ['train', 'x', [0, 1]],
  },
  'VOC 2012 in the folders of its archive': {
    format: 'voc',
    files: {
      'VOCdevkit/VOC2012/JPEGImages/2007_1.jpg': photo(1),
      'VOCdevkit/VOC2012/JPEGImages/2007_2.jpg': photo(2),
      'VOCdevkit/VOC2012/JPEGImages/2008_3.jpg': photo(3),
      'VOCdevkit/VOC2012/SegmentationClass/2007_1.png': mask([0, 20, 255]),
      'VOCdevkit/VOC2012/SegmentationClass/2007_2.png': mask([15]),
      'VOCdevkit/VOC2012/SegmentationClassAug/2008_3.png': mask([3]),
      'VOCdevkit/VOC2012/ImageSets/Segmentation/train.txt': '2007_1\n',
      'VOCdevkit/VOC2012/ImageSets/Segmentation/val.txt': '2007_2\n',
      'VOCdevkit/VOC2012/ImageSets/Segmentation/trainval.txt': '2007_1\n2007_2\n',
      'VOCdevkit/VOC2012/ImageSets/Segmentation/trainaug.txt': '2007_1\n2008_3\n',
      'VOCdevkit/VOC2012/ImageSets/Segmentation/test.txt': '2009_4\n',
    },
    classes: 21,
    splits: { train: ['2007_1'], val: ['2007_2'], trainaug: ['2007_1', '2008_3'], trainval: ['2007_1', '2007_2'] },
    ids: ['train', '2007_1', [0, 20, 255]],
  },
  'Cityscapes with label ids': {
    format: 'cityscapes',
    files: {
      'leftImg8bit/train/aachen/aachen_0_1_leftImg8bit.png': photo(1),
      'gtFine/train/aachen/aachen_0_1_gtFine_labelIds.png': grayMask([0, 7, 8, 11, 12, 33, 255, 29]),
      'gtFine/train/aachen/aachen_0_1_gtFine_color.png': photo(9),
      'gtFine/train/aachen/aachen_0_1_gtFine_polygons.json': '{}',
      'leftImg8bit/val/ulm/ulm_0_2_leftImg8bit.png': photo(2),
      'gtFine/val/ulm/ulm_0_2_gtFine_labelIds.png': grayMask([7]),
    },
    classes: 19,
    splits: { train: ['aachen/aachen_0_1'], val: ['ulm/ulm_0_2'] },
    ids: ['train', 'aachen/aachen_0_1', [255, 0, 1, 2, 3, 18, 255, 255]],
  },
  'Cityscapes with train ids': {
    format: 'cityscapes',
    files: {
      'leftImg8bit/train/aachen/a_leftImg8bit.png': photo(1),
      'gtFine/train/aachen/a_gtFine_labelIds.png': grayMask([7, 8]),
      'gtFine/train/aachen/a_gtFine_labelTrainIds.png': grayMask([0, 18, 255]),
    },
    classes: 19,
    splits: { train: ['aachen/a'] },
    ids: ['train', 'aachen/a', [0, 18, 255]],
  },
  ADE20K: {
    format: 'ade20k',
    files: {
      'ADEChallengeData2016/images/training/ADE_train_00000001.jpg': photo(1),
      'ADEChallengeData2016/annotations/training/ADE_train_00000001.png': grayMask([0, 1, 150]),
      'ADEChallengeData2016/images/validation/ADE_val_00000001.jpg': photo(2),
      'ADEChallengeData2016/annotations/validation/ADE_val_00000001.png': grayMask([2]),
    },
    classes: 150,
    splits: { train: ['ADE_train_00000001'], val: ['ADE_val_00000001'] },
    ids: ['train', 'ADE_train_00000001', [255, 0, 149]],
  },
  'COCO-Stuff with its 182 ids': {
    format: 'coco-stuff',
    files: {
      'images/train2017/000000000009.jpg': photo(1),
      'stuffthingmaps/train2017/000000000009.png': grayMask([0, 10, 12, 181, 255, 91]),
      'images/val2017/000000000139.jpg': photo(2),
      'stuffthingmaps/val2017/000000000139.png': grayMask([5]),
    },
    classes: 171,
    splits: { train: ['000000000009'], val: ['000000000139'] },
    ids: ['train', '000000000009', [0, 10, 11, 170, 255, 80]],
  },
  'COCO-Stuff with train ids beside the others': {
    format: 'coco-stuff',
    files: {
      'images/train2017/000000000009.jpg': photo(1),
      'annotations/train2017/000000000009.png': grayMask([181]),
      'annotations/train2017/000000000009_labelTrainIds.png': grayMask([0, 170, 255]),
    },
    classes: 171,
    splits: { train: ['000000000009'] },
    ids: ['train', '000000000009', [0, 170, 255]],
  },
  "NYUDv2 in the authors' lists": {
    format: 'nyudv2',
    files: {
      'train.nyu': 'train_images/000003.png\ttrain_labels/000003.png\n',
      'val.nyu': 'val_images/000001.png\tval_labels/000001.png\r\n',
      'train_images/000003.png': photo(1),
      'train_labels/000003.png': mask([0, 39, 255]),
      'val_images/000001.png': photo(2),
      'val_labels/000001.png': mask([4]),
    },
    classes: 40,
    splits: { train: ['000003'], val: ['000001'] },
    ids: ['train', '000003', [0, 39, 255]],
  },
  'CamVid as SegNet has it': {
    format: 'camvid-segnet',
    files: {
      'train/0001TP_006690.png': photo(1),
      'trainannot/0001TP_006690.png': grayMask([0, 10, 11]),
      'val/0016E5_07959.png': photo(2),
      'valannot/0016E5_07959.png': grayMask([3]),
      'test/0001TP_008550.png': photo(3),
      'testannot/0001TP_008550.png': grayMask([3]),
      'train.txt': '/SegNet/CamVid/train/0001TP_006690.png /SegNet/CamVid/trainannot/0001TP_006690.png\n',
    },
    classes: 11,
    splits: { train: ['0001TP_006690'], val: ['0016E5_07959'], test: ['0001TP_008550'] },
    ids: ['train', '0001TP_006690', [0, 10, 255]],
  },
  'CamVid as fastai has it': {
    format: 'camvid-fastai',
    files: {
      'codes.txt': 'Animal\nBuilding\nVoid\nWall\n',
      'valid.txt': 'b.png\n',
      'images/a.png': photo(1),
      'labels/a_P.png': grayMask([0, 1, 2, 3]),
      'images/b.png': photo(2),
      'labels/b_P.png': grayMask([1]),
    },
    classes: 3,
    splits: { train: ['a'], val: ['b'] },
    ids: ['train', 'a', [0, 1, 255, 2]],
  },
  'CamVid in colors, by splits': {
    format: 'camvid-colors',
    files: {
      'class_dict.csv': 'name,r,g,b\nSky,128,128,128\nLaneMkgsDriv,128,0,192\nVoid,0,0,0\n',
      'train/a.png': photo(1),
      'train_labels/a_L.png': colorMask([[128, 128, 128], [128, 0, 192], VOID]),
      'val/b.png': photo(2),
      'val_labels/b_L.png': colorMask([[128, 128, 128]]),
    },
    classes: 11,
    splits: { train: ['a'], val: ['b'] },
    ids: ['train', 'a', [0, 3, 255]],
  },
  'CamVid in colors, as first released': {
    format: 'camvid-colors',
    files: {
      '701_StillsRaw_full/a.png': photo(1),
      'LabeledApproved_full/a_L.png': colorMask([
        [64, 192, 0],
        [0, 128, 192],
      ]),
    },
    classes: 11,
    splits: { train: ['a'] },
    ids: ['train', 'a', [1, 10]],
  },
  'masks in colors with a class table': {
    format: 'color-masks',
    files: {
      'class_dict.csv': 'name,r,g,b\nbackground,0,0,0\nwater,30,80,200\nunlabeled,255,255,255\n',
      'images/train/a.jpg': photo(1),
      'masks/train/a.png': colorMask([VOID, [30, 80, 200], [255, 255, 255]]),
      'images/val/b.jpg': photo(2),
      'masks/val/b.png': colorMask([VOID]),
    },
    classes: 2,
    splits: { train: ['a'], val: ['b'] },
    ids: ['train', 'a', [0, 1, 255]],
  },
  "mmsegmentation's folders": {
    format: 'mmsegmentation',
    files: {
      'img_dir/train/a_leftImg8bit.png': photo(1),
      'ann_dir/train/a_gtFine_labelTrainIds.png': mask([0, 2, 255]),
      'img_dir/val/b.jpg': photo(2),
      'ann_dir/val/b.png': mask([1]),
      'classes.txt': 'road\ncar\nsky\n',
    },
    classes: 3,
    splits: { train: ['a_leftImg8bit'], val: ['b'] },
    ids: ['train', 'a_leftImg8bit', [0, 2, 255]],
  },
  'lists of pairs': {
    format: 'pair-lists',
    files: {
      'train.txt': '# image mask\nphotos/one/a.jpg\tlabeled/one/a.png\nphotos/two/a.jpg labeled/two/a.png\n',
      'val.txt': 'photos/one/b c.jpg\tlabeled/one/b c.png\n',
      'photos/one/a.jpg': photo(1),
      'photos/two/a.jpg': photo(2),
      'photos/one/b c.jpg': photo(3),
      'labeled/one/a.png': mask([0, 1]),
      'labeled/two/a.png': mask([1]),
      'labeled/one/b c.png': mask([2]),
    },
    classes: 3,
    splits: { train: ['one/a', 'two/a'], val: ['b c'] },
    ids: ['train', 'one/a', [0, 1]],
  },
  'two folders with splits in them': {
    format: 'folders',
    files: {
      'images/train/a.jpg': photo(1),
      'masks/train/a.png': mask([0, 1]),
      'images/valid/b.jpg': photo(2),
      'masks/valid/b_mask.png': mask([2]),
    },
    classes: 3,
    splits: { train: ['a'], val: ['b'] },
    ids: ['val', 'b', [2]],
  },
  'splits with two folders in them': {
    format: 'folders',
    files: {
      'train/images/deep/a.jpg': photo(1),
      'train/labels/deep/a.png': mask([0, 1]),
      'test/images/b.jpg': photo(2),
      'test/labels/b.png': mask([1]),
      'classes.txt': '0: ground\n1: roof\n',
    },
    classes: 2,
    splits: { train: ['deep/a'], test: ['b'] },
    ids: ['train', 'deep/a', [0, 1]],
  },
  'two folders without splits': {
    format: 'folders',
    files: { 'images/a.jpg': photo(1), 'annotations/a.png': mask([0, 1]) },
    classes: 2,
    splits: { train: ['a'] },
    ids: ['train', 'a', [0, 1]],
  },
};

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet-formats-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function writeFiles(name: string, files: Files): Promise<string> {
  const folder = join(root, name.replace(/\W+/g, '-'));
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytesOf(content));
  }
  return folder;
}

const namesOf = (dataset: Dataset) =>
  Object.fromEntries(dataset.splits.map((split) => [split, dataset.samples(split).map(({ name }) => name)]));

describe.each(Object.entries(FIXTURES))('%s', (title, fixture) => {
  let folder: string;
  beforeAll(async () => {
    folder = await writeFiles(title, fixture.files);
  });

  test('is recognized, with its classes, splits and pairs', async () => {
    const dataset = await openDatasetAt(folder);
    expect(dataset.format).toBe(fixture.format);
    expect(dataset.classes).toHaveLength(fixture.classes);
    expect(namesOf(dataset)).toEqual(fixture.splits);
    expect(dataset.splits).toEqual(Object.keys(fixture.splits));
    expect(dataset.splits.flatMap((split) => dataset.faults(split))).toEqual([]);
  });

  test('opens the same when the format is named', async () => {
    const dataset = await openDatasetAt(folder, { format: fixture.format });
    expect(namesOf(dataset)).toEqual(fixture.splits);
  });

  test('gives the class ids that its masks mean', async () => {
    const dataset = await openDatasetAt(folder);
    const [split, name, ids] = fixture.ids;
    const sample = dataset.samples(split).find((each) => each.name === name);
    if (!sample) throw new Error(`no sample ${name}`);
    const { image, labels } = await readSample(dataset, sample, decodeDatasetImage);
    expect([image.width, image.height]).toEqual([48, 40]);
    const row = ids.map((_, stripe) => labels.data[Math.floor(((stripe + 0.5) * labels.width) / ids.length)]);
    expect(row).toEqual(ids);
    expect(labels.data.at(-1)).toBe(ids.at(-1));
  });
});

describe.each(DATASET_FORMATS.map(({ name }) => name))('the format %s', (name) => {
  test('has a fixture in its published layout', () => {
    const all = [...Object.values(FIXTURES), ...Object.values(DRAWN_ON), ...PUBLISHED];
    expect(all.map(({ format }) => format)).toContain(name);
  });

  test('says what is missing in a folder that is laid out otherwise', async () => {
    const folder = await writeFiles('otherwise', { 'notes/a.md': 'nothing' });
    const error = await openDatasetAt(folder, { format: name }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(
      /otherwise: .*(lacks|no data\.yaml|no list of pairs|no two folders|need what is not there)/,
    );
  });
});

test('a folder of no known layout is answered with all that was looked for', async () => {
  const folder = await writeFiles('unknown', { 'a/b.txt': 'x', 'c.md': 'y' });
  const error = (await openDatasetAt(folder).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toContain('unknown: no data set of a known layout was found (it has a/, c.md). Looked for\n');
  for (const { name, looksFor } of DATASET_FORMATS) expect(error.message).toContain(`  ${name}: ${looksFor}`);
  expect(error.message).toMatch(/images\/ and masks\/, with files of the same names\.$/);
});

test('a path that does not exist, and a format that does not, are wrong usage', async () => {
  await expect(openDatasetAt(join(root, 'nowhere'))).rejects.toThrow('nowhere: there is no such folder or file.');
  await expect(openDatasetAt(root, { format: 'imagenet' })).rejects.toThrow(
    'There is no data set format "imagenet". Choose one of',
  );
});

test('a YAML file or a list can be named itself, where a folder has several', async () => {
  const yaml = (train: string) => `train: ${train}\nmasks_dir: masks\nnames: [a, b]\n`;
  const folder = await writeFiles('several', {
    'one.yaml': yaml('images/one'),
    'two.yaml': yaml('images/two'),
    'images/one/a.png': photo(1),
    'masks/one/a.png': mask([0]),
    'images/two/b.png': photo(2),
    'masks/two/b.png': mask([1]),
    'list.txt': 'images/two/b.png masks/two/b.png\n',
  });
  expect(namesOf(await openDatasetAt(join(folder, 'two.yaml')))).toEqual({ train: ['b'] });
  expect(namesOf(await openDatasetAt(join(folder, 'list.txt')))).toEqual({ list: ['b'] });
});

test('every fault of a data.yaml is named at once', async () => {
  const folder = await writeFiles('bad-yaml', {
    'data.yaml': 'train: 5\nnc: 3\nnames: {0: a, 2: b}\nlabel_mapping: {7: 9}\n__proto__: {polluted: 1}\n',
  });
  const error = (await openDatasetAt(folder).catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(FormatError);
  for (const part of [
    'train is neither',
    'train and val are missing',
    'masks_dir is missing',
    'names must number',
    'label_mapping has 7: 9',
    'nc is 3',
  ]) {
    expect(error.message).toContain(part);
  }
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

describe('a table of classes beside a data.yaml', () => {
  const YAML = 'train: images\nmasks_dir: masks\nnames: [ground, water]\n';
  const files = (painted: Uint8Array, table: string): Files => ({
    'data.yaml': YAML,
    'class_dict.csv': table,
    'images/a.png': photo(1),
    'masks/a.png': painted,
  });
  const painted = colorMask([
    [1, 1, 1],
    [2, 2, 2],
    [3, 3, 3],
    [4, 4, 4],
  ]);

  test('gives its colors to the classes of the same names, several to one, and none to void', async () => {
    const table = 'name,r,g,b\nwater,1,1,1\nvoid,2,2,2\nground,3,3,3\nwater,4,4,4\n';
    const dataset = await openDatasetAt(await writeFiles('table', files(painted, table)));
    expect(dataset.classes).toEqual([
      { name: 'ground', color: [3, 3, 3] },
      { name: 'water', color: [1, 1, 1] },
    ]);
    expect(dataset.notes).toEqual(['Masks are read by the colors in class_dict.csv; void is no class and ignored.']);
    const { labels } = await readSample(dataset, dataset.samples('train')[0] as never, decodeDatasetImage);
    expect([...labels.data.subarray(0, 48)].filter((_, x) => x % 12 === 6)).toEqual([1, 255, 0, 1]);
  });

  test('is refused with what does not fit the names', async () => {
    const table = 'name,r,g,b\nGround,1,1,1\nwater,2,2,2\nroof,3,3,3\n';
    await expect(openDatasetAt(await writeFiles('foreign', files(painted, table)))).rejects.toThrow(
      'class_dict.csv: the masks have colors, but this table does not fit the classes ground, water: it lacks ground; it has Ground, roof beside them. ' +
        'Give each class a row with its very name, and each other color the name void.',
    );
  });

  test('is not looked at where masks hold ids, whatever is in it', async () => {
    const dataset = await openDatasetAt(await writeFiles('ids', files(mask([0, 1]), 'no table at all 1')));
    expect([dataset.encoding.kind, dataset.notes]).toEqual(['ids', []]);
  });
});

describe('names in another Unicode form than on the disk', () => {
  const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
  const YAML = 'masks_dir: masks\nnames: [a, b]\n';
  const one = (image: string, maskPath: string): Files => ({ [image]: photo(1), [maskPath]: mask([0, 1]) });
  const LAYOUTS: Readonly<Record<string, Files>> = {
    'two folders': one(`images/${decomposed}.png`, `masks/${composed}.png`),
    'a list of pairs': {
      'train.txt': `i/${composed}.png\tm/${composed}.png\n`,
      ...one(`i/${decomposed}.png`, `m/${decomposed}.png`),
    },
    'a list of pairs outside': {
      'set/train.txt': `../i/${composed}.png\t../m/${composed}.png\n`,
      ...one(`i/${decomposed}.png`, `m/${decomposed}.png`),
    },
    'a data.yaml with folders': {
      'data.yaml': `${YAML}train: images/${composed}\n`,
      ...one(`images/${decomposed}/x.png`, `masks/${decomposed}/x.png`),
    },
    'a data.yaml with a list': {
      'data.yaml': `${YAML}train: train.txt\n`,
      'train.txt': `images/${composed}.png\n`,
      ...one(`images/${decomposed}.png`, `masks/${composed}.png`),
    },
    "VOC's lists": {
      'ImageSets/Segmentation/train.txt': `${composed}\n`,
      ...one(`JPEGImages/${decomposed}.png`, `SegmentationClass/${decomposed}.png`),
    },
    Cityscapes: one(
      `leftImg8bit/train/${decomposed}/a_leftImg8bit.png`,
      `gtFine/train/${composed}/a_gtFine_labelIds.png`,
    ),
    "fastai's list": {
      'codes.txt': 'a\nb\n',
      'valid.txt': 'other.png\n',
      ...one(`images/${decomposed}.png`, `labels/${composed}_P.png`),
      ...one('images/other.png', 'labels/other_P.png'),
    },
  };

  test.each(Object.entries(LAYOUTS))('are found by %s, and called by one name', async (title, files) => {
    const folder = await writeFiles(`unicode ${title}`, files);
    const dataset = await openDatasetAt(title.endsWith('outside') ? join(folder, 'set') : folder);
    expect(dataset.splits.flatMap((split) => dataset.faults(split))).toEqual([]);
    const [sample] = dataset.samples('train');
    if (!sample) throw new Error('there is no sample');
    expect(sample.name).toBe(sample.name.normalize('NFC'));
    expect((await readSample(dataset, sample, decodeDatasetImage)).image.width).toBe(48);
  });
});

test('files that a list or a folder lacks are faults, not errors', async () => {
  const folder = await writeFiles('faults', {
    'images/train/a.jpg': photo(1),
    'images/train/b.jpg': photo(2),
    'images/train/b.png': photo(3),
    'images/train/c.bmp': 'BM',
    'masks/train/b.png': mask([0, 1]),
    'masks/train/d.png': mask([0, 1]),
    'images/train/Thumbs.db': 'x',
  });
  const dataset = await openDatasetAt(folder);
  expect(dataset.faults('train')).toEqual([
    { kind: 'unreadable-format', path: 'images/train/c.bmp' },
    { kind: 'ambiguous-name', path: 'images/train/b.png', detail: 'has the same name as images/train/b.jpg' },
    { kind: 'missing-mask', path: 'images/train/a.jpg' },
    { kind: 'missing-image', path: 'masks/train/d.png' },
  ]);
  const listed = await writeFiles('listed', {
    'train.txt': 'a.png m/a.png\na.png m/a.png\nb.png m/b.png\n',
    'a.png': photo(1),
    'm/a.png': mask([0, 1]),
  });
  expect((await openDatasetAt(listed)).faults('train').map(({ kind, path }) => [kind, path])).toEqual([
    ['ambiguous-name', 'a.png'],
    ['missing-listed', 'b.png'],
    ['missing-listed', 'm/b.png'],
  ]);
});

describe('files that have nothing to do with the data set', () => {
  const plain = { 'images/a.png': photo(1), 'masks/a.png': mask([0, 1]) };

  test.each<[string, Files]>([
    ['the YAML of an environment', { 'environment.yml': 'name: seg\ndependencies: [numpy]\n' }],
    ['the YAML of a training', { 'config.yaml': 'train: {batch: 8}\nval: {every: 4}\n' }],
    ['a text in another alphabet', { 'README.txt': Uint8Array.of(0x4d, 0xfc, 0x6c, 0x6c) }],
  ])('do not stand in its way: %s', async (title, files) => {
    expect((await openDatasetAt(await writeFiles(title, { ...plain, ...files }))).format).toBe('folders');
  });
});

test('a list that is called as a split is never passed over', async () => {
  const folder = await writeFiles('unreadable list', {
    'train.txt': 'a.png m/a.png\n',
    'val.txt': Uint8Array.of(0xff, 0xfe, 0x61, 0x00),
    'a.png': photo(1),
    'm/a.png': mask([0, 1]),
  });
  await expect(openDatasetAt(folder)).rejects.toThrow('val.txt: this is no text in UTF-8. Save it as UTF-8.');
});

test('a YAML of any name is found by what it says, in one line too', async () => {
  const folder = await writeFiles('flow style', {
    'my.yaml': '{path: ., train: images/train, val: images/val, names: [bg, x], masks_dir: masks}\n',
    'images/train/a.png': photo(1),
    'masks/train/a.png': mask([0, 1]),
    'images/val/b.png': photo(2),
    'masks/val/b.png': mask([0, 1]),
  });
  expect((await openDatasetAt(folder)).classes.map(({ name }) => name)).toEqual(['bg', 'x']);
});

test('folders that mean one split stay apart', async () => {
  const files = (images: string, masks: string) =>
    Object.fromEntries(
      ['train', 'val', 'dev'].flatMap((split, seed) => [
        [`${images}/${split}/1.png`, photo(seed)],
        [`${masks}/${split}/1.png`, mask([0, 1])],
      ]),
    );
  for (const [images, masks] of [
    ['images', 'masks'],
    ['img_dir', 'ann_dir'],
  ] as const) {
    const dataset = await openDatasetAt(await writeFiles(`apart-${images}`, files(images, masks)));
    const paths = dataset.splits.map((split) => [split, dataset.samples(split).map(({ image }) => image)]);
    expect(paths).toEqual(['train', 'val', 'dev'].map((split) => [split, [`${images}/${split}/1.png`]]));
  }
});

test('images of one name in several folders of a split have names of their own', async () => {
  const folder = await writeFiles('one-name', {
    'data.yaml': 'train: [images/a, images/b]\nval: images/c\nmasks_dir: masks\nnames: [x, y]\n',
    'images/a/1.png': photo(1),
    'masks/a/1.png': mask([0, 1]),
    'images/b/1.png': photo(2),
    'masks/b/1.png': mask([1]),
    'images/c/1.png': photo(3),
    'masks/c/1.png': mask([1]),
  });
  const dataset = await openDatasetAt(folder);
  expect(dataset.samples('train').map(({ name }) => name)).toEqual(['a/1', 'b/1']);
  expect(dataset.samples('val').map(({ name }) => name)).toEqual(['1']);
  const listed = await writeFiles('one-stem', {
    'train.txt': 'a.png m/a.png\na.jpg m/a2.png\n',
    'a.png': photo(1),
    'a.jpg': photo(2),
    'm/a.png': mask([0, 1]),
    'm/a2.png': mask([0, 1]),
  });
  expect((await openDatasetAt(listed)).samples('train').map(({ name }) => name)).toEqual(['a_png', 'a_jpg']);
});
