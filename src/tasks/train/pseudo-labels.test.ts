import { copyFile, mkdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeDrawnDataset } from '../../../test/support/drawn/dataset.ts';
import { temporaryFolder } from '../../../test/support/synthetic-model.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readSample } from '../../data/read-sample.ts';
import { scanDataset } from '../../data/scan.ts';
import { RefineNetError } from '../../errors.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import { decodeDatasetImage } from '../../platform/node/dataset-files.ts';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import { writePrediction } from '../predict/prediction-files.ts';
import { withPseudoLabels } from './pseudo-labels.ts';

const SIZE = 80;

const before = process.cwd();
let folder: string;
let data: string;
let dataset: Dataset;
let predictions: string;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeDrawnDataset(join(folder, 'discs'));
  // Two images of the data set have no mask, and two are elsewhere.
  await unlink(join(data, 'masks/train/4.png'));
  await unlink(join(data, 'masks/train/5.png'));
  await writeDrawnDataset(join(folder, 'others'), { train: 2, val: 0 });
  dataset = await nodeTaskFiles.openDataset(data, {});
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => process.chdir(before));
beforeEach(() => {
  predictions = join(folder, `predictions-${count++}`);
});

const OTHERS = (): string[] => [join(folder, 'others/images/train/0.png'), join(folder, 'others/images/train/1.png')];

const gray = (values: Uint8Array, path: string) =>
  sharp(values, { raw: { width: SIZE, height: SIZE, channels: 1 } })
    .toColorspace('b-w')
    .png()
    .toFile(path);

/** As `predict` leaves it: the upper half is class 1; from left to right it is more sure. */
async function predicted(
  name: string,
  image: string,
  classes = [{ id: 0, label: 'ground' }],
  outputs?: { readonly report: string },
): Promise<void> {
  await mkdir(join(predictions, name, '..'), { recursive: true });
  await writeFile(join(predictions, `${name}.json`), JSON.stringify({ image, classes, outputs }));
  await gray(
    Uint8Array.from({ length: SIZE * SIZE }, (_, pixel) => (pixel < (SIZE * SIZE) / 2 ? 1 : 0)),
    join(predictions, `${name}.png`),
  );
  await gray(
    Uint8Array.from({ length: SIZE * SIZE }, (_, pixel) => Math.round(((pixel % SIZE) * 255) / (SIZE - 1))),
    join(predictions, `${name}.confidence.png`),
  );
}

const opened = (confidence = 0.6) => withPseudoLabels(dataset, { folder: predictions, confidence }, nodeTaskFiles);

describe('predicted images', () => {
  test('stand behind the images to train on, by names of their own, and nowhere else', async () => {
    for (const [index, image] of OTHERS().entries()) await predicted(`street/${index}`, image);
    const { samples, splits } = await opened();
    expect(samples('train').map(({ name }) => name)).toEqual([
      '0',
      '1',
      '2',
      '3',
      'pseudo/street/0',
      'pseudo/street/1',
    ]);
    expect(splits).toEqual(dataset.splits);
    expect(samples('val')).toEqual(dataset.samples('val'));
  });

  test('are learned from where the confidence is enough', async () => {
    await predicted('a', OTHERS()[0] as string);
    const shareOf = async (confidence: number) => {
      const given = await opened(confidence);
      const sample = given.samples('train').at(-1);
      const { labels, image } = await readSample(given, sample as never, decodeDatasetImage);
      expect([image.width, labels.width]).toEqual([SIZE, SIZE]);
      for (const [pixel, id] of labels.data.entries()) {
        const isSure = Math.round(((pixel % SIZE) * 255) / (SIZE - 1)) / 255 >= confidence;
        expect(id).toBe(isSure ? (pixel < (SIZE * SIZE) / 2 ? 1 : 0) : 255);
      }
      return labels.data.filter((id) => id !== 255).length / labels.data.length;
    };
    expect(await shareOf(0.6)).toBeCloseTo(0.4, 1);
    expect(await shareOf(0.9)).toBeCloseTo(0.1, 1);
    expect(await shareOf(0)).toBe(1);
  });

  test('are checked as they are learned from', async () => {
    await predicted('a', OTHERS()[0] as string);
    const scanned = await scanDataset(await opened(0.6), { decodeImage: decodeDatasetImage, splits: ['train'] });
    const { mask } = scanned.at(-1) as (typeof scanned)[0];
    // 48 of 80 columns are below.
    expect(mask).toMatchObject({ value: { counts: [40 * 32, 40 * 32], ignored: 80 * 48 } });
  });

  test('need no confidence where every pixel counts', async () => {
    await predicted('a', OTHERS()[0] as string);
    await unlink(join(predictions, 'a.confidence.png'));
    const given = await opened(0);
    const { labels } = await readSample(given, given.samples('train').at(-1) as never, decodeDatasetImage);
    expect(labels.data.includes(255)).toBe(false);
  });

  test('keep the masks that the data set has, of every split, and give masks to its images without', async () => {
    expect(dataset.faults('train').filter(({ kind }) => kind === 'missing-mask')).toHaveLength(2);
    for (const [name, image] of [
      ['0', 'train/0.png'],
      ['v', 'val/1.png'],
      ['4', 'train/4.png'],
    ] as const) {
      await predicted(name, join(data, 'images', image));
    }
    const { samples, faults, notes } = await opened();
    expect(samples('train').map(({ name }) => name)).toEqual(['0', '1', '2', '3', 'pseudo/4']);
    expect(faults('train').map(({ path }) => path)).toEqual(['images/train/5.png']);
    expect(notes.at(-1)).toBe(
      `2 of the images in ${predictions} are images of ${data}: they keep the masks they have there.`,
    );
  });
});

describe('reports', () => {
  test('lead to the images of the folder that predict worked in, wherever one trains', async () => {
    const [own] = OTHERS() as [string];
    // Another image of the same path there.
    const elsewhere = join(folder, `elsewhere-${count}`);
    await writeDrawnDataset(join(elsewhere, 'others'), { train: 1, val: 0 });
    const imagesFrom = async (cwd: string) => {
      process.chdir(cwd);
      const { samples } = await opened();
      return samples('train')
        .filter(({ predicted }) => predicted)
        .map(({ image }) => image);
    };
    const report = `${basename(predictions)}/former.json`;
    await predicted('former', 'others/images/train/0.png', undefined, { report });
    expect(await imagesFrom(elsewhere)).toEqual([own]);
    // Former versions did not say where they worked when results went to an absolute path.
    await predicted('former', 'others/images/train/0.png', undefined, { report: join(predictions, 'former.json') });
    expect(await imagesFrom(folder)).toEqual([own]);
  });

  test('lead nowhere else where their path ends like another one', async () => {
    const report = basename(predictions);
    predictions = join(folder, `my-${report}`);
    await predicted('a', 'others/images/train/0.png', undefined, { report: `${report}/a.json` });
    process.chdir(join(folder, 'others'));
    const missing = join(folder, 'others/others/images/train/0.png');
    await expect(opened()).rejects.toThrow(`1 images are not where predict found them: ${missing}. Put them back`);
  });

  test('of a folder that was moved lead to the images where predict worked, if one trains there', async () => {
    const report = `${basename(predictions)}/a.json`;
    const moved = join(folder, `moved-${count}`);
    predictions = join(moved, basename(predictions));
    await predicted('a', 'others/images/train/0.png', undefined, { report });
    process.chdir(folder);
    const imageOf = async () => (await opened()).samples('train').at(-1)?.image;
    expect(await imageOf()).toBe(OTHERS()[0]);
    // Another photograph of the same path.
    await mkdir(join(moved, 'others/images/train'), { recursive: true });
    const other = join(moved, 'others/images/train/0.png');
    await copyFile(OTHERS()[1] as string, other);
    await expect(imageOf()).rejects.toThrow(
      `--pseudo-labels: 1 images may be either of two different ones: ${other} or ${OTHERS()[0]}. Take the wrong ones away, or predict anew.`,
    );
    await unlink(other);
    expect(await imageOf()).toBe(OTHERS()[0]);
  });

  test('of predict name their image by a path that is valid everywhere', async () => {
    process.chdir(folder);
    const labels = new Uint8Array(4);
    await writePrediction(
      { path: 'others/images/train/0.png', name: 'now' },
      {
        labels: { width: 2, height: 2, data: labels },
        colors: [[0, 0, 0]],
        classes: [],
        overlay: () => ({ width: 2, height: 2, data: new Uint8Array(12) }),
      } as unknown as Segmentation,
      {
        output: basename(predictions),
        opacity: 0.5,
        model: 'model',
        provider: 'none',
        classes: dataset.classes,
        probabilities: false,
        logits: false,
        formats: [],
        context: {},
      },
      nodeTaskFiles,
    );
    const report = JSON.parse(await readFile(join(predictions, 'now.json'), 'utf8')) as { image: string };
    expect(report.image).toBe(OTHERS()[0]);
  });

  test('are read some at a time, however many there are', async () => {
    const COUNT = 200;
    const image = OTHERS()[0] as string;
    const names = Array.from({ length: COUNT }, (_, index) => String(index).padStart(3, '0'));
    let [open, most] = [0, 0];
    const files = {
      ...nodeTaskFiles,
      list: async () => names.flatMap((name) => [`${name}.json`, `${name}.png`]),
      read: async () => {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
        return Buffer.from(JSON.stringify({ image, classes: [] }));
      },
    };
    const { samples } = await withPseudoLabels(dataset, { folder: predictions, confidence: 0 }, files);
    const added = samples('train').filter(({ name }) => name.startsWith('pseudo/'));
    expect(added.map(({ name }) => name)).toEqual(names.map((name) => `pseudo/${name}`));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(32);
  });

  test('that cannot be read are told by what the place says, and not called damaged', async () => {
    await predicted('a', OTHERS()[0] as string);
    const files = { ...nodeTaskFiles, read: () => Promise.reject(new Error('EMFILE: too many open files')) };
    await expect(withPseudoLabels(dataset, { folder: predictions, confidence: 0.6 }, files)).rejects.toThrow(
      new RefineNetError(
        `--pseudo-labels: ${join(predictions, 'a.json')} cannot be read (EMFILE: too many open files).`,
      ),
    );
  });
});

describe('what is wrong is said', () => {
  test('of a folder that is not there, or holds no predictions', async () => {
    await expect(opened()).rejects.toThrow(`--pseudo-labels: ${predictions} cannot be read (ENOENT`);
    await mkdir(predictions);
    await expect(opened()).rejects.toThrow(
      `--pseudo-labels: there are no predictions in ${predictions} (looked for X.json with X.png). Make some first: refinenet predict PHOTOS --model MODEL --output FOLDER --format confidence.`,
    );
    await predicted('a', '');
    await writeFile(join(predictions, 'a.json'), '{}');
    await expect(opened()).rejects.toThrow('a.json is no report of predict (it names no image or no classes).');
  });

  test('all at once: images, confidences, classes', async () => {
    await predicted('a', join(folder, 'gone.jpg'));
    await predicted('b', OTHERS()[0] as string, [
      { id: 0, label: 'sky' },
      { id: 7, label: 'tree' },
    ]);
    await unlink(join(predictions, 'b.confidence.png'));
    const message = await opened().catch(String);
    expect(message).toContain(
      `--pseudo-labels: 1 images are not where predict found them: ${join(folder, 'gone.jpg')}. Put them back, or predict anew.`,
    );
    expect(message).toContain(
      `1 files of the confidence are missing in ${predictions}: b.confidence.png. Predict anew with --format confidence, or learn from every pixel with --confidence 0.`,
    );
    expect(message).toContain(
      `2 classes in ${predictions} are not those of ${data}: 0 is sky, not ground; 7 is tree. Predict with a model of the same classes in the same order.`,
    );
  });

  test('where nothing is left', async () => {
    await predicted('a', join(data, 'images/train/0.png'));
    await expect(opened()).rejects.toThrow(`All 1 images in ${predictions} are in ${data}. Predict others.`);
  });

  test('of a confidence of another size than its mask', async () => {
    await predicted('a', OTHERS()[0] as string);
    await sharp(Buffer.alloc(12), { raw: { width: 4, height: 3, channels: 1 } })
      .toColorspace('b-w')
      .png()
      .toFile(join(predictions, 'a.confidence.png'));
    const given = await opened();
    await expect(readSample(given, given.samples('train').at(-1) as never, decodeDatasetImage)).rejects.toThrow(
      /a\.confidence\.png: the confidences are 4x3, but the mask .*a\.png has 80x80 and they 8 bits\. Predict the image anew\./,
    );
  });
});
