import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../../test/support/drawn/files.ts';
import { type Dataset, openDataset } from '../../data/dataset.ts';
import { writeShapesDataset } from '../../data/drawn/shapes-dataset.ts';
import { FormatError } from '../../errors.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { metricsOf } from '../../evaluation/metrics.ts';
import { segmenterPredictions } from '../../evaluation/segmenter-predictions.ts';
import { Segmenter } from '../../inference/segmenter.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import { decodeDatasetImage } from '../../platform/node/dataset-files.ts';
import type { Backend } from '../../runtime/backend.ts';
import { startingModelFor } from '../starting-model-for.ts';
import { splitValidation, type ValidateOptions } from './validate.ts';

const COUNT = 5;
const files: Record<string, Uint8Array> = {};
let backend: Backend;
let dataset: Dataset;
beforeAll(async () => {
  backend = await nodeBackend();
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    files[path] = bytes;
  };
  await writeShapesDataset({ name: 'shapes', write }, { seed: 1, counts: { val: COUNT }, size: 48 });
  dataset = await openDataset(memorySource(files));
});

describe('a validation while training', () => {
  const model = () => startingModelFor(dataset, { architecture: 'refinenet-lw-mobilenetv2', seed: 2 });
  const run = (options: Partial<ValidateOptions> = {}, data = dataset) => {
    const { weights, ...description } = model();
    return splitValidation(data, 'val', decodeDatasetImage, description, backend)(weights, { keep: 2, ...options });
  };

  test('counts what val counts, and keeps the first predictions', async () => {
    const seen: (readonly [number, number])[] = [];
    const result = await run({ onImage: (...progress) => seen.push(progress) });
    const segmenter = await Segmenter.create(model(), backend);
    const options = { split: 'val', decodeImage: decodeDatasetImage };
    const { matrix, metrics, images } = await evaluate(dataset, segmenterPredictions(segmenter), options);
    await segmenter.dispose();
    expect(result?.images).toBe(COUNT);
    expect(result?.matrix.counts).toEqual(matrix.counts);
    expect(result && metricsOf(result.matrix)).toEqual(metrics);
    expect(result?.samples.map(({ name }) => name)).toEqual(images.slice(0, 2).map(({ name }) => name));
    expect(result?.samples[0]?.prediction.width).toBe(48);
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => [index + 1, COUNT]));
  });

  test('counts and keeps as much where nobody is told of images', async () => {
    const result = await run();
    expect([result?.images, result?.samples.length]).toEqual([COUNT, 2]);
  });

  test('gives nothing if its signal ends it', async () => {
    const signal = { aborted: false };
    const onImage = () => {
      signal.aborted = true;
    };
    expect(await run({ signal, onImage })).toBeUndefined();
  });

  test('ends at an image that cannot be read, with its error', async () => {
    const [name] = Object.keys(files).filter((path) => path.startsWith('images/val/')) as [string];
    const broken = await openDataset(memorySource({ ...files, [name]: files[name]?.slice(0, 60) as Uint8Array }));
    await expect(run({}, broken)).rejects.toThrow(FormatError);
  });
});
