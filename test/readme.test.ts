/** What the README shows is there: names it imports, commands and options it mentions. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DATASET_FORMATS } from '../src/data/formats/index.ts';
import { helpOf } from './support/command-help.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const README = read('README.md');
const PACKAGE = JSON.parse(read('package.json')) as {
  readonly exports: Readonly<Record<string, { readonly default: string } | string>>;
};

const imports = [...README.matchAll(/import \{([^}]+)\} from '(refinenet[^']*)'/g)].flatMap(([, names, module]) =>
  (names as string).split(',').map((name) => [module as string, name.trim()] as const),
);

describe('the README', () => {
  test.each(imports)('imports from %s what it exports: %s', async (module, name) => {
    const entry = PACKAGE.exports[module.replace('refinenet', '.')];
    const file = typeof entry === 'object' ? entry.default : '';
    expect(Object.keys(await import(new URL(`../${file}`, import.meta.url).href))).toContain(name);
  });

  test('has a row for every entry of the package, and for no other', () => {
    const rows = [...README.matchAll(/^\| `(refinenet[a-z/]*)` \|/gm)].map(([, entry]) => entry);
    const entries = Object.keys(PACKAGE.exports).filter((entry) => entry !== './package.json');
    expect(rows.sort()).toEqual(entries.map((entry) => entry.replace('.', 'refinenet')).sort());
  });

  test('shows two set-up commands, and the second is the check', () => {
    const commands = [...README.matchAll(/```sh\n(npm ci.*)\n```/g)].map(([, command]) => command);
    expect(commands).toHaveLength(2);
    expect(commands[1]).toBe('npm ci && npm run check');
  });

  test('names only commands that exist, with their options', async () => {
    const verbs = [...README.matchAll(/^refinenet ([a-z]+) /gm)].map(([, verb]) => verb as string);
    expect(verbs.length).toBeGreaterThan(3);
    const help: string[] = [];
    for (const verb of new Set(verbs)) help.push(await helpOf(verb));
    const text = README.slice(README.indexOf('## Command line'), README.indexOf('## In Node'));
    const options = new Set([...text.matchAll(/`(--[a-z-]+)/g)].map(([, option]) => option as string));
    options.delete('--key');
    for (const option of options) expect(help.join('\n'), option).toContain(option);
  });

  test('tells how many layouts of labeled images are read, as other pages do', () => {
    const numbers = [README, read('docs/training.md'), read('CHANGELOG.md')].flatMap((text) =>
      [...text.matchAll(/\b(?:in|of) (\S+) layouts\b/g)].map(([, number]) => number),
    );
    expect(numbers.length).toBeGreaterThan(2);
    expect(new Set(numbers)).toEqual(new Set([String(DATASET_FORMATS.length)]));
  });

  test('links to files that are there', () => {
    const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path as string);
    for (const path of links) expect(existsSync(new URL(`../${path}`, import.meta.url)), path).toBe(true);
  });
});
