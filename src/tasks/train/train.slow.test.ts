import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDrawnDataset } from '../../../test/support/drawn/dataset.ts';
import { logWithoutTimes } from '../../../test/support/fakes/training.ts';
import { temporaryFolder } from '../../../test/support/synthetic-model.ts';
import { backendFor } from '../../platform/node/backend.ts';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import type { LogRecord } from '../../training/run/log.ts';
import { predictTask } from '../predict/predict.ts';
import type { TrainEvent } from './events.ts';
import { trainTask } from './train.ts';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeDrawnDataset(join(folder, 'discs'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Request = Parameters<typeof trainTask.run>[0];

const SMALL = {
  architecture: 'refinenet-lw-mobilenetv2',
  crop: 64,
  batch: 2,
  epochs: 2,
  samplesEvery: null,
  saveEvery: 1,
  device: 'cpu',
  threads: 1,
} as const;

/** Runs, until the end or so many updates are done. */
async function run(request: Request, stopAt?: number) {
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  const result = await trainTask.run(request, {
    backend: (device) => backendFor(device, () => {}),
    files: nodeTaskFiles,
    signal: stop.signal,
    onEvent(event) {
      events.push(event);
      if (event.type === 'step' && event.report.update === stopAt) stop.abort();
    },
  });
  return { result, events };
}

async function outcome(path: string) {
  const digests: string[] = [];
  for (const part of ['last', 'best']) {
    for (const name of (await readdir(join(path, part))).sort()) {
      const content = await readFile(join(path, part, name));
      digests.push(`${part}/${name} ${createHash('sha256').update(content).digest('hex')}`);
    }
  }
  return { digests, log: logWithoutTimes(await readFile(join(path, 'log.jsonl'))) };
}

/** The losses of a run's updates. */
async function losses(path: string) {
  const log = logWithoutTimes(await readFile(join(path, 'log.jsonl'))) as LogRecord[];
  return log.filter((record) => record.type === 'step');
}

/** What is true of every way of training: saved whole, resumed as if never interrupted. */
async function resumesExactly(name: string, request: Partial<Request>): Promise<{ readonly whole: string }> {
  const [whole, parts] = [join(folder, `${name}-whole`), join(folder, `${name}-parts`)];
  const full = { dataset: data, ...SMALL, ...request };
  await run({ ...full, output: whole });
  const { result } = await run({ ...full, output: parts }, 3);
  expect(result).toMatchObject({ status: 'interrupted', updates: 3 });
  const resumed = await run({ resume: parts, device: 'cpu', threads: 1 });
  expect(resumed.result.status).toBe('finished');
  expect(await outcome(parts)).toEqual(await outcome(whole));
  return { whole };
}

describe('training', () => {
  test('that remembers views ends in the same bytes when it was interrupted, and begins as without', async () => {
    const request: Partial<Request> = {
      freeze: ['encoder.*'],
      preset: 'fine-tune',
      epochs: 4,
      learningRate: 1e-4,
    };
    const { whole } = await resumesExactly('views', { ...request, views: 2 });
    const without = join(folder, 'no-views');
    await run({ dataset: data, ...SMALL, ...request, output: without });
    const [remembered, made] = await Promise.all([losses(whole), losses(without)]);
    const own = made.filter(({ epoch }) => epoch <= 2);
    expect(own.length).toBeGreaterThan(2);
    for (const [index, { loss }] of own.entries()) expect(remembered[index]?.loss).toBeCloseTo(loss, 4);
    // Views in another order, not the first epoch's batches again.
    const [first, again] = [1, 3].map((wanted) => remembered.filter(({ epoch }) => epoch === wanted));
    expect(again?.map(({ loss }) => loss)).not.toEqual(first?.map(({ loss }) => loss));
  });

  test('that resizes, mixes and oversamples ends in the same bytes when it was interrupted', async () => {
    const { whole } = await resumesExactly('mixed', {
      resize: { shortestEdge: 72 },
      lossResolution: 'sample-labels',
      mixing: [{ mix: 'cutmix' }, { mix: 'classmix', probability: 0.5, background: 'first' }],
      oversample: [{ names: '0', times: 3 }, { rare: 0.5 }],
    });
    const { configuration } = JSON.parse(await readFile(join(whole, 'config.json'), 'utf8'));
    // The model resizes what it predicts to what it was trained on.
    const preprocessor = JSON.parse(await readFile(join(whole, 'best/preprocessor_config.json'), 'utf8'));
    expect(preprocessor).toMatchObject({ do_resize: true, size: { shortest_edge: 72 } });
    expect(configuration.augmentation[0]).toEqual({ transform: 'short-side', min: 72, max: 72 });
    expect(configuration.step.loss).toMatchObject({
      terms: [{ name: 'cross-entropy', weight: 1 }],
      resolution: 'sample-labels',
    });
    expect(configuration.mixing).toEqual([
      { mix: 'cutmix' },
      { mix: 'classmix', probability: 0.5, background: 'first' },
    ]);
    // Both classes are in every image: none is rare.
    expect(configuration.sampling).toEqual({
      rules: [
        { names: '0', times: 3 },
        { rare: 0.5, times: Array(6).fill(1) },
      ],
      images: 8,
    });
    const { log } = await outcome(whole);
    expect(log.filter((line) => (line as { type: string }).type === 'step')).toHaveLength(2 * 4);

    await expect(run({ resume: whole, device: 'cpu', oversample: [{ names: '0', times: 2 }] })).rejects.toThrow(
      'sampling.rules.0.times',
    );
  });

  test('on predicted masks learns from what predict wrote, and is resumed with the same', async () => {
    const others = await writeDrawnDataset(join(folder, 'others'), { train: 4, val: 0 });
    await run({ dataset: data, ...SMALL, epochs: 1, output: join(folder, 'teacher') });
    const output = join(folder, 'predicted');
    await predictTask.run(
      {
        images: [join(others, 'images')],
        model: join(folder, 'teacher/best'),
        output,
        formats: ['confidence'],
        device: 'cpu',
        threads: 1,
      },
      { backend: (device) => backendFor(device, () => {}), files: nodeTaskFiles, onEvent: () => {} },
    );
    const { whole } = await resumesExactly('self', { pseudoLabels: output, confidence: 0.55, epochs: 1 });
    const { configuration, origin } = JSON.parse(await readFile(join(whole, 'config.json'), 'utf8'));
    expect(configuration.data).toMatchObject({ train: 10, predicted: { images: 4, confidence: 0.55 } });
    expect(origin).toMatchObject({ pseudoLabels: output, confidence: '0.55' });
    await expect(run({ resume: whole, device: 'cpu', confidence: 0.7 })).rejects.toThrow('data.predicted.confidence');
    await expect(run({ dataset: data, device: 'cpu', confidence: 0.7 })).rejects.toThrow(
      '--confidence is of predicted masks. Give their folder: --pseudo-labels FOLDER.',
    );
  });

  test('on what a teacher says ends in the same bytes when it was interrupted, and asks for the same teacher', async () => {
    const [teacher, other] = [join(folder, 'larger'), join(folder, 'other')];
    for (const [output, seed] of [
      [teacher, 1],
      [other, 2],
    ] as const) {
      await run({ dataset: data, ...SMALL, architecture: 'refinenet-lw-resnet18', epochs: 1, seed, output });
    }
    const loss = [
      { name: 'cross-entropy', weight: 1 },
      { name: 'distill', weight: 0.5, temperature: 2 },
    ] as const;
    const request = { teacher: join(teacher, 'best'), loss: [...loss] };
    const { whole } = await resumesExactly('taught', request);
    const { configuration, origin } = JSON.parse(await readFile(join(whole, 'config.json'), 'utf8'));
    expect(configuration.step.loss.terms).toEqual(loss);
    expect(configuration.teacher.network.encoder).toBeDefined();
    expect(origin.teacher).toBe(join(teacher, 'best'));

    const cut = join(folder, 'cut');
    await run({ dataset: data, ...SMALL, ...request, output: cut }, 1);
    await expect(run({ resume: cut, device: 'cpu', teacher: join(other, 'best') })).rejects.toThrow(
      `${cut}: the weights of the teacher are not those that the run was planned with.`,
    );
  });
});
