import { expect, test } from 'vitest';
import { coco, LEAF } from '../../../../test/support/annotated-files.ts';
import { type Files, memorySource, photo } from '../../../../test/support/drawn/files.ts';
import { openDataset } from '../../dataset.ts';
import { subfolder } from '../../file-source.ts';

const DRAWN = [{ category_id: 3, segmentation: [LEAF] }];

const opened = async (files: Files) => {
  const dataset = await openDataset(memorySource(files));
  return Object.fromEntries(
    dataset.splits.map((split) => [split, dataset.samples(split).map(({ image }) => image)] as const),
  );
};

test.each(['2014', '2017'])("the splits of COCO's year %s are train and val", async (year) => {
  const files = {
    [`train${year}/a.png`]: photo(1),
    [`val${year}/b.png`]: photo(2),
    [`annotations/instances_train${year}.json`]: coco('a.png', DRAWN),
    [`annotations/instances_val${year}.json`]: coco('b.png', DRAWN),
  };
  expect(await opened(files)).toEqual({ train: [`train${year}/a.png`], val: [`val${year}/b.png`] });
});

test("two of COCO's years are not mixed: images of one's train are in the other's val", async () => {
  const files = Object.fromEntries(
    ['train2014', 'val2014', 'train2017', 'val2017'].flatMap((split, seed) => [
      [`${split}/${split}.png`, photo(seed)],
      [`annotations/instances_${split}.json`, coco(`${split}.png`, DRAWN)],
    ]),
  );
  await expect(openDataset(memorySource(files))).rejects.toThrow(
    'drawn has several kinds of labels: annotations/instances_*2014.json, annotations/instances_*2017.json. Name a file of the one that is meant',
  );
  const source = subfolder(memorySource(files), 'annotations');
  const { splits, samples } = await openDataset(source, { entry: 'instances_val2017.json' });
  expect(splits.flatMap((split) => samples(split).map(({ image }) => image))).toEqual([
    '../train2017/train2017.png',
    '../val2017/val2017.png',
  ]);
});

test('folders of images say the split where no name of a file does', async () => {
  const document = {
    ...JSON.parse(coco('train/a.png', [])),
    images: [
      { id: 1, file_name: 'train/a.png', width: 48, height: 40 },
      { id: 2, file_name: 'val/b.png', width: 48, height: 40 },
    ],
  };
  const files = { 'train/a.png': photo(1), 'val/b.png': photo(2), 'annotations.json': JSON.stringify(document) };
  expect(await opened(files)).toEqual({ train: ['train/a.png'], val: ['val/b.png'] });
  const flat = { 'images/a.png': photo(1), 'annotations.json': coco('a.png', DRAWN) };
  expect((await openDataset(memorySource(flat))).notes.join()).toContain('all images are taken as train');
});

test('annotations of images that are not listed are faults, each once, however many they are', async () => {
  const strays = Array.from({ length: 20_000 }, (_, index) => ({ image_id: 1000 + index, ...DRAWN[0] }));
  const files = { 'images/a.png': photo(1), 'annotations.json': coco('a.png', [...DRAWN, ...strays]) };
  const faults = (await openDataset(memorySource(files))).faults('train');
  expect(faults).toHaveLength(20_000);
  expect(faults[0]).toEqual({
    kind: 'missing-listed',
    path: 'image_id 1000',
    detail: 'of annotations.json, annotation id 902; no image has it',
  });
});

test('a file that is named finds its images beside annotations/, also where nothing says the split', async () => {
  const files = { 'train2017/a%20b.png': photo(1), 'annotations/custom.json': coco('a%20b.png', DRAWN) };
  const { samples } = await openDataset(subfolder(memorySource(files), 'annotations'), { entry: 'custom.json' });
  expect(samples('train').map(({ image }) => image)).toEqual(['../train2017/a%20b.png']);
});

test('the parts of a long file are one, whichever is named', async () => {
  const files = {
    'images/train/a.png': photo(1),
    'images/train/b.png': photo(2),
    'annotations/instances_train.json': coco('a.png', DRAWN),
    'annotations/instances_train_part2.json': coco('b.png', DRAWN),
  };
  const source = subfolder(memorySource(files), 'annotations');
  for (const entry of ['instances_train.json', 'instances_train_part2.json']) {
    const { samples } = await openDataset(source, { entry });
    expect(samples('train').map(({ image }) => image)).toEqual(['../images/train/a.png', '../images/train/b.png']);
  }
});
