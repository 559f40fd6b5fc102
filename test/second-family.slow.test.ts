/** Another family of networks, added by one line in the table, goes through the whole library. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Value } from '../src/graph/value.ts';
import { resizeImage } from '../src/image/resample.ts';
import { image } from '../src/image/image.ts';
import { IMAGENET_PREPROCESSING } from '../src/image/preprocess.ts';
import { ENCODERS, ENCODER_NAMES, type EncoderName } from '../src/models/encoders/index.ts';
import type { NetworkFamily } from '../src/models/family.ts';
import { conv2d } from '../src/nn/layers.ts';

interface FlatDefinition {
  readonly family?: 'flat';
  readonly encoder: EncoderName;
  readonly classes: number;
  readonly tap: string;
}

/** One feature map of an encoder, and a classifier on it: an eighth of the image's size in place of RefineNet's quarter. */
const FLAT = {
  name: 'flat',
  title: 'FlatNet',
  architectures: ['flat-resnet18'],
  define: (_, classes) => ({ family: 'flat', encoder: 'resnet18', classes, tap: 'layer2' }),
  nameOf: ({ encoder }) => `flat-${encoder}`,
  forward({ encoder, classes, tap }, x, scope) {
    const { taps, forward } = ENCODERS[encoder];
    const features = forward(scope.at('encoder'), x);
    const feature = features[taps.findIndex(({ name }) => name === tap)] as Value;
    return conv2d(scope.at('decoder').at('classifier'), feature, { channels: classes, kernel: 1, bias: true });
  },
  geometry: () => ({ outputStride: 8, smallestSide: 16, alignment: 32 }),
  schema: z.object({
    encoder: z.enum(ENCODER_NAMES as [EncoderName]),
    classes: z.int(),
    tap: z.string(),
  }) as z.ZodMiniType<FlatDefinition>,
  owns: (shapes) => ![...shapes.keys()].some((name) => name.startsWith('decoder.') && !name.includes('classifier')),
  detect: (shapes, encoder) => ({
    architecture: 'flat-resnet18',
    cascade: undefined,
    definition: {
      family: 'flat',
      encoder,
      classes: shapes.get('decoder.classifier.weight')?.[0] as number,
      tap: 'layer2',
    },
  }),
} satisfies NetworkFamily<FlatDefinition>;

vi.mock('../src/models/families.ts', async (original) => {
  const { FAMILIES } = await original<typeof import('../src/models/families.ts')>();
  return { FAMILIES: [...FAMILIES, FLAT] };
});

const { architecture, ARCHITECTURE_NAMES } = await import('../src/models/architectures.ts');
const { detectArchitecture } = await import('../src/models/detect-architecture.ts');
const { exportOnnx } = await import('../src/models/export-onnx.ts');
const { fromModelConfig, toModelConfig } = await import('../src/models/folder/config.ts');
const { network, networkParameters } = await import('../src/models/network.ts');
const { pixelValues } = await import('../src/models/pixel-values.ts');
const { startingModel } = await import('../src/models/starting-model.ts');
const { summarize } = await import('../src/models/summary.ts');
const { initialize } = await import('../src/nn/initialize.ts');
const { checkExport } = await import('../src/inference/check-export.ts');
const { nodeBackend } = await import('../src/platform/node/backend.ts');
const { loadModel } = await import('../src/platform/node/load.ts');
const { readModelFolder } = await import('../src/platform/node/model-folder.ts');
const { writeModelFolder } = await import('../src/platform/node/write-model-folder.ts');
const { decodeDatasetImage, folderSink, openDatasetAt } = await import('../src/platform/node/dataset-files.ts');
const { folderStorage } = await import('../src/platform/node/run-folder.ts');
const { writeShapesDataset } = await import('../src/data/drawn/shapes-dataset.ts');
const { planTraining } = await import('../src/training/plan.ts');
const { train } = await import('../src/training/run/trainer.ts');
const { temporaryFolder } = await import('./support/synthetic-model.ts');

const definition = architecture('flat-resnet18', 3);
const classes = ['a', 'b', 'c'].map((name, id) => ({ name, color: [80 * id, 0, 0] as const }));
const weights = initialize(networkParameters(definition), 5);
const photo = resizeImage(image(2, 2, Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255)), 150, 100, 'bicubic');

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a second family of networks', () => {
  test('has a name among the architectures and a graph of its own', () => {
    expect(ARCHITECTURE_NAMES.at(-1)).toBe('flat-resnet18');
    expect(network(definition, pixelValues({ batch: 1, height: 65, width: 40 })).shape).toEqual([1, 3, 9, 5]);
    expect(summarize(definition, { width: 64, height: 64 }).parts.map(({ name }) => name)).toContain(
      'decoder.classifier',
    );
  });

  test('is found in a state dict, and started from for other classes', () => {
    expect(detectArchitecture(weights)).toMatchObject({ kind: 'network', architecture: 'flat-resnet18', definition });
    const start = startingModel({ classes: 5, seed: 1, given: weights, definition });
    expect([start.architecture, start.kept]).toEqual(['flat-resnet18', 'all but the classifier']);
    // The fields in another order, as a file may have them.
    const own = Object.fromEntries(
      Object.entries({ ...definition, classes: 1 }).reverse(),
    ) as unknown as typeof definition;
    expect(startingModel({ classes: 3, seed: 1, given: weights, definition, network: own }).kept).toBe('everything');
    const refinenet = initialize(networkParameters(architecture('refinenet-lw-resnet18', 3)), 1);
    expect(detectArchitecture(refinenet)).toMatchObject({ architecture: 'refinenet-lw-resnet18' });
  });

  test('keeps its definition in config.json under its own name', () => {
    const config = toModelConfig({ definition, classes });
    expect(config).toMatchObject({ model_type: 'flat', architectures: ['FlatNetForSemanticSegmentation'] });
    expect(fromModelConfig(JSON.parse(JSON.stringify(config)))).toEqual({ definition, classes });
    expect(() => fromModelConfig({ flat: { encoder: 'resnet18' }, id2label: {} })).toThrow(
      'config.json does not describe a RefineNet or FlatNet: flat.classes: ',
    );
  });

  test('segments whole images and tiles alike, at its own stride, and is exported', async () => {
    const model = { definition, classes, preprocessing: IMAGENET_PREPROCESSING, weights };
    const path = join(folder, 'model');
    await writeModelFolder(path, model, { title: 'flat', architecture: 'flat-resnet18', origin: 'Drawn.' });
    expect((await readModelFolder(path)).definition).toEqual(definition);
    await using whole = await loadModel(path, { logits: true });
    await using tiled = await loadModel(path, { tile: 96, overlap: 64 });
    const { labels, logits } = await whole.segment(photo);
    expect(logits?.shape).toEqual([1, 3, 13, 19]);
    const other = await tiled.segment(photo);
    const differing = other.labels.data.filter((id, pixel) => id !== labels.data[pixel]).length;
    expect(differing / labels.data.length).toBeLessThan(0.02);
    await expect(whole.segment(resizeImage(photo, 15, 40, 'bilinear'))).rejects.toThrow('at least 16 x 16');
    expect(await checkExport(exportOnnx(model, weights), model, await nodeBackend())).toBeLessThan(1e-5);
  });

  test('is trained', async () => {
    await writeShapesDataset(folderSink(join(folder, 'shapes')), {
      counts: { train: 4, val: 1 },
      size: 32,
      seed: 1,
    });
    const dataset = await openDatasetAt(join(folder, 'shapes'));
    const count = dataset.classes.length;
    const start = startingModel({ classes: count, seed: 1, architecture: 'flat-resnet18' });
    const model = { ...start, classes: dataset.classes, preprocessing: IMAGENET_PREPROCESSING };
    const { configuration } = await planTraining({
      model,
      dataset,
      decodeImage: decodeDatasetImage,
      overrides: { epochs: 1, batch: 2, crop: 32 },
    });
    const { status, state } = await train({
      model,
      dataset,
      configuration,
      decodeImage: decodeDatasetImage,
      backend: await nodeBackend(),
      storage: folderStorage(join(folder, 'run')),
    });
    expect([status, state.updates]).toEqual(['finished', 2]);
    expect((await readModelFolder(join(folder, 'run', 'last'))).definition).toMatchObject({ family: 'flat' });
  });
});
