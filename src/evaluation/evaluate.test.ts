import { describe, expect, test } from 'vitest';
import { type Files, mask, memorySource, photo, stripes } from '../../test/support/drawn/files.ts';
import { openDataset } from '../data/dataset.ts';
import { FormatError, RuntimeError } from '../errors.ts';
import { image } from '../image/image.ts';
import { labelMap } from '../image/label-map.ts';
import { Segmentation } from '../inference/segmentation/segmentation.ts';
import { type EvaluatedImage, evaluate, type Predict } from './evaluate.ts';
import { evaluationReport } from './report.ts';
import { compareClasses, segmenterPredictions } from './segmenter-predictions.ts';

const files: Files = {
  'data.yaml': 'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [ground, water, air]\n',
  'images/train/t.png': photo(9),
  'masks/train/t.png': mask([0]),
  'images/val/a.png': photo(1),
  'masks/val/a.png': mask([0, 1]),
  'images/val/b.png': photo(2),
  'masks/val/b.png': mask([1, 255]),
  'images/val/c.png': photo(3),
  'masks/val/c.png': mask([255]),
};

const open = (changed: Files = {}) => openDataset(memorySource({ ...files, ...changed }));
const decodeImage = async (bytes: Uint8Array, name: string) => {
  if (bytes.length < 10) throw new FormatError(`${name}: the image is damaged.`);
  return image(48, 40, new Uint8Array(48 * 40 * 3));
};
const options = { split: 'val', decodeImage };

/** Predicts these stripes for every image. */
const always =
  (...ids: number[]): Predict =>
  async () =>
    labelMap(48, 40, stripes(ids));

describe('an evaluation', () => {
  test('counts all images in one matrix, and each in its own', async () => {
    const seen: EvaluatedImage[] = [];
    const result = await evaluate(await open(), always(0, 1), { ...options, onImage: (each) => seen.push(each) });
    // a is right; the labeled half of b is water, taken for ground; c is not labeled.
    expect([...result.matrix.counts]).toEqual([960, 0, 0, 960, 960, 0, 0, 0, 0]);
    expect(result.ignoredPixels).toBe(960 + 1920);
    expect(result.metrics).toMatchObject({ meanIoU: 0.5, pixelAccuracy: 2 / 3 });
    expect(
      result.images.map(({ name, pixels, meanIoU, pixelAccuracy }) => [name, pixels, meanIoU, pixelAccuracy]),
    ).toEqual([
      ['a', 1920, 1, 1],
      ['b', 960, 0, 0],
      ['c', 0, null, null],
    ]);
    expect(result.images[0]).toMatchObject({ width: 48, height: 40, boundaryF: 1, iou: [1, 1, null] });
    // The contours of a fit, b and c have none among labeled pixels.
    expect(result.boundary).toEqual({ tolerance: 0.0075, mean: 1, classes: [1, 1, null] });
    expect(seen.map(({ score }) => score.name)).toEqual(['a', 'b', 'c']);
    expect([result.split, result.failures]).toEqual(['val', []]);
  });

  test('leaves contours out where they are not asked for, and nothing else', async () => {
    const whole = await evaluate(await open(), always(0, 1), options);
    const without = await evaluate(await open(), always(0, 1), { ...options, boundaries: false });
    expect(without.boundary).toEqual({ tolerance: 0.0075, mean: null, classes: [null, null, null] });
    expect(without.images).toEqual(whole.images.map((score) => ({ ...score, boundaryF: null })));
    expect(without.metrics).toEqual(whole.metrics);
  });

  test('names what cannot be read or predicted, and scores the others as if it were not there', async () => {
    const broken = await open({ 'images/val/a.png': 'short' });
    const failures: string[] = [];
    const predict: Predict = async ({ name }) => {
      if (name === 'c') throw new RuntimeError('The engine is out of memory.');
      return labelMap(48, 40, stripes([1]));
    };
    const result = await evaluate(broken, predict, { ...options, onFailure: ({ message }) => failures.push(message) });
    expect(failures).toEqual(['images/val/a.png: the image is damaged.', 'c: The engine is out of memory.']);
    expect(result.failures.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(result.images.map(({ name }) => name)).toEqual(['b']);
    expect([...result.matrix.counts]).toEqual([0, 0, 0, 0, 960, 0, 0, 0, 0]);
  });

  test('ends at the first mask where what reads masks is missing; where a prediction fails for it, goes on', async () => {
    const asked: string[] = [];
    const missing = async (_: Uint8Array, name: string): Promise<never> => {
      asked.push(name);
      throw new RuntimeError(`${name}: install it`);
    };
    const hdf5 = new TextEncoder().encode('MATLAB 7.3');
    const mats = { 'masks/val/a.mat': hdf5, 'masks/val/b.mat': hdf5, 'masks/val/c.mat': hdf5 };
    const others = Object.entries(files).filter(([path]) => !path.startsWith('masks/val'));
    const dataset = await openDataset(memorySource({ ...Object.fromEntries(others), ...mats }, missing));
    const failed: string[] = [];
    const evaluating = evaluate(dataset, always(0), {
      ...options,
      onFailure: ({ message }) => void failed.push(message),
    });
    await expect(evaluating).rejects.toThrow(/^masks\/val\/a\.mat: install it$/);
    expect([asked.length > 0, failed]).toEqual([true, []]);
    const breaks: Predict = async () => {
      throw new RuntimeError('no memory');
    };
    expect((await evaluate(await open(), breaks, options)).failures).toHaveLength(3);
  });

  test('refuses predictions of another size, and ids that are no classes, for that image', async () => {
    const predict: Predict = async ({ name }) =>
      name === 'a' ? labelMap(40, 48, new Uint8Array(1920)) : labelMap(48, 40, stripes([name === 'b' ? 7 : 0]));
    const result = await evaluate(await open(), predict, options);
    expect(result.failures.map(({ message }) => message)).toEqual([
      "a: the prediction is 40x48, but the mask masks/val/a.png is 48x40. Predict at the image's own size; masks are not resized.",
      'b: The confusion matrix has the classes 0 ... 2, but 7 was predicted for pixel 0.',
    ]);
    expect(result.matrix.total).toBe(0);
  });

  test('takes 255 in a prediction as none: a miss', async () => {
    const { matrix, metrics } = await evaluate(await open(), always(0, 255), { ...options, absent: 'authors' });
    expect([...matrix.unpredicted]).toEqual([0, 960, 0]);
    expect(metrics.meanIoU).toBe((0.5 + 0) / 2);
    expect(evaluationReport(await evaluate(await open(), always(0, 255), options)).confusion).toEqual([
      [960, 0, 0, 0],
      [960, 0, 0, 960],
      [0, 0, 0, 0],
    ]);
  });

  test('asks for one prediction at a time, and throws defects', async () => {
    let running = 0;
    let most = 0;
    const predict: Predict = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return labelMap(48, 40, stripes([0]));
    };
    await evaluate(await open(), predict, options);
    expect(most).toBe(1);
    const faulty: Predict = async () => {
      throw new TypeError('a defect');
    };
    await expect(evaluate(await open(), faulty, options)).rejects.toThrow('a defect');
    await expect(evaluate(await open(), always(0), { ...options, split: 'test' })).rejects.toThrow(
      'there is no split "test"',
    );
  });

  test('becomes a report that says its rules and survives JSON', async () => {
    const report = evaluationReport(
      await evaluate(await open(), always(0, 1), { ...options, absent: 'light-weight-v1', boundaryTolerance: 0.01 }),
    );
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({
      split: 'val',
      meanIoU: (0.5 + 0.5 + 1) / 3,
      absentClasses: { rule: 'light-weight-v1', description: expect.stringContaining('one that is nowhere counts 1') },
      boundary: { tolerance: 0.01, definition: expect.stringContaining('Csurka') },
      pixels: { scored: 2880, ignored: 2880 },
      confusion: [
        [960, 0, 0],
        [960, 960, 0],
        [0, 0, 0],
      ],
    });
    expect(report.classes[1]).toEqual({
      id: 1,
      name: 'water',
      pixels: 1920,
      predicted: 960,
      iou: 0.5,
      precision: 1,
      recall: 0.5,
      f1: 2 / 3,
      boundaryF: 1,
    });
    expect(report.images).toHaveLength(3);
  });
});

describe('the predictions of a segmenter', () => {
  test('are its labels, handed on before they are scored', async () => {
    const classes = (await open()).classes;
    const handed: string[] = [];
    const predict = segmenterPredictions(
      {
        description: { classes },
        segment: async (image) => new Segmentation(image, { labels: labelMap(48, 40, stripes([0, 1])) }, classes),
      },
      async ({ name }, { labels }) => void handed.push(`${name} ${labels.width}`),
    );
    const result = await evaluate(await open(), predict, options);
    expect(result.metrics.pixelAccuracy).toBeCloseTo(2 / 3, 12);
    expect(handed).toEqual(['a 48', 'b 48', 'c 48']);
  });

  test('are refused for another number of classes, and other names are said', async () => {
    const { classes } = await open();
    const named = (...names: string[]) => ({ classes: names.map((name) => ({ name, color: [0, 0, 0] as const })) });
    expect(compareClasses(named('Ground', 'water', 'air'), classes, 'm')).toBeUndefined();
    expect(compareClasses(named('ground', 'air', 'water'), classes, 'm')).toBe(
      'm and the data set name classes differently: 1 is "air" and "water", 2 is "water" and "air". Classes are compared by their number.',
    );
    expect(() => compareClasses(named('cat'), classes, 'm')).toThrow(
      'm has 1 classes (cat), but the data set has 3 (ground, water, air). Evaluate a model on data with its own classes.',
    );
  });
});
