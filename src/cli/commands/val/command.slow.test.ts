import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { bytesOf, type Files, mask, photo, drawnImage } from '../../../../test/support/drawn/files.ts';
import { writeSyntheticModel } from '../../../../test/support/synthetic-model.ts';
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import { decodeLabelPng, encodePng } from '../../../image/png.ts';
import { encodeNpy } from '../../../tensor/npy.ts';
import { float32, tensor } from '../../../tensor/tensor.ts';
import { main } from '../../main.ts';

let root: string;
const terminal = captureOutput();
const inRoot = (...parts: string[]) => join(root, ...parts);

/** Probabilities of `classes` for an image of 48 x 40: each column's class has the share given, the others the rest. */
function probabilities(classOf: (x: number) => number, share: number, classes = 2): Uint8Array {
  const data = Float32Array.from({ length: classes * 40 * 48 }, (_, index) =>
    classOf(index % 48) === Math.floor(index / (40 * 48)) ? share : (1 - share) / (classes - 1),
  );
  return Buffer.concat([...encodeNpy(float32([classes, 40, 48], data))]);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet val-'));
  await writeFiles('data', {
    'data.yaml':
      'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [ground, water]\nlabel_mapping: {7: 255, 5: 1}\n',
    'images/train/t.png': photo(9),
    'masks/train/t.png': mask([0]),
    'images/val/a.png': photo(1),
    'masks/val/a.png': mask([0, 1]),
    'images/val/b.png': photo(2),
    'masks/val/b.png': mask([5, 7]),
  });
  // a is right; half of what is labeled in b is wrong.
  await writeFiles('masks', { 'a.png': mask([0, 1]), 'b.png': mask([0, 1, 1, 1]), 'b.overlay.png': photo(3) });
  const half = (x: number) => (x < 24 ? 0 : 1);
  await writeFiles('sure', {
    'a.probabilities.npy': probabilities(half, 0.9),
    'b.probabilities.npy': probabilities(() => 1, 0.9),
  });
  await writeFiles('unsure', {
    'a.probabilities.npy': probabilities(() => 0, 0.6),
    'b.probabilities.npy': probabilities(() => 0, 0.6),
  });
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(inRoot(folder, path)), { recursive: true });
    await writeFile(inRoot(folder, path), bytesOf(content));
  }
}

/** Runs `val` on the drawn data set and gives its JSON. */
async function report(...argv: string[]) {
  const code = await main(['val', ...argv, '--output', inRoot('out'), '--json']);
  return { code, ...(terminal.printed === '' ? {} : JSON.parse(terminal.printed)) };
}

describe('val of a folder of masks', () => {
  test('prints a table, the figures and the rule they follow, and writes report and images', async () => {
    const output = inRoot('table');
    expect(await main(['val', inRoot('masks'), inRoot('data'), '--output', output])).toBe(0);
    expect(terminal.printed).toContain(
      `the masks in ${inRoot('masks')} on ${inRoot('data')}, val: 2 images, 2880 pixels scored`,
    );
    expect(terminal.printed).toMatch(/\nid +class +pixels +IoU +precision +recall +F1 +boundary F\n/);
    expect(terminal.printed).toMatch(/\n 0 {2}ground +33\.33 +66\.67 +66\.67 +100\.00 +80\.00 +50\.00\n/);
    expect(terminal.printed).toMatch(/\n 1 {2}water +66\.67 +75\.00 +100\.00 +75\.00 +85\.71 +50\.00\n/);
    expect(terminal.printed).toMatch(/\nmean IoU +70\.83 %\npixel accuracy +83\.33 %\nmean class accuracy +87\.50 %\n/);
    expect(terminal.printed).toContain('Mistaken most: water for ground (25.00 % of water).');
    expect(terminal.printed).toContain('Means over classes: standard (a class that is only predicted counts 0,');
    expect((await readdir(output)).sort()).toEqual(['confusion.png', 'report.json', 'worst.png']);
    expect(JSON.parse(await readFile(join(output, 'report.json'), 'utf8'))).toMatchObject({
      confusion: [
        [960, 0],
        [480, 1440],
      ],
      images: [
        { name: 'a', meanIoU: 1 },
        { name: 'b', meanIoU: 0.25 },
      ],
    });
  });

  test('names what is missing, damaged, of another size or no class, scores the rest and ends with 1', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await writeFiles('many', {
      'classes.txt': 'ground\nwater\n',
      ...Object.fromEntries(
        names.flatMap((name, seed) => [
          [`images/val/${name}.png`, photo(seed)],
          [`masks/val/${name}.png`, mask([0, 1])],
        ]),
      ),
    });
    await writeFiles('faulty', {
      'a.png': mask([0, 1], 40, 40),
      'b.png': mask([0, 1]).subarray(0, 100),
      'c.png': encodePng(drawnImage(1)),
      'd.png': mask([0, 1, 9]),
    });
    await writeFiles('faulty', { 'x.png': 'no image' });
    expect(await main(['val', inRoot('faulty'), inRoot('many'), '--output', inRoot('out')])).toBe(1);
    expect(terminal.noted).toContain('a: the prediction is 40x40, but the mask masks/val/a.png is 48x40.');
    expect(terminal.noted).toMatch(/faulty\/b\.png: .* (cut off|damaged)/);
    expect(terminal.noted).toContain(
      'c.png: a label map has one class id a pixel (an indexed or gray PNG), but this PNG is RGB.',
    );
    expect(terminal.noted).toContain(
      'd.png: the mask has the ids 9, but the classes are 0 ... 1 (255: none predicted).',
    );
    expect(terminal.noted).toContain('e.png: the prediction cannot be read (there is no such file).');
    expect(terminal.noted).toContain('5 of 5 images failed');
  });

  test('reads masks written as those of the data set', async () => {
    const { code, meanIoU } = await report(inRoot('data/masks/val'), inRoot('data'), '--encoding', 'dataset');
    expect([code, meanIoU]).toEqual([0, 1]);
  });

  test('follows the rule for absent classes', async () => {
    await writeFiles('three', {
      'classes.txt': 'ground\nwater\nair\n',
      'images/val/a.png': photo(1),
      'masks/val/a.png': mask([0, 1]),
    });
    const { meanIoU, absentClasses } = await report(inRoot('masks'), inRoot('three'), '--absent', 'light-weight-v1');
    expect([meanIoU, absentClasses.rule]).toEqual([1, 'light-weight-v1']);
    terminal.printed = '';
    await writeFiles('air', { 'a.png': mask([0, 1, 2, 2]) });
    expect((await report(inRoot('air'), inRoot('three'))).meanIoU).toBe(0.5 / 3);
  });
});

describe('val of saved probabilities', () => {
  test('scores one folder as it is, and several by their mean', async () => {
    const sure = await report(inRoot('sure'), inRoot('data'));
    expect(sure).toMatchObject({ code: 0, meanIoU: 1, source: `the probabilities in ${inRoot('sure')}` });
    terminal.printed = '';
    // 0.9 against 0.6: the sure ones win everywhere.
    const both = await report(inRoot('unsure'), inRoot('sure'), inRoot('data'), '--save', inRoot('fused'));
    expect(both).toMatchObject({ code: 0, meanIoU: 1 });
    terminal.printed = '';
    expect((await report(inRoot('unsure'), inRoot('data'))).pixelAccuracy).toBeCloseTo(1 / 3, 12);
    terminal.printed = '';
    // Two unsure ones and one sure: 0.6 + 0.6 + 0.1 against 0.4 + 0.4 + 0.9.
    const third = await report(inRoot('unsure'), inRoot('unsure'), inRoot('sure'), inRoot('data'));
    expect(third.meanIoU).toBe(1);
    const saved = decodeLabelPng(await readFile(inRoot('fused/a.png')));
    expect([saved.data[0], saved.data[47]]).toEqual([0, 1]);
  });

  test('names files that are no probabilities', async () => {
    const logits = Buffer.concat([...encodeNpy(float32([2, 40, 48], new Float32Array(2 * 40 * 48).fill(-3)))]);
    await writeFiles('bad', { 'a.probabilities.npy': logits, 'b.probabilities.npy': 'no array' });
    expect(await main(['val', inRoot('bad'), inRoot('data'), '--output', inRoot('out')])).toBe(1);
    expect(terminal.noted).toContain(
      'a.probabilities.npy: the values go from -3 to -3, but probabilities from 0 to 1. Save probabilities, not logits.',
    );
    expect(terminal.noted).toMatch(/b\.probabilities\.npy: this is no \.npy file that can be read \(/);
    terminal.noted = '';
    const cut = probabilities(() => 0, 0.9).subarray(0, 4000);
    const ids = Buffer.concat([...encodeNpy(tensor('uint8', [2], Uint8Array.of(0, 1)))]);
    await writeFiles('bad', { 'a.probabilities.npy': cut, 'b.probabilities.npy': ids });
    expect(await main(['val', inRoot('bad'), inRoot('data'), '--output', inRoot('out')])).toBe(1);
    expect(terminal.noted).toMatch(
      /a\.probabilities\.npy: the file says its shape is \[2, 40, 48\], but it has \d+ numbers/,
    );
    expect(terminal.noted).toContain('b.probabilities.npy: the numbers are u1, not probabilities.');
    terminal.noted = '';
    await writeFiles('bad', {
      'a.probabilities.npy': probabilities(() => 0, 0.9, 3),
      'b.probabilities.npy': probabilities(() => 0, Number.NaN),
    });
    expect(await main(['val', inRoot('bad'), inRoot('data'), '--output', inRoot('out')])).toBe(1);
    expect(terminal.noted).toContain('[3, 40, 48], but [classes, height, width] is [2, 40, 48] here.');
    expect(terminal.noted).toContain('the values go from NaN to NaN');
  });
});

describe('val of a model', () => {
  test('gives the figures that its saved masks and probabilities give', async () => {
    const model = await writeSyntheticModel(root);
    await writeFiles('streets', {
      'classes.txt': LABEL_SETS.camvid.classes.map(({ name }) => `${name}\n`).join(''),
      'images/val/a.png': photo(1, 64, 48),
      'masks/val/a.png': mask([0, 3, 255], 64, 48),
      'images/val/b.png': photo(2, 48, 64),
      'masks/val/b.png': mask([1, 2, 10], 48, 64),
    });
    const saved = inRoot('saved');
    const argv = [inRoot('streets'), '--split', 'val'];
    const first = await report(model, ...argv, '--save', saved, '--save-probabilities');
    expect(first).toMatchObject({ code: 0, pixels: { scored: 2 * 64 * 48 - 21 * 48, ignored: 21 * 48 } });
    expect((await readdir(saved)).sort()).toEqual(['a.png', 'a.probabilities.npy', 'b.png', 'b.probabilities.npy']);
    for (const again of [[], ['--fuse']]) {
      terminal.printed = '';
      const { source: _, ...same } = await report(saved, ...argv, ...again);
      const { source: __, ...expected } = first;
      expect(same).toEqual(expected);
    }
  });

  test('refuses data of other classes', async () => {
    const model = inRoot('model');
    expect(await main(['val', model, inRoot('data')])).toBe(2);
    expect(terminal.noted).toContain('has 11 classes (sky, building,');
    expect(terminal.noted).toContain('but the data set has 2 (ground, water).');
  });
});

describe('val called wrongly', () => {
  test.each<[readonly string[], string]>([
    [['masks', 'data', '--split', 'test'], 'there is no split "test". It has train, val.'],
    [['data', 'data'], 'data: neither a model nor predictions for these images (looked for config.json, a.png, '],
    [['masks', 'sure', 'data'], 'masks: there are no saved probabilities in it, and only these are fused.'],
    [['masks', 'data', '--fuse'], 'masks: there are no saved probabilities in it'],
    [['masks', 'data', '--save-probabilities'], '--save-probabilities needs --save FOLDER'],
    [['masks', 'data', '--save', 'x', '--save-probabilities'], '--save-probabilities needs a model'],
    [['masks', 'data', '--absent', 'mine'], '--absent takes standard, authors, ade20k, light-weight-v1, densetorch'],
    [['masks', 'nowhere'], 'there is no such folder or file'],
    [['nowhere', 'data'], 'nowhere cannot be read'],
  ])('%j says what is wrong', async (argv, message) => {
    const folders = new Set(['data', 'masks', 'sure', 'nowhere']);
    expect(await main(['val', ...argv.map((word) => (folders.has(word) ? inRoot(word) : word))])).toBe(2);
    expect(terminal.noted).toContain(message);
  });
});
