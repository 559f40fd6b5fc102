import { expect, test } from 'vitest';
import { type Files, mask, memorySource, photo } from '../../test/data/drawn-files.ts';
import { openDataset } from './dataset.ts';
import { holdOut } from './hold-out.ts';

const numbered = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      [`images/${index}.png`, photo(index)],
      [`masks/${index}.png`, mask([0, 1])],
    ]).flat() as [string, Uint8Array][],
  );

test('part of train becomes val, the same part for the same seed', async () => {
  const dataset = await openDataset(memorySource(numbered(20)));
  const held = holdOut(dataset, { fraction: 0.2, seed: 1 });
  const names = (split: string) => held.samples(split).map(({ name }) => name);
  expect(held.splits).toEqual(['train', 'val']);
  expect(names('val')).toHaveLength(4);
  expect([...names('train'), ...names('val')].sort()).toEqual(
    dataset
      .samples('train')
      .map(({ name }) => name)
      .sort(),
  );
  expect(holdOut(dataset, { fraction: 0.2, seed: 1 }).samples('val')).toEqual(held.samples('val'));
  expect(holdOut(dataset, { fraction: 0.2, seed: 2 }).samples('val')).not.toEqual(held.samples('val'));
});

test('a split that is there already, and a share that leaves nothing, are refused', async () => {
  const dataset = await openDataset(memorySource(numbered(3)));
  expect(() => holdOut(holdOut(dataset, { fraction: 0.4, seed: 1 }), { fraction: 0.4, seed: 1 })).toThrow(
    'there is a split val already',
  );
  expect(() => holdOut(dataset, { fraction: 0.1, seed: 1 })).toThrow('of 3 samples, a share of 0.1 leaves nothing');
});
