import { describe, expect, test } from 'vitest';
import { contactSheet } from '../contact-sheet.ts';
import { documentsOf } from './coco.ts';
import { type ConversionTarget, convertDataset, DATASET_WRITERS } from './convert.ts';
import { openDataset } from '../dataset.ts';
import { readSample } from '../read-sample.ts';
import { scanDataset } from '../scan.ts';
import { datasetStatistics, suggestedWeight } from '../stats.ts';
import { image } from '../../image/image.ts';
import { encodePng } from '../../image/png.ts';
import { decodeDatasetImage } from '../../platform/node/dataset-files.ts';
import { colorMask, type Files, mask, memorySink, memorySource, photo } from '../../../test/support/drawn/files.ts';

const COLORS: Files = {
  'class_dict.csv': 'name,r,g,b\nbackground,0,0,0\nwater: deep,30,80,200\nvoid,255,255,255\n',
  'images/train/a.png': photo(1),
  'masks/train/a.png': colorMask([
    [0, 0, 0],
    [30, 80, 200],
    [255, 255, 255],
  ]),
  'images/val/deep/b.png': photo(2),
  'masks/val/deep/b.png': colorMask([[30, 80, 200]]),
};

test('a converted data set opens as ultralytics and gives the same images, classes and ids', async () => {
  const dataset = await openDataset(memorySource(COLORS));
  const sink = memorySink();
  expect(await convertDataset(dataset, sink, { decodeImage: decodeDatasetImage })).toEqual({
    samples: { train: 1, val: 1 },
    entry: 'data.yaml',
    losses: [],
  });
  expect(Object.keys(sink.files).sort()).toEqual([
    'data.yaml',
    'images/train/a.png',
    'images/val/deep/b.png',
    'masks/train/a.png',
    'masks/val/deep/b.png',
  ]);
  expect(new TextDecoder().decode(sink.files['data.yaml'])).toContain('masks_dir: masks\nnames:\n  0: background\n');
  const converted = await openDataset(memorySource(sink.files));
  expect(converted.format).toBe('ultralytics');
  expect(converted.classes.map(({ name }) => name)).toEqual(['background', 'water: deep']);
  for (const split of dataset.splits) {
    for (const [index, sample] of dataset.samples(split).entries()) {
      const other = converted.samples(split)[index];
      if (!other) throw new Error('a sample is missing');
      expect(await readSample(converted, other, decodeDatasetImage)).toEqual(
        await readSample(dataset, sample, decodeDatasetImage),
      );
    }
  }
});

test('a conversion stops at a mask that has no classes, and leaves no data.yaml', async () => {
  const files = { ...COLORS, 'masks/train/a.png': colorMask([[1, 2, 3]]) };
  const sink = memorySink();
  const converting = convertDataset(await openDataset(memorySource(files)), sink, { decodeImage: decodeDatasetImage });
  await expect(converting).rejects.toThrow('masks/train/a.png: the mask has colors that are no classes: (1,2,3).');
  expect(Object.keys(sink.files)).not.toContain('data.yaml');
});

test('names from lists cannot lead out of the converted folder', async () => {
  const files = {
    'train.txt': '../x/a.png m.png\n',
    '../x/a.png': photo(1),
    'm.png': mask([0, 1]),
    'other.txt': 'n.png m.png',
    'n.png': photo(2),
  };
  const sink = memorySink();
  await convertDataset(await openDataset(memorySource(files)), sink, { decodeImage: decodeDatasetImage });
  expect(Object.keys(sink.files).every((path) => !path.includes('..'))).toBe(true);
});

describe('the splits of what is converted', () => {
  const VOC: Files = {
    'JPEGImages/a.png': photo(1),
    'JPEGImages/b.png': photo(2),
    'SegmentationClass/a.png': mask([0, 1]),
    'SegmentationClass/b.png': mask([0, 2]),
    'ImageSets/Segmentation/train.txt': 'a\n',
    'ImageSets/Segmentation/val.txt': 'b\n',
    'ImageSets/Segmentation/trainval.txt': 'a\nb\n',
  };

  test.each(Object.keys(DATASET_WRITERS) as ConversionTarget[])('are train, val and test alone in %s', async (to) => {
    const dataset = await openDataset(memorySource(VOC));
    const sink = memorySink();
    const { samples, losses } = await convertDataset(dataset, sink, { decodeImage: decodeDatasetImage, to });
    expect(samples).toEqual({ train: 1, val: 1 });
    expect(losses).toContain('The split trainval is left out. Where it has images of its own, convert it by itself.');
    const converted = await openDataset(memorySource(sink.files));
    expect(converted.splits.map((split) => [split, converted.samples(split).map(({ name }) => name)])).toEqual([
      ['train', ['a']],
      ['val', ['b']],
    ]);
    expect(converted.splits.flatMap((split) => converted.faults(split))).toEqual([]);
  });

  test.each(Object.keys(DATASET_WRITERS) as ConversionTarget[])(
    'are train where one of another name is, in %s',
    async (to) => {
      const files = { 'pairs.txt': 'i/a.png m/a.png\n', 'i/a.png': photo(1), 'm/a.png': mask([0, 1]) };
      const sink = memorySink();
      const { samples, losses } = await convertDataset(await openDataset(memorySource(files)), sink, {
        decodeImage: decodeDatasetImage,
        to,
      });
      expect(samples).toEqual({ train: 1 });
      expect(losses).toContain('The split pairs is called train now.');
      expect((await openDataset(memorySource(sink.files))).samples('train').map(({ name }) => name)).toEqual(['a']);
    },
  );

  test('are refused where nobody knows what they are', async () => {
    const dataset = await openDataset(memorySource(VOC));
    const converting = convertDataset(dataset, memorySink(), {
      decodeImage: decodeDatasetImage,
      splits: ['train', 'trainval'],
    });
    await expect(converting).rejects.toThrow('the splits trainval are neither train nor val nor test');
  });
});

test('a mask of another size than its image is converted to nothing', async () => {
  const files = { 'images/a.png': photo(1, 8, 4), 'masks/a.png': mask([0, 1], 4, 8), 'classes.txt': 'a\nb' };
  const converting = convertDataset(await openDataset(memorySource(files)), memorySink(), {
    decodeImage: decodeDatasetImage,
    to: 'yolo',
  });
  await expect(converting).rejects.toThrow('the mask is 4x8, but its image images/a.png is 8x4');
});

test('classes without a background are said to get one where only shapes are drawn', async () => {
  const files = { 'images/a.png': photo(1), 'masks/a.png': mask([0, 1]), 'classes.txt': 'road\ncar' };
  for (const to of ['coco', 'yolo'] as const) {
    const sink = memorySink();
    const { losses } = await convertDataset(await openDataset(memorySource(files)), sink, {
      decodeImage: decodeDatasetImage,
      to,
    });
    expect(losses).toEqual([expect.stringContaining('There is no class called background.')]);
    const { classes } = await openDataset(memorySource(sink.files));
    expect(classes.map(({ name }) => name)).toEqual(['background', 'road', 'car']);
  }
});

test("COCO's JSON that readers would not take is written in parts, which open as one", async () => {
  const entry = (name: string) => ({
    image: { file_name: `${name}.png`, width: 4, height: 4 },
    annotations: [{ category_id: 1, segmentation: [[0, 0, 2, 0, 2, 2]], area: 4, bbox: [0, 0, 2, 2], iscrowd: 0 }],
  });
  const categories = [{ id: 1, name: 'car', supercategory: '' }];
  const all = ['c', 'a', 'b'].map(entry);
  expect(documentsOf(all, categories)).toHaveLength(1);
  const parts = documentsOf(all, categories, 400);
  expect(parts.map((text) => JSON.parse(text).images.map((each: { id: number }) => each.id))).toEqual([[1, 2], [3]]);
  expect(parts.map((text) => JSON.parse(text).annotations.map((each: { id: number }) => each.id))).toEqual([
    [1, 2],
    [3],
  ]);
  const files: Record<string, Uint8Array | string> = Object.fromEntries(
    ['a', 'b', 'c'].map((name, seed) => [`images/train/${name}.png`, photo(seed, 4, 4)]),
  );
  for (const [index, text] of parts.entries())
    files[`annotations/instances_train${index === 0 ? '' : `_part${index + 1}`}.json`] = text;
  const dataset = await openDataset(memorySource(files));
  expect(dataset.samples('train').map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

test('statistics count pixels and images by class, and measure sizes and colors', async () => {
  const dataset = await openDataset(
    memorySource({
      'classes.txt': 'a\nb\nc',
      'images/a.png': encodePng(image(2, 2, Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 0, 51, 255, 0, 51))),
      'masks/a.png': mask([0, 1], 2, 2),
      'images/b.png': encodePng(image(4, 1, new Uint8Array(12))),
      'masks/b.png': mask([0, 0, 0, 255], 4, 1),
      'images/c.png': 'no image',
      'masks/c.png': mask([2], 2, 2),
    }),
  );
  const [train] = datasetStatistics(dataset, await scanDataset(dataset, { decodeImage: decodeDatasetImage }));
  expect(train).toMatchObject({
    split: 'train',
    samples: 2,
    labeledPixels: 11,
    ignoredFraction: 1 / 12,
    sizes: [
      { width: 2, height: 2, images: 1 },
      { width: 4, height: 1, images: 1 },
    ],
  });
  expect(train?.classes.map(({ pixels, images }) => [pixels, images])).toEqual([
    [5, 2],
    [2, 1],
    [4, 1],
  ]);
  expect(train?.classes[1]?.fraction).toBeCloseTo(2 / 11, 12);
  expect(train?.mean[0]).toBeCloseTo(0.25, 12);
  expect(train?.std[0]).toBeCloseTo(Math.sqrt(0.1875), 12);
  expect(train?.mean[2]).toBeCloseTo(0.05, 12);
});

test('suggested weights are 1 / ln(1.1 + fraction) within 1 and 10', () => {
  expect(suggestedWeight(0)).toBe(10);
  expect(suggestedWeight(0.1)).toBeCloseTo(1 / Math.log(1.2), 12);
  expect(suggestedWeight(1)).toBeCloseTo(1.3478, 4);
});

test('a contact sheet shows samples in the colors of their classes, and says which cannot be read', async () => {
  const dataset = await openDataset(
    memorySource({
      'class_dict.csv': 'name,r,g,b\nleft,200,0,0\nright,0,0,200\n',
      'images/a.png': encodePng(image(64, 48, new Uint8Array(64 * 48 * 3))),
      'masks/a.png': colorMask(
        [
          [200, 0, 0],
          [0, 0, 200],
        ],
        64,
        48,
      ),
      'images/b.png': 'no image',
      'masks/b.png': colorMask([[200, 0, 0]]),
    }),
  );
  const sheet = await contactSheet(dataset, { split: 'train', decodeImage: decodeDatasetImage, width: 64, columns: 2 });
  const at = (x: number, y: number) => [
    ...sheet.data.subarray((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3),
  ];
  expect(sheet.width).toBeGreaterThanOrEqual(2 * 64 + 30);
  expect(at(10 + 16, 36 + 24)).toEqual([100, 0, 0]);
  expect(at(10 + 48, 36 + 24)).toEqual([0, 0, 100]);
  // The cell of the sample that cannot be read is empty but for its text.
  expect(at(10 + 74 + 60, 36 + 44)).toEqual([252, 252, 252]);
  await expect(contactSheet(dataset, { split: 'train', decodeImage: decodeDatasetImage, count: 0 })).rejects.toThrow(
    'count is 0',
  );
});
