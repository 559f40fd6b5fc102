import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeTaskFiles as files } from '../platform/node/task-files.ts';
import { imagesToDo, isDone } from './results.ts';

let output: string;
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), 'refinenet results-'));
  await writeFile(join(output, 'frame.json'), JSON.stringify({ image: '/clips/one/frame.jpg' }));
});
afterAll(() => rm(output, { recursive: true, force: true }));

const image = (path: string, name = 'frame') => ({ path, name });

test('an image is done where its report is there', async () => {
  expect(await isDone(files, output, image('/clips/one/frame.jpg'))).toBe(true);
  expect(await isDone(files, output, image('/clips/one/other.jpg', 'other'))).toBe(false);
});

test('results of another image of that name are never taken for its own', async () => {
  await expect(isDone(files, output, image('/clips/two/frame.jpg'))).rejects.toThrow(
    'holds the results of /clips/one/frame.jpg, not of /clips/two/frame.jpg',
  );
});

test.each(['{"shapes":[]}', '', 'null', '{"image":7}'])(
  'a file of its name that is no report is told: %j',
  async (text) => {
    await writeFile(join(output, 'labels.json'), text);
    await expect(isDone(files, output, image('/clips/one/labels.jpg', 'labels'))).rejects.toThrow(
      /labels\.json: is no report of predict/,
    );
  },
);

test('results of a model whose files were other ones are not taken for those of this one', async () => {
  const asked = { output: join(output, 'own'), formats: [], model: '/models/streets', modelDigest: 'one' } as never;
  const images = [image('/clips/one/frame.jpg')];
  expect(await imagesToDo(images, asked, files)).toEqual(images);
  expect(await imagesToDo(images, asked, files)).toEqual(images);
  await expect(imagesToDo(images, { ...(asked as object), modelDigest: 'other' } as never, files)).rejects.toThrow(
    `${join(output, 'own')} has results of another request: modelDigest was "one" and is "other".`,
  );
});

test('nothing is written where results would replace other files', async () => {
  const folder = join(output, 'labeled');
  await mkdir(folder);
  await writeFile(join(folder, 'frame.png'), 'PNG');
  const asked = { output: folder, formats: [], model: '/models/streets', modelDigest: 'one' } as never;
  await expect(imagesToDo([image('/clips/one/frame.jpg')], asked, files)).rejects.toThrow(
    `Results would be written over files that are none of an earlier run's results: ${join(folder, 'frame.png')}.`,
  );
  expect(await readdir(folder)).toEqual(['frame.png']);
});

test('a folder of a former version, which did not say whose model the results are of, is gone on with and says it then', async () => {
  const folder = join(output, 'former');
  const asked = { output: folder, formats: [], model: '/models/streets' };
  const images = [image('/clips/one/frame.jpg'), image('/clips/one/next.jpg', 'next')];
  await imagesToDo(images, asked as never, files);
  await writeFile(join(folder, 'frame.json'), JSON.stringify({ image: '/clips/one/frame.jpg' }));
  const now = (modelDigest: string) => imagesToDo(images, { ...asked, modelDigest } as never, files);
  expect(await now('one')).toEqual(images.slice(1));
  expect(JSON.parse(await readFile(join(folder, 'predict-request.json'), 'utf8'))).toMatchObject({
    modelDigest: 'one',
  });
  await expect(now('other')).rejects.toThrow('modelDigest was "one" and is "other"');
});
