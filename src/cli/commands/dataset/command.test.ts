import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { bytesOf, type Files, mask, photo } from '../../../../test/support/drawn/files.ts';
import { decodeDatasetImage } from '../../../platform/node/dataset-files.ts';
import { main } from '../../main.ts';

let root: string;
const terminal = captureOutput();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet-dataset-'));
  await writeFiles('sound', {
    'data.yaml': 'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [ground, water]\n',
    'images/train/a.png': photo(1),
    'masks/train/a.png': mask([0, 1]),
    'images/val/b.png': photo(2),
    'masks/val/b.png': mask([1, 0]),
  });
  await writeFiles('faulty', {
    'images/train/a.png': photo(1),
    'masks/train/a.png': mask([0, 1]),
    'images/train/b.png': photo(2),
    ...Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`masks/train/lost-${index}.png`, mask([0])])),
    'images/val/c.png': photo(3),
    'masks/val/c.png': mask([0, 1]),
  });
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function writeFiles(name: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), bytesOf(content));
  }
}

describe('dataset verify', () => {
  test('ends with 0 where nothing is wrong', async () => {
    expect(await main(['dataset', 'verify', join(root, 'sound')])).toBe(0);
    expect(terminal.printed).toContain('sound: ultralytics, train 1, val 1 samples, 2 classes (ground, water)');
    expect(terminal.printed).toContain('Ready for training: 0 kinds of errors, 0 kinds of warnings.');
  });

  test('ends with 1 where there are errors, and names the files, at most ten of a kind', async () => {
    expect(await main(['dataset', 'verify', join(root, 'faulty')])).toBe(1);
    expect(terminal.printed).toContain(
      '1 of 3 images has no mask and is left out. Add masks of the same names, or take the images out.\n  images/train/b.png\n',
    );
    expect(terminal.printed.match(/masks\/train\/lost-/g)).toHaveLength(10);
    expect(terminal.printed).toContain('and 3 more (all with --json)');
    expect(terminal.printed).toContain('Not ready for training: 2 kinds of errors');
  });

  test('prints one JSON object with everything', async () => {
    expect(await main(['dataset', 'verify', join(root, 'faulty'), '--json', '--split', 'train'])).toBe(1);
    const report = JSON.parse(terminal.printed);
    expect(report).toMatchObject({
      format: 'folders',
      ok: false,
      samples: { train: 1 },
      classes: ['class 0', 'class 1'],
    });
    const lost = report.problems.find(({ code }: { code: string }) => code === 'missing-image');
    expect(lost.items).toHaveLength(13);
    expect(report.statistics[0].classes[0]).toMatchObject({ name: 'class 0', pixels: 960, fraction: 0.5 });
  });

  test('draws a contact sheet, as PNG or JPEG', async () => {
    const sheet = join(root, 'sheets', 'sheet.jpg');
    expect(await main(['dataset', 'verify', join(root, 'sound'), 'split=val', '--contact-sheet', sheet])).toBe(0);
    const { width } = await decodeDatasetImage(await readFile(sheet), sheet);
    expect(width).toBeGreaterThan(320);
    expect(terminal.noted).toContain(`Contact sheet of val: ${sheet}`);
  });
});

test('dataset stats prints a table of classes', async () => {
  expect(await main(['dataset', 'stats', join(root, 'sound', 'data.yaml')])).toBe(0);
  expect(terminal.printed).toMatch(/id {2}class +pixels {2}images {2}weight\n 0 {2}ground {2}50\.00 % {7}1 {4}2\.13\n/);
});

describe('dataset stats of samples that cannot be read', () => {
  const cut = mask([0, 1]).subarray(0, 60);

  test('gives the figures of the others, and ends with 1 and the reason', async () => {
    await writeFiles('cut', {
      'classes.txt': 'a\nb\n',
      ...Object.fromEntries(['x', 'y'].map((name, seed) => [`images/train/${name}.png`, photo(seed)])),
      'masks/train/x.png': mask([0, 1]),
      'masks/train/y.png': cut,
      'images/val/z.png': photo(3),
      'masks/val/z.png': cut,
    });
    expect(await main(['dataset', 'stats', join(root, 'cut')])).toBe(1);
    expect(terminal.printed).toContain('train: 1 of 2 samples, 0.00 % of all pixels ignored');
    expect(terminal.printed).toContain('val: none of 1 sample can be read');
    expect(terminal.printed).toMatch(
      /Error \[unreadable-mask\] 2 of 3 masks cannot be read\. .*\n {2}masks\/train\/y\.png: the PNG is damaged/,
    );
    terminal.printed = '';
    expect(await main(['dataset', 'stats', join(root, 'cut'), '--json'])).toBe(1);
    expect(JSON.parse(terminal.printed)).toMatchObject({ ok: false, problems: [{ code: 'unreadable-mask' }] });
  });
});

test('dataset looks at a part of train as val where it is held out', async () => {
  await writeFiles('clips', {
    ...Object.fromEntries(['dusk-1', 'dusk-2', 'noon-1'].map((name, seed) => [`images/${name}.png`, photo(seed)])),
    ...Object.fromEntries(['dusk-1', 'dusk-2', 'noon-1'].map((name) => [`masks/${name}.png`, mask([0, 1])])),
  });
  expect(await main(['dataset', 'verify', join(root, 'clips'), '--hold-out', 'dusk*'])).toBe(0);
  expect(terminal.printed).toContain('clips: folders, train 1, val 2 samples');
  expect(await main(['dataset', 'verify', join(root, 'clips'), '--hold-out', '0.34'])).toBe(0);
  expect(terminal.printed).toContain('clips: folders, train 2, val 1 samples');
});

test('dataset convert writes a data set that verifies', async () => {
  const output = join(root, 'converted');
  expect(await main(['dataset', 'convert', join(root, 'sound'), '--output', output])).toBe(0);
  expect(terminal.printed).toContain('converted/data.yaml: train 1, val 1 images with labels, 2 classes');
  expect(await main(['dataset', 'verify', output])).toBe(0);
});

test.each([
  [['dataset', 'count', 'x'], 'dataset takes verify, stats, convert; got "count".'],
  [['dataset', 'verify', 'x', '--format', 'imagenet'], '--format takes'],
  [['dataset', 'verify', '/nowhere/at/all'], '/nowhere/at/all: there is no such folder or file.'],
])('%j is wrong usage', async (argv, message) => {
  expect(await main(argv)).toBe(2);
  expect(terminal.noted).toContain(message);
});

test.each([
  [['verify', '--output', 'x'], '--output is for convert; got verify.'],
  [['stats', '--to', 'masks', '--output', 'x'], '--output, --to are for convert; got stats.'],
])('dataset %j is wrong usage', async ([action, ...given], message) => {
  expect(await main(['dataset', action as string, join(root, 'sound'), ...given])).toBe(2);
  expect(terminal.noted).toContain(message);
  expect(terminal.printed).toBe('');
});

describe('dataset convert leaves alone', () => {
  const convert = (path: string, output: string) =>
    main(['dataset', 'convert', join(root, path), '--output', join(root, output)]);

  test.each([
    ['the data set itself', 'sound', 'sound'],
    ['a folder in it', 'sound', 'sound/images/new'],
    ['the data set that a file describes', 'sound/data.yaml', 'sound/new'],
    ['the data set by a link to it', 'sound', 'link'],
    ['a folder in it by a link', 'sound', 'link/new'],
    ['the data set that is named by a link', 'link', 'sound/new'],
  ])('%s', async (_, path, output) => {
    await symlink('sound', join(root, 'link'));
    const before = await readFile(join(root, 'sound/data.yaml'));
    try {
      expect(await convert(path, output)).toBe(2);
    } finally {
      await rm(join(root, 'link'));
    }
    expect(terminal.noted).toContain(
      `${join(root, output)} is in the data set that is converted. Name another folder with --output.`,
    );
    expect(await readFile(join(root, 'sound/data.yaml'))).toEqual(before);
  });

  test('a folder that has files', async () => {
    await writeFiles('taken', { 'data.yaml': 'mine' });
    expect(await convert('sound', 'taken')).toBe(2);
    expect(terminal.noted).toContain(
      `--output takes a new or empty folder; ${join(root, 'taken')} has files. Name another, or delete it if it is of a conversion that did not end.`,
    );
    expect(await readFile(join(root, 'taken/data.yaml'), 'utf8')).toBe('mine');
    expect(await convert('sound', 'taken/data.yaml')).toBe(2);
    expect(terminal.noted).toContain(
      `--output takes a new or empty folder; ${join(root, 'taken/data.yaml')} is a file. Name another.`,
    );
  });

  test.each([
    ['a list of pairs', 'train.txt', 'images/a.png masks/a.png\nimages/b.png masks/b.png\n'],
    [
      "COCO's JSON",
      'labels.json',
      JSON.stringify({
        images: ['a', 'b'].map((name, id) => ({ id, file_name: `images/${name}.png`, width: 48, height: 40 })),
        categories: [{ id: 1, name: 'water' }],
        annotations: [{ id: 1, image_id: 0, category_id: 1, segmentation: [[0, 0, 9, 0, 9, 9]] }],
      }),
    ],
  ])('the folder of %s, but none that is made beside it', async (_, name, content) => {
    const folder = `listed-${name}`;
    await writeFiles(folder, {
      [name]: content,
      'images/a.png': photo(1),
      'masks/a.png': mask([0, 1]),
      'images/b.png': photo(2),
      'masks/b.png': mask([1, 0]),
    });
    expect(await convert(`${folder}/${name}`, `${folder}/converted`)).toBe(0);
    expect(await convert(`${folder}/${name}`, folder)).toBe(2);
    expect(terminal.noted).toContain(`${join(root, folder)} is in the data set that is converted.`);
  });

  test('no folder that is empty, or beside the data set with a name that begins as its own', async () => {
    await mkdir(join(root, 'sound-new'));
    expect(await convert('sound', 'sound-new')).toBe(0);
  });
});

test('a split that does not exist, and a conversion without a place, are wrong usage', async () => {
  expect(await main(['dataset', 'verify', join(root, 'sound'), '--split', 'test'])).toBe(2);
  expect(terminal.noted).toContain('there is no split "test". It has train, val.');
  expect(await main(['dataset', 'convert', join(root, 'sound')])).toBe(2);
  expect(terminal.noted).toContain('dataset convert needs --output FOLDER');
});

test('dataset convert writes what others read, and --unlabelled is understood', async () => {
  const output = join(root, 'as-coco');
  expect(await main(['dataset', 'convert', join(root, 'sound'), '--output', output, '--to', 'coco'])).toBe(0);
  expect(terminal.printed).toContain('annotations/instances_train.json: train 1, val 1 images with labels, 2 classes');
  terminal.printed = '';
  expect(await main(['dataset', 'verify', output, '--unlabelled', 'skip'])).toBe(0);
  expect(terminal.printed).toContain('as-coco: coco, train 1, val 1 samples, 3 classes (background, ground, water)');
});

test('dataset stats and convert say how many files of other formats are passed over', async () => {
  await writeFiles('others', {
    'images/a.png': photo(1),
    'masks/a.png': mask([0, 1]),
    'images/b.bmp': 'BM',
    'images/c.gif': 'GIF8',
    'masks/c.gif': 'GIF8',
  });
  for (const action of [['stats'], ['convert', '--output', join(root, 'others-converted')]]) {
    terminal.noted = '';
    const [name, ...others] = action as [string, ...string[]];
    expect(await main(['dataset', name, join(root, 'others'), ...others])).toBe(0);
    expect(terminal.noted).toContain(
      'Warning: 3 files are of a format that is not read (2 .gif, 1 .bmp), and passed over.\n',
    );
  }
  expect(await main(['dataset', 'verify', join(root, 'others')])).toBe(0);
  expect(terminal.printed).toContain('3 files are of a format that is not read (2 .gif, 1 .bmp), and passed over. ');
});
