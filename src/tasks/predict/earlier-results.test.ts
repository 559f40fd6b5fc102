import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import { assertResultsReplaced } from './earlier-results.ts';
import type { PredictRequest } from './request.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet earlier-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const LABELME = '{"version": "5.4.1", "shapes": [], "imagePath": "y.jpg"}';
const REPORT = { image: 'photos/y.jpg', outputs: { labels: 'out/y.png', overlay: 'out/y.overlay.png' } };
const RUN = { 'y.json': JSON.stringify(REPORT), 'y.png': '', 'y.overlay.png': '' };

async function check(
  name: string,
  there: Readonly<Record<string, string>>,
  formats: PredictRequest['formats'] = [],
  stem = 'y',
): Promise<void> {
  const output = join(root, name);
  for (const [path, content] of Object.entries(there)) {
    await mkdir(dirname(join(output, path)), { recursive: true });
    await writeFile(join(output, path), content);
  }
  await assertResultsReplaced(
    [{ path: 'photos/y.jpg', name: stem }],
    { output, formats, probabilities: false, logits: false },
    nodeTaskFiles,
  );
}

test.each<[string, Readonly<Record<string, string>>, PredictRequest['formats'], string]>([
  ["labelme's annotations", { 'y.json': LABELME }, [], 'y.json'],
  ["YOLO's annotations", { 'y.txt': '0 0.5 0.5 0.1 0.1' }, ['yolo'], 'y.txt'],
  ['a mask that people made', { 'y.png': 'PNG' }, [], 'y.png'],
  ['annotations that were saved in the place of a report', { ...RUN, 'y.json': LABELME }, [], 'y.json'],
  ['a JSON file that is damaged', { 'y.json': '{' }, [], 'y.json'],
  ['a mask of one class', { 'y.mask-2-cat.png': 'PNG' }, ['masks'], 'y.mask-2-cat.png'],
])('results are not written over %s', async (name, there, formats, file) => {
  await expect(check(name, there, formats)).rejects.toThrow(
    `Results would be written over files that are none of an earlier run's results: ${join(root, name, file)}. ` +
      'Name another folder with --output, or take these away first.',
  );
});

test('files that are not written over stay unmentioned', async () => {
  await expect(check('beside', { 'y.txt': '0', 'z.json': LABELME, 'z.png': '' })).resolves.toBeUndefined();
  await expect(check('nowhere', {})).resolves.toBeUndefined();
  await expect(check('within', { 'y.json': LABELME }, [], 'sub/y')).resolves.toBeUndefined();
});

test('of the names of masks of classes, those of other images and formats stay unmentioned', async () => {
  await expect(check('unasked', { 'y.mask-2-cat.png': '' }, ['rle'])).resolves.toBeUndefined();
  await expect(check('another', { 'yz.mask-2-cat.png': '' }, ['masks'])).resolves.toBeUndefined();
});

test('a folder is looked at once, however many images have their results in it', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `${index % 2 === 0 ? 'even/' : ''}${index}`);
  const asked: string[] = [];
  const ask =
    <T>(what: string, answer: T) =>
    async (path: string) => {
      asked.push(`${what} ${path}`);
      return answer;
    };
  await assertResultsReplaced(
    names.map((name) => ({ path: `${name}.jpg`, name })),
    { output: 's3://store/out', formats: ['masks', 'rle'], probabilities: true, logits: true },
    {
      join: (folder: string, name: string) => `${folder}/${name}`,
      kindOf: ask('kind', 'file' as const),
      namesIn: ask('names', ['1.overlay.png', '1.png']),
      read: ask('read', new Uint8Array()),
    },
  );
  expect(asked.sort()).toEqual(['names s3://store/out', 'names s3://store/out/even']);
});

test('files of other cases are looked at as the disk holds them', async () => {
  const isOneName = await check('cases', { 'Y.png': 'PNG' }).then(
    () => false,
    () => true,
  );
  expect(isOneName).toBe(existsSync(join(root, 'cases/y.PNG')));
});

test('results are written over those of earlier runs, of which the last wrote less', async () => {
  await expect(check('again', { ...RUN, 'y.txt': '' }, ['yolo', 'polygons'])).resolves.toBeUndefined();
});

test('results are written over those of a run that ended before its report', async () => {
  await expect(check('ended', { 'y.png': '', 'y.overlay.png': '', 'y.txt': '' }, ['yolo'])).resolves.toBeUndefined();
});

test('of many files a few are named', async () => {
  const all = { 'y.png': '', 'y.txt': '', 'y.geojson': '', 'y.rle.json': '' };
  await expect(check('many', all, ['yolo', 'geojson', 'rle'])).rejects.toThrow(' and 1 more. Name another');
});
