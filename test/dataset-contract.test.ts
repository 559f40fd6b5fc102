/**
 * What `dataset verify` calls sound can be trained on, and what it does not is refused or told before the first step: both are
 * asked about one table of data sets, and what a plan accepts is then read as training reads it.
 */
import { describe, expect, test } from 'vitest';
import { dataSplits } from '../src/data/data-splits.ts';
import { type Dataset, openDataset } from '../src/data/dataset.ts';
import { createLoader } from '../src/data/loader.ts';
import { readSample } from '../src/data/read-sample.ts';
import { verifyDataset } from '../src/data/verify.ts';
import { RefineNetError } from '../src/errors.ts';
import { IMAGENET_PREPROCESSING } from '../src/image/preprocess.ts';
import { architecture } from '../src/models/architectures.ts';
import { decodeDatasetImage } from '../src/platform/node/dataset-files.ts';
import { encodeImage } from '../src/platform/node/encode-image.ts';
import { planTraining } from '../src/training/plan.ts';
import { colorMask, type Files, mask, memorySource, photo, drawnImage } from './support/drawn/files.ts';

const YAML = 'train: images/train\nval: images/val\nmasks_dir: masks\nnames: [ground, water]\n';
const pair = (name: string, seed: number, ids: readonly number[] = [0, 1]): Files => ({
  [`images/${name}.png`]: photo(seed),
  [`masks/${name}.png`]: mask(ids),
});
const SOUND: Files = { 'data.yaml': YAML, ...pair('train/a', 1), ...pair('train/b', 2), ...pair('val/c', 3) };
const without = (...paths: string[]): Files =>
  Object.fromEntries(Object.entries(SOUND).filter(([path]) => !paths.includes(path)));

/** What training does: goes on without a word, goes on and says it, or does not begin. */
type Outcome = 'trains' | 'warns' | 'refuses';

const TABLE: readonly (readonly [title: string, outcome: Outcome, files: Files])[] = [
  ['is sound', 'trains', SOUND],
  ['has a test split beside', 'trains', { ...SOUND, 'data.yaml': `${YAML}test: images/test\n`, ...pair('test/d', 4) }],
  ['ignores some pixels', 'trains', { ...SOUND, ...pair('train/b', 2, [0, 1, 255]) }],
  [
    'has one class in each training mask, but two together',
    'trains',
    { ...SOUND, ...pair('train/a', 1, [0]), ...pair('train/b', 2, [1]) },
  ],
  ['lacks a mask', 'warns', without('masks/train/a.png')],
  ['lacks an image', 'warns', without('images/train/a.png')],
  ['has an image twice by name', 'warns', { ...SOUND, 'images/train/a.jpg': photo(5) }],
  [
    'lists a file that is not there',
    'warns',
    { 'train.txt': 'i/a.png m/a.png\ni/b.png m/b.png\n', 'i/a.png': photo(1), 'm/a.png': mask([0, 1]) },
  ],
  ['has an image in train and in val', 'warns', { ...SOUND, ...pair('val/c', 1) }],
  ['has a class name twice', 'warns', { ...SOUND, 'data.yaml': YAML.replace('water', 'ground') }],
  [
    'has no split train',
    'warns',
    { ...SOUND, 'data.yaml': YAML.replace('train: images/train\n', 'test: images/train\n') },
  ],
  [
    'has an empty split train',
    'warns',
    without('images/train/a.png', 'masks/train/a.png', 'images/train/b.png', 'masks/train/b.png'),
  ],
  ['has an empty split val', 'warns', without('images/val/c.png', 'masks/val/c.png')],
  [
    'has no pair at all',
    'refuses',
    { 'data.yaml': YAML, 'images/train/a.png': photo(1), 'masks/train/b.png': mask([0, 1]) },
  ],
  [
    'has a class list of one class',
    'refuses',
    {
      ...SOUND,
      'data.yaml': YAML.replace('[ground, water]', '[ground]'),
      ...pair('train/a', 1, [0]),
      ...pair('train/b', 2, [0]),
      ...pair('val/c', 3, [0]),
    },
  ],
  [
    'has pixels of one class',
    'refuses',
    { ...SOUND, ...pair('train/a', 1, [1]), ...pair('train/b', 2, [1, 255]), ...pair('val/c', 3, [1]) },
  ],
  [
    'has pixels of one class in train, but of two in val',
    'refuses',
    { ...SOUND, ...pair('train/a', 1, [1]), ...pair('train/b', 2, [1]) },
  ],
  [
    'ignores all pixels',
    'refuses',
    { ...SOUND, ...pair('train/a', 1, [255]), ...pair('train/b', 2, [255]), ...pair('val/c', 3, [255]) },
  ],
  ['ignores all pixels of train', 'refuses', { ...SOUND, ...pair('train/a', 1, [255]), ...pair('train/b', 2, [255]) }],
  ['ignores all pixels of val', 'refuses', { ...SOUND, ...pair('val/c', 3, [255]) }],
  ...['train/b', 'val/c'].flatMap((name): (readonly [string, Outcome, Files])[] => [
    [`has an empty image ${name}`, 'refuses', { ...SOUND, [`images/${name}.png`]: new Uint8Array(0) }],
    [`has a cut-off image ${name}`, 'refuses', { ...SOUND, [`images/${name}.png`]: photo(9).subarray(0, 3000) }],
    [`has a cut-off mask ${name}`, 'refuses', { ...SOUND, [`masks/${name}.png`]: mask([0, 1]).subarray(0, 60) }],
    [
      `has a colored mask ${name}`,
      'refuses',
      {
        ...SOUND,
        [`masks/${name}.png`]: colorMask([
          [0, 0, 0],
          [9, 0, 0],
        ]),
      },
    ],
    [`has unknown ids in ${name}`, 'refuses', { ...SOUND, ...pair(name, 9, [0, 1, 2]) }],
    [`has a mask of another size for ${name}`, 'refuses', { ...SOUND, [`masks/${name}.png`]: mask([0, 1], 24, 20) }],
  ]),
];

async function plan(dataset: Dataset): Promise<{ readonly outcome: Outcome; readonly words: string }> {
  const model = {
    definition: architecture('refinenet-lw-mobilenetv2', dataset.classes.length),
    classes: dataset.classes,
    preprocessing: IMAGENET_PREPROCESSING,
  };
  const overrides = { batch: 1, classWeights: 'none' as const };
  try {
    const { warnings } = await planTraining({ model, dataset, decodeImage: decodeDatasetImage, overrides });
    return { outcome: warnings.length > 0 ? 'warns' : 'trains', words: warnings.join('\n') };
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    return { outcome: 'refuses', words: error.message };
  }
}

describe.each(TABLE)('a data set that %s', (_, expected, files) => {
  test(`${expected === 'trains' ? 'is ready' : 'is not ready'} for verify, and training ${expected}`, async () => {
    const dataset = await openDataset(memorySource(files));
    const { problems } = await verifyDataset(dataset, { decodeImage: decodeDatasetImage });
    const errors = problems.filter(({ severity }) => severity === 'error');
    const { outcome, words } = await plan(dataset);
    expect(outcome).toBe(expected);
    expect(errors.length === 0).toBe(expected === 'trains');
    expect(errors.some(({ stopsTraining }) => stopsTraining)).toBe(
      expected === 'refuses' && !words.includes('no images'),
    );
    if (outcome === 'refuses') return;
    const { train, validation } = dataSplits(dataset);
    for (const split of validation === undefined ? [train] : [train, validation]) {
      for (const sample of dataset.samples(split)) await readSample(dataset, sample, decodeDatasetImage);
    }
    const loader = createLoader({
      dataset,
      split: train,
      batch: 1,
      augmentation: [],
      preprocessing: IMAGENET_PREPROCESSING,
      decodeImage: decodeDatasetImage,
    });
    const batches = loader.batches({ seed: 1, epoch: 0, position: 0 });
    for (let index = 0; index < loader.batchesPerEpoch; index++) await batches.next();
    await batches.return();
  });
});

test('a mask that is a JPEG is refused by both', async () => {
  const jpeg = await encodeImage(drawnImage(70), 'jpeg');
  const dataset = await openDataset(memorySource({ ...without('masks/val/c.png'), 'masks/val/c.jpg': jpeg }));
  const { problems } = await verifyDataset(dataset, { decodeImage: decodeDatasetImage });
  expect(problems.map(({ code }) => code)).toContain('jpeg-mask');
  expect((await plan(dataset)).words).toContain('masks/val/c.jpg: the mask is a JPEG');
});
