import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeTaskFiles as files } from '../platform/node/task-files.ts';
import { isDone } from './results.ts';

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
