/** Every reader of what strangers give: sound files, what once broke it, and how a trial is judged. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../src/errors.ts';
import { foundName } from './found-name.ts';
import type { Reader } from './reader.ts';
import { READERS } from './readers/index.ts';
import { sharedOut } from './shares.ts';
import { tryInput } from './try-input.ts';

const FOUND = new URL('./found/', import.meta.url);

describe.each(READERS.map((reader) => [reader.name, reader] as const))('%s', (_, reader) => {
  test('answers to what is sound, from which the others are made', async () => {
    const seeds = await reader.seeds();
    expect(seeds.length).toBeGreaterThan(0);
    for (const seed of seeds) expect(await tryInput(reader, seed)).toEqual({ kind: 'answer' });
  });

  test('answers to what once broke it, or refuses it', async () => {
    const names = readdirSync(FOUND).filter((name) => name.startsWith(`${foundName(reader)}.`));
    for (const name of names) {
      const trial = await tryInput(reader, new Uint8Array(readFileSync(new URL(name, FOUND))));
      expect([name, trial]).toEqual([name, { kind: expect.stringMatching(/^(answer|refusal)$/) }]);
    }
  });
});

test('what once broke a reader is of a reader that there is', () => {
  const names = new Set(READERS.map(foundName));
  expect(names.size).toBe(READERS.length);
  expect(readdirSync(FOUND).filter((name) => !names.has(name.split('.')[0] as string) && name !== '.gitkeep')).toEqual(
    [],
  );
});

test('no reader is tried a second time with the labels of the images to validate on', () => {
  expect(READERS.map(({ name }) => name).filter((name) => /(\b|_)val(id)?(\b|_)/.test(name))).toEqual([]);
});

test('inputs are shared out by cost, and no reader gets few', () => {
  expect(sharedOut([{}, { cost: 2 }, { cost: 100 }], 100_000)).toEqual([60_000, 30_000, 10_000]);
  expect(sharedOut([{}, { cost: 20 }, { cost: 10 }], 60)).toEqual([20, 20, 20]);
  const shares = sharedOut(READERS, 1_000_000);
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(10_000);
  expect(Math.abs(shares.reduce((sum, share) => sum + share) - 1_000_000)).toBeLessThan(READERS.length);
});

describe('a trial', () => {
  const reader = (read: Reader['read']): Reader => ({ name: 'planted', seeds: () => [], read });
  const bytes = new Uint8Array(4);

  test('tells defects from refusals', async () => {
    const refuses = reader(() => {
      throw new FormatError('no');
    });
    const fails = reader(async () => (undefined as unknown as Uint8Array).length);
    expect(await tryInput(refuses, bytes)).toEqual({ kind: 'refusal' });
    expect(await tryInput(fails, bytes)).toEqual({ kind: 'defect', text: expect.stringMatching(/^TypeError: /) });
  });

  test('sees what takes long, and what takes memory', async () => {
    const slow = reader(() => {
      const before = process.cpuUsage();
      while (process.cpuUsage(before).user < 2.1e6);
    });
    expect(await tryInput(slow, bytes)).toEqual({
      kind: 'slow',
      text: expect.stringMatching(/^took \d+\.\d s of computing$/),
    });
    const large = reader(() => Buffer.alloc(process.resourceUsage().maxRSS * 1024 + 500 * 2 ** 20, 1).length);
    expect((await tryInput(large, bytes)).kind).toBe('memory');
  });
});
