/** docs/architecture.md and its image name what src holds: a file that moves takes its line along. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const FOLDERS = readdirSync(`${ROOT}src`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The files and folders of src that a text names in code, such as `models/network`. */
const named = (text: string): string[] =>
  [...text.matchAll(/`([a-z]+\/[\w/-]*)`/g)]
    .map(([, path]) => path as string)
    .filter((path) => FOLDERS.includes(path.split('/')[0] as string));

const isThere = (path: string): boolean => existsSync(`${ROOT}src/${path}`) || existsSync(`${ROOT}src/${path}.ts`);

/** Rows of the steps' table: files, and what they hold. */
const steps = (text: string): { readonly file: string; readonly name: string }[] =>
  text.split('\n').flatMap((line) => {
    const [, , files = '', names = ''] = /^\| \d+ \|/.test(line) ? line.split('|') : [];
    const holds = [...names.matchAll(/`(\w+)/g)].map(([, name]) => name as string);
    return named(files).flatMap((file, index) => (holds[index] ? [{ file, name: holds[index] }] : []));
  });

const DECISIONS = `docs/decisions/`;

test.each(readdirSync(`${ROOT}${DECISIONS}`))('decision %s names files and folders that are there', (file) => {
  expect(named(read(`${DECISIONS}${file}`)).filter((path) => !isThere(path))).toEqual([]);
});

describe('docs/architecture.md', () => {
  const text = read('docs/architecture.md');

  test('names files and folders that are there', () => {
    expect(named(text).length).toBeGreaterThan(20);
    expect(named(text).filter((path) => !isThere(path))).toEqual([]);
  });

  test('names functions that stand in the files beside them', () => {
    expect(steps(text).length).toBeGreaterThan(10);
    const missing = steps(text).filter(
      ({ file, name }) => !new RegExp(`export .*\\b${name}\\b`).test(read(`src/${file}.ts`)),
    );
    expect(missing).toEqual([]);
  });

  test('has a row for every folder of src', () => {
    const [, table] = /\n(\| folder \|[\s\S]*?)\n## A photograph's way/.exec(text) ?? [];
    expect([...(table as string).matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort()).toEqual(FOLDERS);
  });

  test('has an image with every folder of src', () => {
    const house = read('docs/images/house.svg');
    const rooms = [...house.matchAll(/>([\w/]+)<\/text>/g)].map(([, room]) => (room as string).split('/')[0]);
    expect(FOLDERS.filter((folder) => !rooms.includes(folder))).toEqual([]);
  });

  test('would be caught naming what is not there', () => {
    expect(named('`models/gone` and `bench/` and `runtime/onnxruntime`').filter((path) => !isThere(path))).toEqual([
      'models/gone',
    ]);
  });
});
