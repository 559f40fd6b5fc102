/** What the recipes type is there: options, presets, formats, architectures, links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DATASET_FORMATS } from '../src/data/formats/index.ts';
import { ARCHITECTURE_NAMES } from '../src/models/architectures.ts';
import { PRESET_NAMES } from '../src/training/presets.ts';
import { runCli } from './support/run-cli.ts';

const FOLDER = new URL('../recipes/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const RECIPES = FILES.filter((name) => name !== 'README.md');

const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--preset': PRESET_NAMES,
  '--architecture': ARCHITECTURE_NAMES,
  '--format': DATASET_FORMATS.map(({ name }) => name),
};

describe.each(RECIPES)('the recipe %s', (name) => {
  const [, command = ''] = /```sh\nnpx refinenet (train .*)\n```/.exec(read(name)) ?? [];

  test('is one command whose options are those of train, with values that exist', async () => {
    const { stdout } = await runCli(['train', '--help']);
    const words = command.split(' ');
    expect(words[0]).toBe('train');
    for (const [index, word] of words.entries()) {
      if (!word.startsWith('--')) continue;
      expect(stdout, word).toContain(`${word} `);
      const known = VALUES[word];
      if (known) expect(known).toContain(words[index + 1]);
    }
  });

  test('says what data, time and result are', () => {
    for (const title of ['## Data', '## Command', '## Time', '## Result']) expect(read(name)).toContain(`\n${title}\n`);
  });
});

test('no recipe or card has a gap to be filled', () => {
  const cards = readdirSync(new URL('../models/', import.meta.url)).map((name) => `../models/${name}/README.md`);
  expect(cards.length).toBeGreaterThan(1);
  for (const name of [...FILES, ...cards]) expect(read(name), name).not.toMatch(/@@|TODO/);
});

test('the list of recipes names each, and every link leads somewhere', () => {
  for (const name of RECIPES) expect(read('README.md')).toContain(`](${name})`);
  for (const name of FILES) {
    const links = [...read(name).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path as string);
    for (const path of links) expect(existsSync(new URL(path, FOLDER)), `${name}: ${path}`).toBe(true);
  }
});
