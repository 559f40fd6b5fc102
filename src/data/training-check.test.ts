import { describe, expect, test } from 'vitest';
import { type Files, grayMask, mask, memorySource, photo } from '../../test/support/drawn/files.ts';
import { FormatError } from '../errors.ts';
import { decodeDatasetImage } from '../platform/node/dataset-files.ts';
import { type OpenDatasetOptions, openDataset } from './dataset.ts';
import { checkForTraining } from './training-check.ts';

async function check(files: Files, options: OpenDatasetOptions = {}) {
  const dataset = await openDataset(memorySource(files), options);
  return checkForTraining(dataset, { decodeImage: decodeDatasetImage });
}

const pair = (name: string, seed: number, ids: readonly number[] = [0, 1]): Files => ({
  [`images/${name}.png`]: photo(seed),
  [`masks/${name}.png`]: mask(ids),
});
const SOUND: Files = { ...pair('train/a', 1), ...pair('val/b', 2), 'classes.txt': 'ground\nwater\n' };

describe('before a training', () => {
  test('nothing is said of a sound data set, and its figures are given', async () => {
    const { warnings, statistics } = await check(SOUND);
    expect(warnings).toEqual([]);
    expect(statistics.map(({ split, classes }) => [split, classes.map(({ pixels }) => pixels)])).toEqual([
      ['train', [960, 960]],
      ['val', [960, 960]],
    ]);
  });

  test('files that are left out and images in both splits are told, a line a kind', async () => {
    const { warnings } = await check({
      ...SOUND,
      'images/train/c.png': photo(3),
      'images/train/d.png': photo(4),
      'images/train/e.png': photo(5),
      'masks/val/lonely.png': mask([0, 1]),
      'images/train/a.jpg': photo(6),
      'images/train/f.bmp': 'BM',
      ...pair('val/leak', 1),
    });
    expect(warnings).toEqual([
      '3 of 6 images have no mask and are left out: images/train/c.png; images/train/d.png and 1 more.',
      '1 of 4 masks has no image and is left out: masks/val/lonely.png.',
      '1 file is there twice, so it is not clear which is meant; one of them is left out: images/train/a.png: has the same name as images/train/a.jpg.',
      '1 of 6 images is in more than one of train, val and test, so the measure flatters: images/train/a.png: in train, and as images/val/leak.png in val.',
      '1 file is of a format that is not read (1 .bmp), and passed over: images/train/f.bmp.',
      '"refinenet dataset verify drawn" names all of them, and says what to do.',
    ]);
  });

  test('every file that cannot be used is named at once, of train and of val, and none of a split that is not used', async () => {
    const broken = check({
      ...SOUND,
      'images/train/cut.png': photo(3).subarray(0, 900),
      'masks/train/cut.png': mask([0, 1]),
      ...pair('train/unknown', 4, [0, 7]),
      ...pair('val/small', 5),
      'masks/val/small.png': grayMask([0, 1], 24, 20),
      'images/val/empty.png': photo(6),
      'masks/val/empty.png': new Uint8Array(0),
      'images/test/x.png': 'nothing',
      'masks/test/x.png': mask([0, 1]),
    });
    await expect(broken).rejects.toThrow(FormatError);
    const { message } = (await broken.catch((error: unknown) => error)) as Error;
    expect(message.split('\n')).toEqual([
      'drawn cannot be trained on as it is.',
      '1 of 6 images cannot be read. Copy or save them anew.',
      expect.stringMatching(/^ {2}images\/train\/cut\.png: the PNG is damaged or cut off/),
      '1 of 6 masks cannot be read. Copy or save them anew, as PNG.',
      '  masks/val/empty.png: this is no PNG (0 bytes that do not begin with its signature).',
      expect.stringMatching(/^1 of 6 masks has ids that are no class\. The classes are 0 \.\.\. 1/),
      '  masks/train/unknown.png: 7 (960 pixels)',
      '1 of 6 masks differs in size from the image. Make the masks anew at the size of the images.',
      '  masks/val/small.png: 24x20, but images/val/small.png is 48x40',
      '"refinenet dataset verify drawn" looks through all of it.',
    ]);
  });

  test('an empty train or val is told, though another split takes its place', async () => {
    const { warnings } = await check({
      'data.yaml': 'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [a, b]\n',
      ...pair('val/b', 2),
    });
    expect(warnings[0]).toBe('1 split has no sample: train.');
  });

  test('the file that was opened is the one to verify', async () => {
    const files = { ...SOUND, 'images/train/c.png': photo(3) };
    const yaml = 'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [a, b]\n';
    const { warnings } = await check({ ...files, 'one.yaml': yaml, 'two.yaml': yaml }, { entry: 'two.yaml' });
    expect(warnings.at(-1)).toContain('"refinenet dataset verify drawn/two.yaml"');
  });
});

test('data without any pair is refused with what there is', async () => {
  await expect(check({ 'images/a.png': photo(1), 'images/b.bmp': 'BM', 'masks/c.png': mask([0]) })).rejects.toThrow(
    'drawn: there are no images to train on, only 1 image without a mask, such as images/a.png; 1 mask without an image, such as masks/c.png; 1 file of a format that is not read, such as images/b.bmp.',
  );
});
