import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { bytesOf, mask, photo } from '../../../../test/support/drawn/files.ts';
import { encodeNpy } from '../../../tensor/npy.ts';
import { float32 } from '../../../tensor/tensor.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

let root: string;
const inRoot = (path: string) => join(root, path);
const ALL = {
  'data/data.yaml': 'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [ground, water]\n',
  'data/images/train/t.png': photo(1),
  'data/masks/train/t.png': mask([0]),
  'data/images/val/a.png': photo(2),
  'data/masks/val/a.png': mask([0, 1]),
  'masks/a.png': mask([0]),
  'shares/a.probabilities.npy': Buffer.concat([
    ...encodeNpy(float32([2, 40, 48], new Float32Array(2 * 40 * 48).fill(0.5))),
  ]),
};
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet val-'));
  for (const [path, content] of Object.entries(ALL)) {
    await mkdir(dirname(inRoot(path)), { recursive: true });
    await writeFile(inRoot(path), bytesOf(content));
  }
  await symlink('data', inRoot('link'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const val = (...argv: readonly string[]) => main(['val', ...argv, '--output', inRoot('out')]);

describe('val --save', () => {
  test.each([
    ['over the masks', 'data', 'data/masks/val', 'data/masks/val/a.png'],
    ['over the images', 'data', 'data/images/val', 'data/images/val/a.png'],
    ['over the masks through a link', 'data', 'link/masks/val', 'data/masks/val/a.png'],
    ['over the masks of a data set that is named by a link', 'link', 'data/masks/val', 'link/masks/val/a.png'],
  ])('keeps nothing %s', async (_, data, save, file) => {
    expect(await val(inRoot('masks'), inRoot(data), '--save', inRoot(save))).toBe(2);
    expect(terminal.noted).toContain(
      `Predictions would be written over files of the data set: ${inRoot(file)}. Name another folder with --save.`,
    );
    expect(await readFile(inRoot('data/masks/val/a.png'))).toEqual(Buffer.from(ALL['data/masks/val/a.png']));
  });

  test('keeps predictions in other folders of the data set', async () => {
    expect(await val(inRoot('masks'), inRoot('data'), '--save', inRoot('data/predicted'))).toBe(0);
    await rm(inRoot('data/predicted'), { recursive: true });
  });
});

describe('val of saved predictions', () => {
  test.each([
    [['masks', 'data', '--precision', 'int8', '--flip', '--tile', '64'], '--flip, --tile, --precision are for models'],
    [['masks', 'data', '--device', 'wasm', '--threads', '2'], '--device, --threads are for models'],
    [['shares', 'data', '--scales', '1,2', '--protocol', 'plain'], '--protocol, --scales are for models'],
    [['shares', 'data', '--resize', 'none', '--optimize', 'none'], '--resize, --optimize are for models'],
    [['shares', 'data', '--encoding', 'dataset'], '--encoding is for saved masks'],
  ])('%j is wrong usage', async (argv, message) => {
    expect(await val(...argv.map((word) => (/^(masks|shares|data)$/.test(word) ? inRoot(word) : word)))).toBe(2);
    expect(terminal.noted).toContain(message);
    expect(terminal.noted).toContain(`; saved ${argv[0] === 'masks' ? 'masks' : 'probabilities'} were given.`);
  });
});
