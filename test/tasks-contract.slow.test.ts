/** What every task promises, whoever asks: requests are plain data, checked before any work, and so are the events. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LABEL_SETS } from '../src/labels/sets/label-sets.ts';
import { backendFor } from '../src/platform/node/backend.ts';
import { nodeMachine } from '../src/platform/node/machine.ts';
import { nodeTaskFiles } from '../src/platform/node/task-files.ts';
import type { VideoTools } from '../src/tasks/predict/video/video-tools.ts';
import { TASKS, type TaskName } from '../src/tasks/index.ts';
import { parseRequest, type Task, type TaskContext } from '../src/tasks/task.ts';
import { drawnImage } from './support/drawn/files.ts';
import { writeDrawnDataset } from './support/drawn/dataset.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from './support/synthetic-model.ts';

interface Example {
  /** A small one that can be done on what `beforeAll` makes. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Types of events that it brings forth. */
  readonly events: readonly string[];
  /** A field with a value that is refused, and how that is said. */
  readonly wrong: readonly [field: string, value: unknown, told: string];
}

let root: string;
const inRoot = (...parts: string[]): string => join(root, ...parts);

/** A new task fails to compile here until it has an example. */
const EXAMPLES: Readonly<Record<TaskName, () => Example>> = {
  predict: () => ({
    request: {
      images: [inRoot('photos'), inRoot('broken.png')],
      model: inRoot('model'),
      output: inRoot('predict'),
      formats: ['rle'],
    },
    events: ['model', 'progress', 'image', 'failure'],
    wrong: ['opacity', 2, 'opacity: Too big: expected number to be <=1'],
  }),
  'predict-video': () => ({
    request: { video: inRoot('clip.mp4'), name: 'clip', model: inRoot('model'), output: inRoot('video'), every: 2 },
    events: ['model', 'progress'],
    wrong: ['every', 0, 'every: Too small: expected number to be >=1'],
  }),
  train: () => ({
    request: {
      dataset: inRoot('discs'),
      architecture: 'refinenet-lw-mobilenetv2',
      output: inRoot('run'),
      epochs: 1,
      batch: 3,
      crop: 32,
      samplesEvery: null,
      threads: 1,
    },
    events: ['starting-model', 'progress', 'configuration', 'run', 'step', 'epoch', 'validation', 'checkpoint'],
    wrong: ['schedule', { name: 'poly' }, 'schedule.power: Invalid input: expected number'],
  }),
  evaluate: () => ({
    request: {
      predictions: [inRoot('discs/masks/val')],
      dataset: inRoot('discs'),
      output: inRoot('evaluate'),
      save: inRoot('saved'),
    },
    events: ['source', 'progress'],
    wrong: ['absent', 'mine', 'absent: Invalid option: expected one of "standard"|'],
  }),
  export: () => ({
    request: {
      model: inRoot('model'),
      format: 'huggingface',
      precision: 'int8',
      calibration: inRoot('photos'),
      dataset: inRoot('labeled'),
      output: inRoot('exported'),
    },
    events: ['progress'],
    wrong: ['precision', 'int4', 'precision: Invalid option: expected one of "float32"|"float16"|"int8"'],
  }),
  import: () => ({
    request: {
      file: inRoot('model/model.safetensors'),
      output: inRoot('imported'),
      classes: 5,
      reinitialize: 'classifier',
      resize: { shortestEdge: 64 },
    },
    events: ['warning'],
    wrong: ['classes', 0, 'classes: Too small: expected number to be >=1'],
  }),
  benchmark: () => ({
    request: {
      model: inRoot('model'),
      sizes: [{ width: 64, height: 32 }],
      devices: ['coreml', 'cpu'],
      warmup: 0,
      repeats: 1,
      profile: true,
    },
    events: ['note', 'failure'],
    wrong: ['sizes', [{ width: 64, height: 31 }], 'sizes.0.height: Too small: expected number to be >=32'],
  }),
  'dataset-verify': () => ({
    request: { dataset: inRoot('discs'), holdOut: '0.5' },
    events: ['progress'],
    wrong: ['format', 'mine', 'format: Invalid option: expected one of'],
  }),
  'dataset-stats': () => ({
    request: { dataset: inRoot('discs'), split: 'val' },
    events: ['progress'],
    wrong: ['split', 1, 'split: Invalid input: expected string, received number'],
  }),
  'dataset-convert': () => ({
    request: { dataset: inRoot('discs'), output: inRoot('converted') },
    events: ['progress'],
    wrong: ['output', null, 'output: Invalid input: expected string, received null'],
  }),
  'dataset-contact-sheet': () => ({
    request: { dataset: inRoot('discs'), output: inRoot('sheet.jpg'), images: 4 },
    events: [],
    wrong: ['images', 0, 'images: Too small: expected number to be >=1'],
  }),
};

const NOWHERE = { write: async () => {}, finish: async () => {}, abandon: async () => {} };

/** A video of three drawn frames, written nowhere. */
const DRAWN_VIDEO: VideoTools = {
  open: async () => ({
    info: {
      width: 64,
      height: 48,
      frameRate: [25, 1],
      pixelAspect: [1, 1],
      duration: 0.12,
      frames: 3,
      isLive: false,
      sound: [],
    },
    async *frames() {
      for (let seed = 0; seed < 3; seed++) yield { image: drawnImage(seed, 64, 48), seconds: seed / 25 };
      return undefined;
    },
  }),
  writeOverlay: async () => NOWHERE,
  writeLabels: async () => NOWHERE,
  writePngs: async () => NOWHERE,
  writeLines: async () => NOWHERE,
};

const NAMES = Object.keys(TASKS) as TaskName[];
const taskNamed = (name: TaskName): Task => TASKS[name] as unknown as Task;

/** Whatever is asked of it is a failure. */
const UNTOUCHED: TaskContext<unknown> = {
  backend: () => Promise.reject(new Error('The engine was opened.')),
  files: new Proxy({} as TaskContext<unknown>['files'], {
    get(_, name) {
      throw new Error(`The files were asked for ${String(name)}.`);
    },
  }),
};

beforeAll(async () => {
  root = await temporaryFolder();
  await writeSyntheticModel(root);
  await mkdir(inRoot('photos'));
  for (const seed of [1, 2]) await writeFile(inRoot('photos', `${seed}.png`), await wavesPng(64, 48, seed));
  await writeFile(inRoot('broken.png'), 'no image');
  await writeDrawnDataset(inRoot('discs'));
  await writeDrawnDataset(inRoot('labeled'), { train: 1, val: 1, size: 64 });
  await writeFile(inRoot('labeled/classes.txt'), LABEL_SETS.camvid.classes.map(({ name }) => `${name}\n`).join(''));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(NAMES)('the task %s', (name) => {
  const { request: schema, run } = taskNamed(name);

  test('is registered under its own name', () => {
    expect(taskNamed(name).name).toBe(name);
  });

  test('has requests that go through JSON and between threads unchanged', () => {
    const given = EXAMPLES[name]().request;
    const request = parseRequest(name, schema, given);
    expect(request).toMatchObject(given);
    expect(parseRequest(name, schema, JSON.parse(JSON.stringify(request)))).toEqual(request);
    expect(structuredClone(request)).toEqual(request);
  });

  test('refuses fields that it does not know and values that do not fit, all at once, before any work', async () => {
    const { request, wrong } = EXAMPLES[name]();
    const [field, value, told] = wrong;
    const asked = run({ ...request, [field]: value, color: 'red' }, UNTOUCHED);
    await expect(asked).rejects.toThrow(`This request to ${name} does not fit: `);
    await expect(asked).rejects.toThrow(told);
    await expect(asked).rejects.toThrow(
      `the whole: there is no "color"; the fields are ${Object.keys(schema.shape).join(', ')}`,
    );
  });

  test('ends with the reason of a signal that was aborted before the work began', async () => {
    const reason = new Error('Not wanted any more.');
    const asked = run(EXAMPLES[name]().request, { ...UNTOUCHED, signal: AbortSignal.abort(reason) });
    await expect(asked).rejects.toBe(reason);
  });

  test('tells events that go through JSON and between threads, and gives a result that does so too', async () => {
    const { request, events: expectedTypes } = EXAMPLES[name]();
    const events: { readonly type: string }[] = [];
    const result = await run(request, {
      backend: backendFor,
      files: nodeTaskFiles,
      machine: nodeMachine,
      video: DRAWN_VIDEO,
      onEvent: (event) => events.push(event as { readonly type: string }),
    });
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([...expectedTypes].sort());
    for (const event of [...events, result]) {
      expect(structuredClone(event)).toEqual(event);
      expect(JSON.parse(JSON.stringify(event))).toEqual(event);
    }
  });
});
