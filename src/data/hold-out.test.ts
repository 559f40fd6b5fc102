import { expect, test } from 'vitest';
import { type Files, mask, memorySource, photo } from '../../test/support/drawn/files.ts';
import { dataSplits } from './data-splits.ts';
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

test('clips are held out by name, in place of a val that is there', async () => {
  const pair = (name: string): Files => ({
    [`images/${name}.png`]: photo(1),
    [`masks/${name}.png`]: mask([0, 1]),
  });
  const files = ['train/dusk-1', 'train/dusk-2', 'train/noon-1', 'train/rain-1', 'val/noon-2'].map(pair);
  const dataset = await openDataset(memorySource(Object.assign({}, ...files)));
  const held = holdOut(dataset, { names: ['dusk*', 'rain-1'] });
  expect(held.samples('val').map(({ name }) => name)).toEqual(['dusk-1', 'dusk-2', 'rain-1']);
  expect(held.samples('train').map(({ name }) => name)).toEqual(['noon-1']);
  expect(held.notes.at(-1)).toBe('3 of 4 samples of train are held out as val; the split val is not used.');
  expect(() => holdOut(dataset, { names: ['snow*'] })).toThrow('The pattern "snow*" fits no training image.');
});

test('nothing is held out: val is learned from, as if it had been in train', async () => {
  const pair = (name: string, seed: number): Files => ({
    [`images/${name}.png`]: photo(seed),
    [`masks/${name}.png`]: mask([0, 1]),
  });
  const files = ['train/a', 'train/c', 'val/b', 'val/c', 'test/d'].map(pair);
  const unpaired = { 'images/train/e.png': photo(9), 'images/val/f.png': photo(10) };
  const dataset = await openDataset(memorySource(Object.assign(unpaired, ...files)));
  const whole = holdOut(dataset, 'none');
  expect(whole.splits).toEqual(['train', 'val', 'test']);
  expect(whole.samples('val')).toEqual([]);
  expect(dataSplits(whole)).toEqual({ train: 'train', validation: undefined });
  expect(whole.samples('train').map(({ name, image }) => [name, image])).toEqual([
    ['a', 'images/train/a.png'],
    ['b', 'images/val/b.png'],
    ['c', 'images/train/c.png'],
    ['val/c', 'images/val/c.png'],
  ]);
  expect(whole.samples('test')).toEqual(dataset.samples('test'));
  expect(whole.faults('train').map(({ path }) => path)).toEqual(['images/train/e.png', 'images/val/f.png']);
  expect(whole.notes.at(-1)).toBe('The 2 samples of val are learned from, with the 2 of train.');
  expect(() => holdOut(whole, 'none')).toThrow('which have 4 and 0 samples');
});

test('a pattern fits names in either Unicode form', async () => {
  const files = ['cafe\u0301', 'noon'].flatMap((name, seed) => [
    [`images/${name}.png`, photo(seed)],
    [`masks/${name}.png`, mask([0, 1])],
  ]);
  const dataset = await openDataset(memorySource(Object.fromEntries(files) as Files));
  for (const pattern of ['caf\u00e9*', 'cafe\u0301*']) {
    expect(holdOut(dataset, { names: [pattern] }).samples('val')).toHaveLength(1);
  }
});

test('a part that leaves nothing is refused', async () => {
  const dataset = await openDataset(memorySource(numbered(3)));
  expect(() => holdOut(dataset, { fraction: 0.1, seed: 1 })).toThrow(
    'holding 0 of 3 samples out leaves nothing for val',
  );
  for (const fraction of [-0.2, 0, 1, Number.NaN]) {
    expect(() => holdOut(dataset, { fraction, seed: 1 })).toThrow(
      `The share of train to hold out is above 0 and below 1, got ${fraction}.`,
    );
  }
  expect(() => holdOut(dataset, { names: ['*'] })).toThrow('holding 3 of 3 samples out leaves nothing for train');
});
