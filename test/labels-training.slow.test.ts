/** Every format of shapes, and masks in MAT files, are trained on and evaluated as it is, without options. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IMAGENET_PREPROCESSING } from '../src/image/preprocess.ts';
import { networkParameters } from '../src/models/network.ts';
import { initialize } from '../src/nn/initialize.ts';
import { decodeDatasetImage, openDatasetAt } from '../src/platform/node/dataset-files.ts';
import { folderStorage } from '../src/platform/node/run-folder.ts';
import { architecture } from '../src/models/architectures.ts';
import { planTraining } from '../src/training/plan.ts';
import { train } from '../src/training/run/trainer.ts';
import { FIXTURES } from './support/annotated-files.ts';
import { PUBLISHED } from './support/published-files.ts';
import { bytesOf } from './support/drawn/files.ts';
import { backend } from './support/small-step.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet-labels-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** One of each format. */
const ONE_EACH = [
  ...new Map([...Object.values(FIXTURES), ...PUBLISHED].map(({ format, files }) => [format, { files }] as const)),
];

test.each(ONE_EACH)('an epoch on labels of %s', async (format, { files }) => {
  const folder = join(root, format);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytesOf(content));
  }
  const dataset = await openDatasetAt(folder);
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', dataset.classes.length);
  const definition = { ...rest, decoder: { ...decoder, widths: [8, 8, 8, 8] } };
  const model = {
    definition,
    classes: dataset.classes,
    preprocessing: IMAGENET_PREPROCESSING,
    weights: initialize(networkParameters(definition), 1),
  };
  const { configuration } = await planTraining({
    model,
    dataset,
    decodeImage: decodeDatasetImage,
    overrides: { epochs: 1, batch: 1, crop: 32, batchNorm: 'statistics-frozen' },
  });
  const figures: number[] = [];
  const { status, state } = await train({
    model,
    dataset,
    configuration,
    decodeImage: decodeDatasetImage,
    backend,
    storage: folderStorage(join(root, `run-${format}`)),
    callbacks: { onValidation: ({ images, meanIoU }) => void figures.push(images, meanIoU) },
  });
  expect([status, state.updates]).toEqual(['finished', 1]);
  expect(figures).toEqual([1, expect.any(Number)]);
});
