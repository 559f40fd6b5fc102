/** Data sets of the paper whose masks are MAT files: found, read to the pixel, verified, and converted with the same pixels. */
import { describe, expect, test } from 'vitest';
import { convertDataset } from '../src/data/conversion/convert.ts';
import { type Dataset, openDataset } from '../src/data/dataset.ts';
import { readSample } from '../src/data/read-sample.ts';
import { checkForTraining } from '../src/data/training-check.ts';
import { verifyDataset } from '../src/data/verify.ts';
import { decodeDatasetImage as decodeImage } from '../src/platform/node/dataset-files.ts';
import { memorySink, memorySource } from './support/drawn-files.ts';
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

  test('has the same pixels after it was converted', async () => {
    const sink = memorySink();
    await convertDataset(await openDataset(memorySource(files)), sink, { decodeImage, to: 'masks' });
    const converted = await openDataset(memorySource(sink.files));
    for (const [index, split] of splits.entries()) expect(await namesIn(converted, split)).toEqual(named[index]);
  });
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

test('a damaged mask is named by verify and by training', async () => {
  const files = {
    ...(PUBLISHED[0] as PublishedFixture).files,
    'trainval/2008_1.mat': contextMask(1, 2).subarray(0, 150),
  };
  const dataset = await openDataset(memorySource(files));
  const { problems } = await verifyDataset(dataset, { decodeImage });
  const items = problems.find(({ code }) => code === 'unreadable-mask')?.items;
  expect(items?.map(({ subject }) => subject)).toEqual(['trainval/2008_1.mat']);
  expect(items?.[0]?.detail).toContain('the MAT file is cut off');
  await expect(checkForTraining(dataset, { decodeImage })).rejects.toThrow('trainval/2008_1.mat');
});
