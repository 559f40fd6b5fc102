/** What the recipes type is there: options, presets, formats, architectures, links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DATASET_FORMATS } from '../src/data/formats/index.ts';
import { ARCHITECTURE_NAMES } from '../src/models/architectures.ts';
import { PRESET_NAMES } from '../src/training/presets.ts';
import { helpOf } from './support/command-help.ts';

const FOLDER = new URL('../recipes/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const RECIPES = FILES.filter((name) => name !== 'README.md');

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'train --preset': PRESET_NAMES,
  'train --architecture': ARCHITECTURE_NAMES,
  'train --format': DATASET_FORMATS.map(({ name }) => name),
};

const CARDS = readdirSync(new URL('../models/', import.meta.url)).map((name) => `../models/${name}/README.md`);

/** The words of every `npx refinenet` line in the text's shell blocks; a backslash joins lines. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/```sh\n(.*?)```/gs)]
    .flatMap(([, block]) => (block as string).replaceAll(/\\\n\s*/g, '').split('\n'))
    .filter((line) => line.startsWith('npx refinenet '))
    .map((line) => line.split(' ').slice(2));

test.each([...FILES, ...CARDS])('the commands in %s have options that exist, with values that exist', async (name) => {
  for (const [command, ...words] of commandsIn(read(name))) {
    const help = await helpOf(command as string);
    expect(help).toContain(`Usage: refinenet ${command} `);
    for (const [index, word] of words.entries()) {
      if (!word.startsWith('--')) continue;
      expect(help, word).toContain(`${word} `);
      const known = VALUES[`${command} ${word}`];
      if (known) expect(known).toContain(words[index + 1]);
    }
  }
});

describe.each(RECIPES)('the recipe %s', (name) => {
  test('begins with one command, of train', () => {
    expect(/## Command\n\n```sh\nnpx refinenet train [^\n]+\n```/.test(read(name))).toBe(true);
  });

  test('says what data, time and result are', () => {
    for (const title of ['## Data', '## Command', '## Time', '## Result']) expect(read(name)).toContain(`\n${title}\n`);
  });
});

test('no recipe or card has a gap to be filled', () => {
  expect(CARDS.length).toBeGreaterThan(1);
  for (const name of [...FILES, ...CARDS]) expect(read(name), name).not.toMatch(/@@|TODO/);
});

test('the list of recipes names each, and every link leads somewhere', () => {
  for (const name of RECIPES) expect(read('README.md')).toContain(`](${name})`);
  for (const name of FILES) {
    const links = [...read(name).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path as string);
    for (const path of links) expect(existsSync(new URL(path, FOLDER)), `${name}: ${path}`).toBe(true);
  }
});
