import { expect, test } from 'vitest';
import { colorMask, memorySource, photo } from '../../test/support/drawn/files.ts';
import { classesNamed } from '../labels/classes-named.ts';
import { decodeDatasetImage } from '../platform/node/dataset-files.ts';
import { openDataset } from './dataset.ts';
import { readSample } from './read-sample.ts';

const FILES = {
  'class_dict.csv': 'name,r,g,b\nroad,200,0,0\ncar,0,0,200\n',
  'images/a.png': photo(1),
  'masks/a.png': colorMask([
    [200, 0, 0],
    [0, 0, 200],
  ]),
};

const namesAcross = async (...names: string[]) => {
  const dataset = await openDataset(memorySource(FILES), { classes: classesNamed(names) });
  const [sample] = dataset.samples('train');
  if (!sample) throw new Error('There is no sample.');
  const { labels } = await readSample(dataset, sample, decodeDatasetImage);
  return [labels.data[0], labels.data[labels.width - 1]].map((id) => dataset.classes[id as number]?.name);
};

test("a table's colors keep their classes, in whatever order these are given", async () => {
  expect(await namesAcross('road', 'car')).toEqual(['road', 'car']);
  expect(await namesAcross('car', 'road')).toEqual(['road', 'car']);
});

test("a table's classes may be called otherwise, one by one", async () => {
  expect(await namesAcross('street', 'car')).toEqual(['street', 'car']);
});

test('names of which some moved and some are new are refused', async () => {
  await expect(namesAcross('Car', 'Road')).rejects.toThrow('the labels have no class of some names');
  await expect(namesAcross('car', 'street')).rejects.toThrow(
    'drawn: the labels have no class of some names that were given (car, street); they have road, car.',
  );
});
