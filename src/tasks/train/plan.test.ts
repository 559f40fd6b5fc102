import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDrawnDataset } from '../../../test/support/drawn/dataset.ts';
import { temporaryFolder } from '../../../test/support/synthetic-model.ts';
import { jsonBytes } from '../../models/folder/files.ts';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import { planNewRun, planResumedRun } from './plan.ts';
import { TRAIN_REQUEST } from './request.ts';

const before = process.cwd();
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeDrawnDataset(join(folder, 'discs'));
  await writeFile(join(folder, 'names.txt'), 'floor\nplate\n');
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere/names.txt'), 'sky\nmoon\n');
});
afterAll(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

const context = {
  backend: () => Promise.reject(new Error('Nothing is computed.')),
  files: nodeTaskFiles,
  onEvent: () => {},
};

test('a run has the classes of the file that it was begun with, wherever it is resumed', async () => {
  process.chdir(folder);
  const asked = TRAIN_REQUEST.parse({
    dataset: 'discs',
    classes: 'names.txt',
    architecture: 'refinenet-lw-mobilenetv2',
    crop: 64,
    batch: 2,
    epochs: 1,
    output: 'run',
  });
  const { storage, origin, configuration } = await planNewRun(asked, context);
  await storage.write('config.json', jsonBytes({ version: 1, origin, configuration }));
  process.chdir('elsewhere');
  const { dataset } = await planResumedRun(join(folder, 'run'), TRAIN_REQUEST.parse({}), context);
  expect(dataset.classes.map(({ name }) => name)).toEqual(['floor', 'plate']);
});

test('a run that a program began is resumed with its data set, which it does not know', async () => {
  process.chdir(folder);
  const asked = TRAIN_REQUEST.parse({ dataset: 'discs', crop: 64, batch: 2, epochs: 1, output: 'program' });
  const { storage, configuration } = await planNewRun(asked, context);
  await storage.write('config.json', jsonBytes({ version: 1, origin: {}, configuration }));
  await expect(planResumedRun('program', TRAIN_REQUEST.parse({}), context)).rejects.toThrow(
    'program does not know its data set, for no command began it. Name it: train DATASET --resume program.',
  );
  const { dataset } = await planResumedRun('program', TRAIN_REQUEST.parse({ dataset: 'discs' }), context);
  expect(dataset.samples('train')).toHaveLength(6);
});
