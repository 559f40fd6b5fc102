import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeDrawnDataset } from '../../test/support/drawn/dataset.ts';
import type { Dataset } from '../data/dataset.ts';
import { createTransform } from '../data/transforms/index.ts';
import { UsageError } from '../errors.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { architecture } from '../models/architectures.ts';
import type { ModelDescription } from '../models/model.ts';
import { decodeDatasetImage, openDatasetAt } from '../platform/node/dataset-files.ts';
import type { TrainingOverrides } from './overrides.ts';
import { planTraining, replan } from './plan.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from './presets.ts';
import { checkSchedule } from './schedules.ts';

let folder: string;
let dataset: Dataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refinenet plan-'));
  dataset = await openDatasetAt(await writeDrawnDataset(join(folder, 'disc')));
});

const modelFor = ({ classes }: Dataset): ModelDescription => ({
  definition: architecture('refinenet-lw-mobilenetv2', classes.length),
  classes,
  preprocessing: IMAGENET_PREPROCESSING,
});

const plan = (overrides: TrainingOverrides = {}, preset?: PresetName, data = dataset) =>
  planTraining({
    model: modelFor(data),
    dataset: data,
    decodeImage: decodeDatasetImage,
    overrides,
    ...(preset && { preset }),
  });

describe('every preset', () => {
  test.each(PRESET_NAMES)('%s is sound', async (name) => {
    const preset = PRESETS[name];
    checkSchedule(preset.schedule);
    createTransform(preset.augmentation(preset.crop));
    const { configuration } = await plan({}, name);
    expect(configuration.rates).toEqual(preset.rates);
    expect(configuration.step.optimizer).toEqual(preset.step.optimizer);
    // It must survive being saved.
    expect(JSON.parse(JSON.stringify(configuration))).toEqual(configuration);
  });

  test.each(PRESET_NAMES)('%s gives images of the crop, whatever their size', async (name) => {
    const preset = PRESETS[name];
    const { readSample } = await import('../data/read-sample.ts');
    const { randomStream } = await import('../tensor/random.ts');
    const sample = await readSample(dataset, dataset.samples('train')[0] as never, decodeDatasetImage);
    for (const crop of [64, 96]) {
      const { image, labels } = createTransform(preset.augmentation(crop))(sample, randomStream(1));
      expect([image.width, image.height, labels.width, labels.height]).toEqual([crop, crop, crop, crop]);
    }
  });
});

describe('a plan', () => {
  test('describes the data, weighs rare classes and lowers what is too large for it', async () => {
    const { configuration, warnings } = await plan();
    expect(configuration.data).toMatchObject({ train: 6, validation: 2 });
    expect(configuration.batch).toBe(6);
    expect(warnings).toEqual(["The preset's batch of 8 was lowered to 6: there are 6 images to train on."]);
    // 40 epochs of one update: a tenth of them.
    expect(configuration.schedule.warmup).toBe(4);
    const [ground, disc] = configuration.step.loss.classWeights as readonly number[];
    expect(disc).toBeGreaterThan(ground as number);
  });

  test('takes mixing as asked, and none that is empty or does not fit', async () => {
    const mixing = [{ mix: 'classmix', probability: 0.3 }] as const;
    const { configuration } = await plan({ mixing });
    expect(configuration.mixing).toEqual(mixing);
    expect(replan(configuration, dataset)).toEqual(configuration);
    for (const overrides of [{}, { mixing: [] }]) {
      expect(Object.keys((await plan(overrides)).configuration)).not.toContain('mixing');
    }
    await expect(plan({ mixing: [{ mix: 'cutmix', area: [2, 3] }] })).rejects.toThrow('step 1 (cutmix): area');
  });

  test('counts the images of an epoch by how often they stand in it', async () => {
    const { configuration } = await plan({ batch: 2, sampling: [{ names: '*', times: 50 }] });
    expect(configuration.sampling).toEqual({ rules: [{ names: '*', times: 50 }], images: 300 });
    // 40 epochs of 150 updates are enough for all of the preset's warm-up.
    expect(configuration.schedule.warmup).toBe(100);
    expect(Object.keys((await plan()).configuration)).not.toContain('sampling');
    await expect(plan({ sampling: [{ names: 'coco-*', times: 4 }] })).rejects.toThrow(
      'The pattern "coco-*" fits no training image. Names look like 0; * stands for anything.',
    );
    await expect(plan({ batch: 2, sampling: [{ names: '*', times: 0.2 }] })).rejects.toThrow(
      'an update takes 2 images (batch 2, accumulate 1), but there are 1 to train on',
    );
  });

  test.each([
    [{ sampling: [{ names: '*', times: 50 }] }, 8, undefined],
    [{ sampling: [{ names: '*', times: 0.5 }] }, 3, 'lowered to 3: there are 3 images to train on.'],
    [{ sampling: [{ names: '*', times: 0.5 }], accumulate: 2 }, 1, 'lowered to 1: there are 3 images to train on.'],
    [{ sampling: [{ names: '*', times: 0.5 }], batch: 2 }, 2, undefined],
  ])("fits the preset's batch to the images of an epoch: %j", async (overrides, batch, message) => {
    const { configuration, warnings } = await plan(overrides);
    expect(configuration.batch).toBe(batch);
    expect(warnings).toEqual(message === undefined ? [] : [`The preset's batch of 8 was ${message}`]);
  });

  test('fits the warm-up of the preset to a schedule that was asked for without one', async () => {
    const warmupOf = async (schedule: TrainingOverrides['schedule']) =>
      (await plan(schedule && { schedule })).configuration.schedule.warmup;
    // 40 epochs of one update: a tenth of them.
    expect(await warmupOf({ name: 'cosine', final: 0 })).toBe(4);
    expect(await warmupOf({ name: 'cosine', final: 0, warmup: 9 })).toBe(9);
    const { configuration } = await plan({ schedule: { name: 'cosine', final: 0 } });
    expect(replan(configuration, dataset, { schedule: { name: 'cosine', final: 0 } })).toEqual(configuration);
  });

  test('refuses what a step would refuse, before the data is read', async () => {
    const read: string[] = [];
    const planning = (overrides: TrainingOverrides) =>
      planTraining({
        model: modelFor(dataset),
        dataset,
        decodeImage: decodeDatasetImage,
        overrides,
        onSampleChecked: (_, __, name) => read.push(name),
      });
    await expect(planning({ averageDecay: 1 })).rejects.toThrow(
      'averageDecay is from 0 up to, not including, 1, got 1',
    );
    await expect(planning({ loss: { terms: [{ name: 'dice', weight: 0 }] } })).rejects.toThrow(
      'the weight of dice is positive, got 0',
    );
    await expect(
      planning({ optimizer: { name: 'sgd', momentum: 2, nesterov: false, weightDecay: 0 } }),
    ).rejects.toThrow('momentum');
    await expect(planning({ frozen: ['backbone.*'] })).rejects.toThrow('"backbone.*" fits no parameter');
    await expect(planning({ frozen: ['*'] })).rejects.toThrow('Nothing is left to train: frozen is *.');
    await expect(planning({ crop: 32, batch: 1 })).rejects.toThrow(
      /^Batches of 1 at 32x32 cannot be trained on: .* Use larger crops or batches\.$/,
    );
    expect(read).toEqual([]);
  });

  test.each([
    [{ batchNorm: 'train' }, 'batchNorm is one of frozen, statistics-frozen, trained, got train'],
    [{ accumulate: 1.5 }, 'This run does not fit together: accumulate is a whole number of at least 1, got 1.5.'],
    [{ decayNormAndBias: 'no' }, 'decayNormAndBias is true or false, got no'],
    [{ loss: { resolution: 'align-corners' } }, 'upsample-align-corners, sample-labels, got align-corners'],
    [{ loss: { ignoreIndex: 0 } }, 'the ignored label is 0, but is 255 in every data set'],
    [{ loss: { term: [] } }, 'no field "term" in the loss, only terms, classWeights, resolution, ignoreIndex'],
    [{ classWeights: [0, 0] }, 'one class weight at least is positive, got 0, 0'],
    [{ learningRate: 1 }, 'no field "learningRate" in the overrides, only epochs, batch, crop, '],
    [{ rates: { encode: 1 } }, 'no field "encode" in the rates, only encoder, decoder, classifier'],
    [{ seed: -1 }, 'seed is -1, but must be a whole number of at least 0'],
    [{ seed: 0.5 }, 'seed is 0.5, but must be a whole number of at least 0'],
    [{ epochs: null }, 'epochs is null, but must be a whole number of at least 1'],
    [
      { optimizer: { name: 'adamw', weightDecay: 0.05 } },
      'The optimizer adamw does not fit: beta1 is missing; beta2 is missing; epsilon is missing.',
    ],
    [
      { optimizer: { name: 'sgd', momentum: 0.9, nesterov: 'no', weightDecay: 0 } },
      'nesterov is true or false, got no',
    ],
  ])('refuses %j, before the data is read', async (overrides, message) => {
    const read: string[] = [];
    const planning = planTraining({
      model: modelFor(dataset),
      dataset,
      decodeImage: decodeDatasetImage,
      overrides: overrides as never,
      onSampleChecked: (_, __, name) => read.push(name),
    });
    await expect(planning).rejects.toBeInstanceOf(UsageError);
    await expect(planning).rejects.toThrow(message);
    expect(read).toEqual([]);
  });

  test('takes what is undefined or null in the place of fields as left out', async () => {
    const { configuration } = await plan();
    for (const overrides of [
      { loss: null, rates: null },
      { learningRate: undefined, loss: { terms: undefined, term: undefined }, rates: { encoder: undefined } },
    ]) {
      expect((await plan(overrides as never)).configuration).toEqual(configuration);
    }
  });

  test('that is resumed has the classes that the data set has now, and cannot weigh them of a sudden', async () => {
    const { configuration } = await plan({ classWeights: 'none' });
    const renamed = { ...dataset, classes: dataset.classes.toReversed() };
    expect(replan(configuration, renamed).classes).toEqual(configuration.classes.toReversed());
    expect(() => replan(configuration, dataset, { classWeights: 'auto' })).toThrow(
      'This run was begun without class weights, so it cannot go on with auto. Begin a new one.',
    );
  });

  test('that is resumed takes auto for class weights only where they were found so', async () => {
    const auto = { classWeights: 'auto' } as const;
    const { configuration: found } = await plan(auto);
    expect(replan(found, dataset, auto)).toEqual(found);
    const { classWeighting: _, ...former } = found;
    expect(replan(former, dataset, auto)).toEqual(former);
    const { configuration: given } = await plan({ classWeights: [1, 2] });
    expect(replan(given, dataset, { classWeights: [1, 2] })).toEqual(given);
    expect(() => replan(given, dataset, auto)).toThrow(
      'This run was begun with the class weights 1, 2, so it cannot go on with auto. Begin a new one.',
    );
  });

  test('finds what rare classes mean in the masks, and keeps it when the run is resumed', async () => {
    const rare = await openDatasetAt(await writeDrawnDataset(join(folder, 'rare')));
    // One of six images keeps the disc.
    const masks = join(folder, 'rare/masks/train');
    for (const index of [1, 2, 3, 4, 5]) {
      await sharp(Buffer.alloc(80 * 80), { raw: { width: 80, height: 80, channels: 1 } })
        .toColorspace('b-w')
        .png()
        .toFile(join(masks, `${index}.png`));
    }
    const sampling = [{ rare: 0.9 }];
    const { configuration } = await plan({ sampling }, undefined, rare);
    const times = [2.3238, 1, 1, 1, 1, 1];
    expect(configuration.sampling).toEqual({ rules: [{ rare: 0.9, times }], images: 7 });
    expect(configuration.batch).toBe(7);
    expect(replan(configuration, rare)).toEqual(configuration);
    expect(replan(configuration, rare, { sampling })).toEqual(configuration);
    expect(replan(configuration, rare, { sampling: [{ rare: 0.5 }] })).not.toEqual(configuration);
  });

  test('takes what is asked for in place of the preset', async () => {
    const { configuration } = await plan(
      {
        epochs: 3,
        batch: 2,
        crop: 64,
        rates: { encoder: 0.5 },
        schedule: { name: 'cosine', final: 0, warmup: 9 },
        loss: { terms: [{ name: 'dice', weight: 2 }] },
        classWeights: 'none',
        clipNorm: null,
        frozen: ['encoder.*'],
      },
      'fine-tune',
    );
    expect(configuration).toMatchObject({
      epochs: 3,
      batch: 2,
      crop: 64,
      rates: { encoder: 0.5, decoder: 1e-3 },
      schedule: { name: 'cosine', warmup: 9 },
      step: { clipNorm: null, frozen: ['encoder.*'], batchNorm: 'statistics-frozen' },
    });
    expect(configuration.step.loss).toEqual({
      terms: [{ name: 'dice', weight: 2 }],
      classWeights: null,
      resolution: 'upsample-half-pixel',
      ignoreIndex: 255,
    });
    expect(configuration.augmentation).toEqual(PRESETS['fine-tune'].augmentation(64));
  });

  test('resizes images before it augments them, and keeps it when the run is resumed', async () => {
    const resize = { shortestEdge: 96 };
    const first = { transform: 'short-side', min: 96, max: 96 };
    const { configuration } = await plan({ resize, crop: 64 });
    expect(configuration.preprocessing.resize).toEqual(resize);
    expect(configuration.augmentation).toEqual([first, ...PRESETS.default.augmentation(64)]);
    for (const overrides of [{}, { resize }]) expect(replan(configuration, dataset, overrides)).toEqual(configuration);
    const other = replan(configuration, dataset, { resize: null, crop: 96 });
    expect(other.preprocessing.resize).toBeNull();
    expect(other.augmentation).toEqual(PRESETS.default.augmentation(96));
    // A model that resizes is trained on what it sees.
    const model = modelFor(dataset);
    const resizing = { ...model, preprocessing: { ...model.preprocessing, resize } };
    const own = await planTraining({ model: resizing, dataset, decodeImage: decodeDatasetImage });
    expect(own.configuration.augmentation).toEqual([first, ...PRESETS.default.augmentation(224)]);
  });

  test('takes the resolution of a loss also under its former name', async () => {
    const { configuration } = await plan({ loss: { meeting: 'sample-labels' } as never });
    expect(configuration.step.loss).toMatchObject({ resolution: 'sample-labels' });
    expect(configuration.step.loss).not.toHaveProperty('meeting');
  });

  test('names everything that does not fit together', async () => {
    const wrong = plan({
      epochs: 0,
      crop: 16,
      batch: 4,
      accumulate: 2,
      clipNorm: -1,
      classWeights: [1, 2, 3],
      rates: { decoder: -1 },
    });
    await expect(wrong).rejects.toThrow(
      'This run does not fit together: epochs is 0, but must be a whole number of at least 1; ' +
        'crop is 16, but must be a whole number of at least 32; ' +
        'the rate of the decoder is -1, but must be a number of at least 0; ' +
        'clipNorm is positive, got -1; ' +
        'an update takes 8 images (batch 4, accumulate 2), but there are 6 to train on; ' +
        'there are 3 class weights for 2 classes.',
    );
    await expect(plan({}, 'best' as PresetName)).rejects.toThrow(
      'There is no preset "best". The presets are default, fine-tune, refinenet, light-weight-v1, light-weight-v2.',
    );
  });

  test('refuses data with a single class that is scored', async () => {
    const single = await openDatasetAt(await writeDrawnDataset(join(folder, 'single'), { single: true }));
    await expect(plan({}, 'default', single)).rejects.toThrow(
      /single cannot be trained on as it is\.\nOnly one class is scored: .* Make the background a class of its own/,
    );
  });

  test('warns of classes below one percent, and of data without a val split', async () => {
    const { judgeClasses } = await import('./class-pixels.ts');
    expect(judgeClasses(dataset, 'train', [9950, 50])).toEqual([
      'Classes below 1 % of the labeled pixels are hard to learn: disc (0.50 %). Weigh them (class weights: auto), or label more of them.',
    ]);
    expect(judgeClasses(dataset, 'train', [500, 500])).toEqual([]);
    const alone = await openDatasetAt(await writeDrawnDataset(join(folder, 'alone'), { val: 0 }));
    const { warnings } = await plan({ batch: 2 }, 'default', alone);
    expect(warnings.join()).toContain('has no val split: nothing is validated and no best checkpoint kept.');
  });

  test('warns of images of which a crop shows next to nothing', async () => {
    const { judgeSizes } = await import('./image-sizes.ts');
    const sizes = [
      { width: 4032, height: 3024, images: 2 },
      { width: 320, height: 240, images: 1 },
    ];
    const seen = { crop: 224, preprocessing: IMAGENET_PREPROCESSING };
    expect(judgeSizes(sizes, seen)).toEqual([
      'Of images such as those of 4032x3024 a crop shows 1/243: hardly a whole thing. Resize them, to a shorter side of 448 for example.',
    ]);
    const resized = { ...seen, preprocessing: { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 448 } } };
    expect(judgeSizes(sizes, resized)).toEqual([]);
    // Seen as 2389x1792.
    const larger = { ...seen, preprocessing: { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 1792 } } };
    expect(judgeSizes(sizes, larger)).toEqual([expect.stringContaining('4032x3024 a crop shows 1/85: hardly')]);
    expect(
      judgeSizes(
        sizes.map((size) => ({ ...size, images: 1 })),
        seen,
      ),
    ).toEqual([]);
  });

  test('made again for a resumed run is the same, and shows that the data has changed', async () => {
    const { configuration } = await plan({ batch: 2 });
    expect(replan(configuration, dataset)).toEqual(configuration);
    expect(replan(configuration, dataset, { epochs: 99 })).toEqual({ ...configuration, epochs: 99 });
    // In the same order too, which is that of the bytes of a checkpoint.
    for (const overrides of [
      { mixing: [{ mix: 'cutmix' }] },
      { mixing: [{ mix: 'cutmix' }], sampling: [{ names: '0', times: 3 }], classWeights: 'none' },
      { views: 2, epochs: 4, sampling: [{ rare: 0.9 }], frozen: ['encoder.*'] },
    ] satisfies TrainingOverrides[]) {
      const { configuration } = await plan(overrides);
      expect(JSON.stringify(replan(configuration, dataset))).toBe(JSON.stringify(configuration));
    }
    const { resolution, ...loss } = configuration.step.loss;
    const former = {
      ...configuration,
      step: { ...configuration.step, loss: { ...loss, meeting: resolution } as never },
    };
    expect(replan(former, dataset)).toEqual(configuration);
    const other = await openDatasetAt(await writeDrawnDataset(join(folder, 'other'), { train: 7 }));
    expect(replan(configuration, other).data).not.toEqual(configuration.data);
  });
});
