import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDrawnDataset } from '../../../test/support/drawn/dataset.ts';
import { temporaryFolder, wavesPng } from '../../../test/support/synthetic-model.ts';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import { findCalibrationImages } from './calibration-images.ts';

let root: string;
beforeAll(async () => {
  root = await temporaryFolder();
  await writeDrawnDataset(join(root, 'discs'), { train: 3, val: 1 });
  const png = await wavesPng(8, 8);
  await written('photos/a.png', png);
  await written('photos/more/b.png', png);
  await written('voc/JPEGImages/a.png', png);
  await written('voc/ImageSets/Segmentation/train.txt', 'a\n');
  await written('yaml/images/train/a.png', png);
  await written('yaml/data.yaml', 'names: [nucleus]\n');
  await written('photos/list.dat', 'a.png\n');
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function written(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** The images that a path means, as they are named in the folder of this test. */
async function found(path: string): Promise<string[]> {
  const { read } = await findCalibrationImages(join(root, path), 10, { files: nodeTaskFiles, onEvent: () => {} });
  const names: string[] = [];
  let latest = '';
  for await (const _ of read((name) => (latest = name))) names.push(latest.replace(`${root}/`, ''));
  return names;
}

describe('a model is calibrated on', () => {
  test('the training images of a data set, without their masks', async () => {
    expect(await found('discs')).toEqual(['images/train/0.png', 'images/train/1.png', 'images/train/2.png']);
  });

  test('all images of a folder that is laid out in no known way', async () => {
    expect(await found('photos')).toEqual(['photos/a.png', 'photos/more/b.png']);
  });

  test('an image by its name, and those of a pattern', async () => {
    expect(await found('photos/more/b.png')).toEqual(['photos/more/b.png']);
    expect(await found('voc/JPEGImages/*.png')).toEqual(['voc/JPEGImages/a.png']);
  });
});

describe('what is wrong is said', () => {
  test('of a data set that is damaged, whose masks would be among the images below', async () => {
    await expect(found('voc')).rejects.toThrow("PASCAL VOC's layout lacks SegmentationClass/.");
  });

  test('of a file that should describe a data set', async () => {
    await expect(found('yaml/data.yaml')).rejects.toThrow('data.yaml does not fit: train and val are missing');
    await expect(found('photos/list.dat')).rejects.toThrow('photos: no data set of a known layout was found');
  });

  test('of a place where nothing is', async () => {
    await expect(found('nowhere')).rejects.toThrow('nowhere: no such file or folder.');
  });
});
