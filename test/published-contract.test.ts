/** Data sets of the paper whose masks are MAT files: found, read to the pixel, verified, and converted with the same pixels. */
import { describe, expect, test } from 'vitest';
import { CONVERSION_TARGETS } from '../src/tasks/names.ts';
import { convertDataset } from '../src/data/conversion/convert.ts';
import { type Dataset, openDataset } from '../src/data/dataset.ts';
import { decodeMask } from '../src/data/mask.ts';
import { readSample } from '../src/data/read-sample.ts';
import { checkForTraining } from '../src/data/training-check.ts';
import { verifyDataset } from '../src/data/verify.ts';
import { RuntimeError } from '../src/errors.ts';
import { decodeDatasetImage as decodeImage } from '../src/platform/node/dataset-files.ts';
import { bytesOf, type Files, memorySink, memorySource, photo } from './support/drawn/files.ts';
import { asHdf5, readHdf5Mat } from './support/hdf5-mat-file.ts';
import { matFile, rows } from './support/mat-file.ts';
import { contextMask, PUBLISHED, type PublishedFixture, stripesOf } from './support/published-files.ts';

async function namesIn(dataset: Dataset, split: string): Promise<(string | undefined)[]> {
  const [sample] = dataset.samples(split);
  if (!sample) throw new Error(`${split} has no sample`);
  const { labels } = await readSample(dataset, sample, decodeImage);
  return [...labels.data].map((id) => dataset.classes[id]?.name);
}

describe.each(PUBLISHED.map((fixture) => [fixture.title, fixture] as const))('%s', (_, fixture) => {
  const { format, files, splits = ['train', 'val'] } = fixture;
  const named = fixture.stripes.map((names) => stripesOf(...names.keys()).map((place) => names[place]));

  test('is found, verified and read to the pixel', async () => {
    const dataset = await openDataset(memorySource(files));
    expect([dataset.format, ...dataset.splits]).toEqual([format, ...splits]);
    for (const [index, split] of splits.entries()) expect(await namesIn(dataset, split)).toEqual(named[index]);
    const { problems } = await verifyDataset(dataset, { decodeImage });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    await checkForTraining(dataset, { decodeImage });
  });

  test.each(CONVERSION_TARGETS)('has the same pixels after it was converted to %s', async (to) => {
    const sink = memorySink();
    const dataset = await openDataset(memorySource(files));
    const { losses } = await convertDataset(dataset, sink, { decodeImage, to });
    const converted = await openDataset(memorySource(sink.files));
    // YOLO's texts have no word for what is ignored.
    const expected = named.map((names) => names.map((name) => (to === 'yolo' ? (name ?? 'background') : name)));
    for (const [index, split] of splits.entries()) expect(await namesIn(converted, split)).toEqual(expected[index]);
    const isUnsaid = to === 'yolo' && named.flat().includes(undefined);
    const isAdded = to !== 'masks' && !dataset.classes.some(({ name }) => name === 'background');
    expect(losses.length).toBe(Number(isUnsaid) + Number(isAdded));
  });
});

describe('files of version 7.3', () => {
  /** Every second file stays as it was: data sets may have both. */
  async function inBothVersions(files: Files): Promise<Files> {
    const mats = Object.keys(files).filter((path) => path.endsWith('.mat'));
    const others = mats.filter((path, index) => index % 2 === 0 || !path.includes('seg'));
    const made = others.map(async (path) => [path, await asHdf5(bytesOf(files[path] as Uint8Array), true)] as const);
    return { ...files, ...Object.fromEntries(await Promise.all(made)) };
  }

  test.each(
    PUBLISHED.filter(({ files }) => Object.keys(files).some((path) => path.endsWith('.mat'))).map(
      (fixture) => [fixture.title, fixture] as const,
    ),
  )('%s', async (_, { files, format, stripes, splits = ['train', 'val'] }) => {
    const dataset = await openDataset(memorySource(await inBothVersions(files), readHdf5Mat));
    expect([dataset.format, ...dataset.splits]).toEqual([format, ...splits]);
    for (const [index, split] of splits.entries()) {
      const names = stripes[index] as (typeof stripes)[number];
      expect(await namesIn(dataset, split)).toEqual(stripesOf(...names.keys()).map((place) => names[place]));
    }
    await checkForTraining(dataset, { decodeImage });
  });

  test('without class names have as many classes as their ids ask for', async () => {
    const files = {
      'images/train/a.png': photo(1),
      'masks/train/a.mat': await asHdf5(contextMask(0, 4)),
    };
    const dataset = await openDataset(memorySource(files, readHdf5Mat));
    expect(dataset.classes).toHaveLength(5);
  });

  test('are named one by one where nothing reads them', async () => {
    const files = {
      ...(PUBLISHED[0] as PublishedFixture).files,
      'trainval/2008_1.mat': await asHdf5(contextMask(1, 2)),
    };
    const { problems } = await verifyDataset(await openDataset(memorySource(files)), { decodeImage });
    const items = problems.find(({ code }) => code === 'unreadable-mask')?.items;
    expect(items?.map(({ subject, detail }) => `${subject}: ${detail}`)).toEqual([
      "trainval/2008_1.mat: this is a MAT file of version 7.3, which is read only in folders of a computer, not in a page. Open it in MATLAB and save its labels, an image a file, with save(..., '-v7').",
    ]);
  });

  test('end the reading at once where what reads them is not installed', async () => {
    const files = {
      ...(PUBLISHED[0] as PublishedFixture).files,
      'trainval/2008_1.mat': await asHdf5(contextMask(1, 2)),
    };
    const missing = async (): Promise<never> => {
      throw new RuntimeError('This installs it');
    };
    const dataset = await openDataset(memorySource(files, missing));
    await expect(verifyDataset(dataset, { decodeImage })).rejects.toThrow('This installs it');
    await expect(checkForTraining(dataset, { decodeImage })).rejects.toThrow('This installs it');
  });
});

test("of PASCAL-Context's 459 ids those of the 59 classes have the names that are published beside them", async () => {
  const published = `2 aeroplane, 9 bag, 18 bed, 19 bedclothes, 22 bench, 23 bicycle, 25 bird, 31 boat, 33 book, 34 bottle,
    44 building, 45 bus, 46 cabinet, 59 car, 65 cat, 68 ceiling, 72 chair, 80 cloth, 85 computer, 98 cow, 104 cup,
    105 curtain, 113 dog, 115 door, 144 fence, 158 floor, 159 flower, 162 food, 187 grass, 189 ground, 207 horse,
    220 keyboard, 232 light, 258 motorbike, 259 mountain, 260 mouse, 284 person, 295 plate, 296 platform, 308 pottedplant,
    324 road, 326 rock, 347 sheep, 349 shelves, 354 sidewalk, 355 sign, 360 sky, 366 snow, 368 sofa, 397 table, 415 track,
    416 train, 420 tree, 424 truck, 427 tvmonitor, 440 wall, 445 water, 454 window, 458 wood`;
  const { classes, encoding } = await openDataset(memorySource((PUBLISHED[0] as PublishedFixture).files));
  const everyId = Array.from({ length: 460 }, (_, id) => id);
  const file = matFile({ LabelMap: rows(everyId.length, everyId, 'uint16') });
  const { labels, unknown } = await decodeMask(file, encoding, decodeImage, 'x.mat');
  const named = [...labels.data].flatMap((id, place) => (id === 0 ? [] : [`${place} ${classes[id]?.name}`]));
  expect([named, unknown.size]).toEqual([published.split(/,\s*/), 0]);
});

test('without a list of splits all is train, and said to be', async () => {
  const lists = /ImageSets|trainval_list|allsplit/;
  for (const { files } of PUBLISHED.filter(({ title }) => title.endsWith('published') || title.includes('authors'))) {
    const unlisted = Object.fromEntries(Object.entries(files).filter(([path]) => !lists.test(path)));
    const dataset = await openDataset(memorySource(unlisted));
    expect(dataset.splits).toEqual(['train']);
    expect(dataset.samples('train')).toHaveLength(2);
    expect(dataset.notes.join(' ')).toContain('all images are taken as train');
  }
});

test.each(
  PUBLISHED.flatMap(({ title, files }) => {
    const mask = Object.keys(files).find((path) => path.endsWith('.mat') && !path.endsWith('allsplit.mat'));
    return mask === undefined ? [] : [{ title, files, mask }];
  }),
)('a damaged mask is named by verify and by training: $title', async ({ files, mask }) => {
  const whole = bytesOf(files[mask] as Uint8Array);
  const dataset = await openDataset(memorySource({ ...files, [mask]: whole.subarray(0, 150) }));
  const { problems } = await verifyDataset(dataset, { decodeImage });
  const items = problems.find(({ code }) => code === 'unreadable-mask')?.items;
  expect(items?.map(({ subject }) => subject)).toEqual([mask]);
  expect(items?.[0]?.detail).toContain('the MAT file is cut off');
  await expect(checkForTraining(dataset, { decodeImage })).rejects.toThrow(mask);
});
