import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import {
  fakeConfiguration,
  fakeOptions,
  fakeSource,
  fakeStep,
  fakeValidate,
  logWithoutTimes,
  MemoryStorage,
} from '../../../test/support/fakes/training.ts';
import { ConfusionMatrix } from '../../evaluation/confusion.ts';
import { UsageError } from '../../errors.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import type { TrainingConfiguration } from '../configuration.ts';
import type { LogRecord } from './log.ts';
import type { StepReport } from './parts.ts';
import { readRun, type StepFactory, train } from './trainer.ts';

/** Checkpoints by path, and the log without times: what two runs must share. */
function outcome({ files }: MemoryStorage) {
  const kept = [...files].filter(([path]) => /^(last|best)\//.test(path)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    checkpoints: kept.map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]),
    log: logWithoutTimes(files.get('log.jsonl')),
  };
}

async function uninterrupted(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  await train(fakeOptions(storage));
  return storage;
}

const UPDATES = 15;

/** A configuration as former versions wrote it. */
function underFormerNames(configuration: TrainingConfiguration): TrainingConfiguration {
  const entries = Object.entries(configuration.step.loss);
  const loss = Object.fromEntries(entries.map(([name, value]) => [name === 'resolution' ? 'meeting' : name, value]));
  return { ...configuration, step: { ...configuration.step, loss: loss as never } };
}

describe('train', () => {
  test('keeps the configuration, checkpoints, a log, events and plots', async () => {
    const storage = new MemoryStorage();
    const reports: StepReport[] = [];
    const { status, state } = await train(
      fakeOptions(storage, { callbacks: { onStep: (report) => reports.push(report) } }),
    );
    expect(status).toBe('finished');
    expect([state.updates, state.epoch, state.position, state.finished]).toEqual([UPDATES, 3, 0, 'epochs']);
    const names = [...storage.files.keys()].map((path) => path.replace(/tfevents.*/, 'tfevents')).sort();
    const folder = (name: string) =>
      [
        'README.md',
        'config.json',
        'model.safetensors',
        'preprocessor_config.json',
        'state.json',
        'training-state.safetensors',
      ].map((file) => `${name}/${file}`);
    expect(names).toEqual(
      [
        ...folder('best'),
        'config.json',
        'events.out.tfevents',
        ...folder('last'),
        'log.jsonl',
        'plots/learning-rate.svg',
        'plots/loss.svg',
        'plots/miou.svg',
      ].sort(),
    );
    expect(reports.map(({ update }) => update)).toEqual(Array.from({ length: UPDATES }, (_, index) => index + 1));
    expect(reports[0]).toMatchObject({ epoch: 1, updates: UPDATES, epochs: 3 });
    expect(reports[4]?.rates.encoder).toBeCloseTo(1e-3 * (1 - 4 / UPDATES) ** 0.9, 12);
    expect(await readRun(storage)).toEqual({ configuration: fakeConfiguration, origin: {} });
  });

  test('tells of a checkpoint, the first one too, when the run can be resumed from it', async () => {
    const storage = new MemoryStorage();
    const resumable: boolean[] = [];
    const onCheckpoint = ({ folder }: { readonly folder: string }) => {
      resumable.push(storage.files.has('config.json') && storage.files.has(`${folder}/state.json`));
    };
    await train(fakeOptions(storage, { callbacks: { onCheckpoint } }));
    expect(resumable.length).toBeGreaterThan(2);
    expect(resumable).not.toContain(false);
  });

  test('draws other dropout masks at every update, and others for another seed', async () => {
    const seeds: string[] = [];
    for (const seed of [1, 2]) {
      const createStep: StepFactory = async (...given) => {
        const step = await fakeStep()(...given);
        return {
          ...step,
          run: (batches, scalars, dropout) => {
            seeds.push(dropout.join());
            return step.run(batches, scalars, dropout);
          },
        };
      };
      await train(fakeOptions(new MemoryStorage(), { createStep, configuration: { ...fakeConfiguration, seed } }));
    }
    expect(seeds).toHaveLength(2 * UPDATES);
    expect(new Set(seeds).size).toBe(2 * UPDATES);
  });

  test("logs each epoch's mean loss and its accuracy over all pixels", async () => {
    const log = logWithoutTimes((await uninterrupted()).files.get('log.jsonl')) as LogRecord[];
    const steps = log.filter((record) => record.type === 'step');
    const epochs = log.filter((record) => record.type === 'epoch');
    expect(epochs.map(({ epoch, update }) => [epoch, update])).toEqual([
      [1, 5],
      [2, 10],
      [3, 15],
    ]);
    for (const { epoch, loss, accuracy } of epochs) {
      const own = steps.filter((step) => step.epoch === epoch);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(loss).toBeCloseTo(mean(own.map((step) => step.loss)), 12);
      expect(accuracy).toBeCloseTo(mean(own.map((step) => step.accuracy)), 12);
    }
  });

  test('keeps the moving average as the model, and the weights beside the optimizer', async () => {
    const storage = await uninterrupted();
    const model = readSafetensors(storage.files.get('last/model.safetensors') as Uint8Array).weights;
    const beside = readSafetensors(storage.files.get('last/training-state.safetensors') as Uint8Array).weights;
    expect([...model.keys()]).toEqual(['encoder.a', 'decoder.b']);
    expect([...beside.keys()].sort()).toEqual([
      'momentum:decoder.b',
      'momentum:encoder.a',
      'weights:decoder.b',
      'weights:encoder.a',
    ]);
    expect(beside.get('weights:encoder.a')?.data).not.toEqual(model.get('encoder.a')?.data);
  });

  test('keeps the best validation as best, once an epoch', async () => {
    const storage = new MemoryStorage();
    const scores = [0.3, 0.6, 0.4];
    const seen: boolean[] = [];
    const { state } = await train(
      fakeOptions(storage, {
        validate: async (...given) => {
          const result = await fakeValidate(...given);
          const score = scores.shift() as number;
          // Of ten pixels of the first class so many tenths are predicted; the second is nowhere.
          const matrix = new ConfusionMatrix(2);
          const pixels = Array.from({ length: 10 }, (_, pixel) => (pixel < 10 * score ? 0 : 255));
          matrix.add(new Uint8Array(10), pixels, 255);
          return result && { ...result, matrix };
        },
        callbacks: { onValidation: (_, isBest) => seen.push(isBest) },
      }),
    );
    expect(state.best).toEqual({ meanIoU: 0.6, epoch: 2, updates: 10 });
    expect(seen).toEqual([true, true, false]);
    const best = JSON.parse(Buffer.from(storage.files.get('best/state.json') as Uint8Array).toString());
    expect([best.updates, best.best.meanIoU]).toEqual([10, 0.6]);
  });

  test('ends early after as many validations without improvement as patience says', async () => {
    const storage = new MemoryStorage();
    const { status, state } = await train(
      fakeOptions(storage, {
        configuration: { ...fakeConfiguration, epochs: 50, patience: 2 },
        validate: async (_, options) => fakeValidate(new Map([['encoder.a', { data: [0.1] } as never]]), options),
      }),
    );
    expect([status, state.finished, state.epoch, state.best?.epoch]).toEqual(['finished', 'patience', 3, 1]);
    const again = await train(
      fakeOptions(storage, { configuration: { ...fakeConfiguration, epochs: 50, patience: 2 }, resume: true }),
    );
    expect(again).toEqual({ status: 'finished', state });
  });

  test.each([[[1]], [[4, 9]], [[2, 5, 13]], [[5, 10, 14]], [[3, 3, 4]]])(
    'interrupted by its signal after updates %j and resumed gives the same bytes and log',
    async (stops) => {
      const storage = new MemoryStorage();
      for (const [index, stop] of stops.entries()) {
        const signal = { aborted: false };
        const { status, state } = await train(
          fakeOptions(storage, {
            resume: index > 0,
            signal,
            callbacks: {
              onStep: ({ update }) => {
                signal.aborted = update >= stop;
              },
            },
          }),
        );
        expect(status).toBe('interrupted');
        expect(state.updates).toBeGreaterThanOrEqual(stop);
      }
      await train(fakeOptions(storage, { resume: true }));
      expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
    },
  );

  test.each([1, 2, 3, 5, 6, 11, 14])(
    'crashed within update %i and resumed gives the same bytes and log',
    async (crash) => {
      const storage = new MemoryStorage();
      const createStep = fakeStep({
        pause: async () => {
          // Not an error of the library: what a killed process leaves behind.
          if (logged(storage) === crash) throw new Error('killed');
        },
      });
      await expect(train(fakeOptions(storage, { createStep }))).rejects.toThrow('killed');
      // Half a line, as a kill leaves it.
      await storage.append('log.jsonl', new TextEncoder().encode('{"type":"step","upd'));
      await train(fakeOptions(storage, { resume: true }));
      expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
    },
  );

  test('interrupted while it validates goes on with that validation', async () => {
    const storage = new MemoryStorage();
    const signal = { aborted: false };
    const { state } = await train(
      fakeOptions(storage, {
        signal,
        validate: async () => {
          signal.aborted = true;
          return undefined;
        },
      }),
    );
    expect([state.updates, state.epoch, state.position]).toEqual([5, 0, 5]);
    await train(fakeOptions(storage, { resume: true }));
    expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
  });

  test('stops at a loss that is not finite and leaves the last good checkpoint', async () => {
    const storage = new MemoryStorage();
    await expect(train(fakeOptions(storage, { createStep: fakeStep({ failAt: 8 }) }))).rejects.toThrow(
      'runs/memory: training stopped at update 9 of 15: The loss is NaN. runs/memory/last holds the last good checkpoint.',
    );
    const state = JSON.parse(Buffer.from(storage.files.get('last/state.json') as Uint8Array).toString());
    expect(state.updates).toBe(8);
  });

  test('stops at a loss that runs away, and has not replaced the checkpoint while it climbed', async () => {
    const storage = new MemoryStorage();
    const configuration = { ...fakeConfiguration, epochs: 40 };
    const loss = (update: number) => (update < 100 ? 0.5 : 0.5 * 1.3 ** (update - 100));
    const run = train(fakeOptions(storage, { configuration, createStep: fakeStep({ loss }) }));
    await expect(run).rejects.toThrow(
      /^runs\/memory: training stopped at update 11\d of 200: the loss ran away \(running mean [56]\.\d+, ten times its best, 0\.500, and more\)\. Start again with a lower learning rate or a lower clipping norm\. runs\/memory\/last holds the last good checkpoint\./,
    );
    const state = JSON.parse(Buffer.from(storage.files.get('last/state.json') as Uint8Array).toString());
    expect(state.watch.sum / state.watch.weight).toBeLessThan(3 * 0.5);
    expect(state.updates).toBeGreaterThan(100);
  });

  test('warns once in a climb where the loss is too high for last to be replaced, of the update that it stays at', async () => {
    const storage = new MemoryStorage();
    const warnings: string[] = [];
    const kept: number[] = [];
    const loss = (update: number) => (update < 100 || update >= 150 ? 0.5 : 2);
    await train(
      fakeOptions(storage, {
        configuration: { ...fakeConfiguration, epochs: 60 },
        createStep: fakeStep({ loss }),
        callbacks: {
          onWarning: (message) => warnings.push(message),
          onCheckpoint: ({ folder, update }) => folder === 'last' && kept.push(update),
        },
      }),
    );
    const stands = kept.findLast((update) => update < 150) as number;
    expect(warnings).toEqual([
      expect.stringMatching(
        new RegExp(
          `^last is not replaced on the way while the loss is so high: its running mean is 1\\.\\d+, more than three times its best, 0\\.500\\. It stays at update ${stands}\\.$`,
        ),
      ),
    ]);
    expect(kept.at(-1)).toBe(300);
  });

  test.each([
    [1, '1 batch'],
    [0, '0 batches'],
  ])(
    'refuses a source of %i batches where an update takes more, keeps nothing and frees the source',
    async (batchesPerEpoch, batches) => {
      const storage = new MemoryStorage();
      const dispose = vi.fn(async () => {});
      await expect(
        train(fakeOptions(storage, { source: { ...fakeSource, batchesPerEpoch, dispose } })),
      ).rejects.toThrow(
        new UsageError(
          `runs/memory: an epoch has ${batches}, but an update takes 2 (accumulate). Lower accumulate or the batch size.`,
        ),
      );
      expect([...storage.files.keys()]).toEqual([]);
      expect(dispose).toHaveBeenCalledOnce();
    },
  );

  test('frees its source where no step can be made', async () => {
    const dispose = vi.fn(async () => {});
    const createStep = () => Promise.reject(new Error('no memory'));
    const run = train(fakeOptions(new MemoryStorage(), { source: { ...fakeSource, dispose }, createStep }));
    await expect(run).rejects.toThrow('no memory');
    expect(dispose).toHaveBeenCalledOnce();
  });

  test('goes on when a checkpoint or the log cannot be written, and loses nothing when there is room again', async () => {
    const storage = new MemoryStorage();
    const warnings: string[] = [];
    let update = 0;
    storage.fails = (method) => method !== 'write' && update >= 6 && update < 9;
    await train(
      fakeOptions(storage, {
        callbacks: {
          onStep: (report) => {
            update = report.update;
          },
          onWarning: (message) => warnings.push(message),
        },
      }),
    );
    expect(warnings[0]).toBe(
      'The checkpoint of update 6 was not kept; the one before is untouched. ' +
        'last: cannot be written (ENOSPC: no space left on device).',
    );
    expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
  });

  test.each(['best', 'last'])('loses nothing when %s cannot be written at the end of an epoch', async (folder) => {
    const storage = new MemoryStorage();
    const createStep = fakeStep({
      pause: async () => {
        if (logged(storage) === 12) throw new Error('killed');
      },
    });
    let update = 0;
    storage.fails = (method, path) => method === 'replaceFolder' && path === folder && (update === 5 || update === 10);
    const callbacks = {
      onStep: (report: StepReport) => {
        update = report.update;
      },
    };
    await expect(train(fakeOptions(storage, { createStep, callbacks }))).rejects.toThrow();
    storage.fails = () => false;
    await train(fakeOptions(storage, { resume: true }));
    expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
  });

  test('fails if not even its end can be written, with the checkpoint before untouched', async () => {
    const storage = new MemoryStorage();
    let update = 0;
    storage.fails = (method) => method !== 'write' && update >= 7;
    const run = train(
      fakeOptions(storage, {
        callbacks: {
          onStep: (report) => {
            update = report.update;
          },
        },
      }),
    );
    await expect(run).rejects.toThrow('cannot be written (ENOSPC: no space left on device)');
    storage.fails = () => false;
    await train(fakeOptions(storage, { resume: true }));
    expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
  });

  test.each([
    ['as it is planned now', (configuration: TrainingConfiguration) => configuration],
    ['as it was saved', underFormerNames],
  ])('goes on with a run that a former version saved, with its configuration %s', async (_, given) => {
    const storage = new MemoryStorage();
    const aborted = { aborted: false };
    const onStep = ({ update }: StepReport): void => {
      aborted.aborted = update === 7;
    };
    await train(fakeOptions(storage, { signal: aborted, callbacks: { onStep } }));
    for (const path of ['config.json', 'last/state.json']) {
      const saved = JSON.parse(new TextDecoder().decode(storage.files.get(path)));
      const former = { ...saved, configuration: underFormerNames(saved.configuration) };
      storage.files.set(path, new TextEncoder().encode(JSON.stringify(former)));
    }
    expect(await readRun(storage)).toEqual({ configuration: fakeConfiguration, origin: {} });
    await train(fakeOptions(storage, { configuration: given(fakeConfiguration), resume: true }));
    expect(outcome(storage)).toEqual(outcome(await uninterrupted()));
  });

  test('refuses to resume with another configuration, naming every difference', async () => {
    const storage = await uninterrupted();
    const configuration = {
      ...fakeConfiguration,
      batch: 4,
      patience: 3,
      step: { ...fakeConfiguration.step, clipNorm: null },
      classes: ['ground', 'other'],
    };
    await expect(train(fakeOptions(storage, { configuration, resume: true }))).rejects.toThrow(
      'runs/memory cannot be resumed with another configuration:\n' +
        '  classes.1: "thing" in the run, now "other"\n' +
        '  batch: 2 in the run, now 4\n' +
        '  step.clipNorm: 5 in the run, now null\n' +
        '  patience: null in the run, now 3\n' +
        'Leave these options out, or start a new run from its weights.',
    );
  });

  test('refuses a place that holds a run, and to resume where there is none', async () => {
    const storage = await uninterrupted();
    await expect(train(fakeOptions(storage))).rejects.toThrow(
      'runs/memory holds a run already. Resume it, or give the new run another place.',
    );
    await expect(train(fakeOptions(new MemoryStorage(), { resume: true }))).rejects.toThrow(
      'runs/memory holds no run to resume: there is no config.json in it.',
    );
  });

  test('refuses to resume with a checkpoint whose model is of another network, naming every difference', async () => {
    const storage = await uninterrupted();
    const config = JSON.parse(new TextDecoder().decode(storage.files.get('last/config.json')));
    config.refinenet.decoder.skip = 'rectified';
    config.refinenet.decoder.units.head = 5;
    storage.files.set('last/config.json', new TextEncoder().encode(JSON.stringify(config)));
    const before = new Map(storage.files);
    await expect(train(fakeOptions(storage, { resume: true }))).rejects.toThrow(
      'runs/memory/last/config.json is of another network than the run trains:\n' +
        '  decoder.units.head: 5 in the file, 0 in the run\n' +
        '  decoder.skip: "rectified" in the file, "input" in the run\n' +
        'Put back the file that the run wrote, or start a new run from its weights.',
    );
    expect(storage.files).toEqual(before);
    storage.files.delete('last/config.json');
    await expect(train(fakeOptions(storage, { resume: true }))).rejects.toThrow(
      'runs/memory/last: config.json is missing, so the checkpoint is not whole.',
    );
  });

  test('refuses a model that is not of the configuration', async () => {
    const { model, ...options } = fakeOptions(new MemoryStorage());
    const definition = { ...model.definition, stridePlacement: '1x1' as const };
    await expect(train({ ...options, model: { ...model, definition } })).rejects.toThrow(
      'The model is another network than the configuration trains:\n' +
        '  stridePlacement: "1x1" in the model, "3x3" in the configuration\n' +
        'Plan the run for this model, or give the model that it was planned for.',
    );
  });

  test('names what is damaged in a checkpoint', async () => {
    const storage = await uninterrupted();
    const resume = () => train(fakeOptions(storage, { resume: true }));
    const state = storage.files.get('last/state.json') as Uint8Array;
    storage.files.set('last/state.json', new TextEncoder().encode('{"version":1'));
    await expect(resume()).rejects.toThrow(/^runs\/memory\/last\/state\.json is not JSON: /);
    storage.files.set('last/state.json', new TextEncoder().encode('{"version":2,"updates":-1}'));
    await expect(resume()).rejects.toThrow(/state\.json is no state of a run: version: .*; updates: /);
    storage.files.set('last/state.json', state);
    storage.files.delete('last/training-state.safetensors');
    await expect(resume()).rejects.toThrow(
      'runs/memory/last: training-state.safetensors is missing, so the checkpoint is not whole.',
    );
  });
});

/** Steps in the log. */
function logged({ files }: MemoryStorage): number {
  const bytes = files.get('log.jsonl');
  return bytes ? logWithoutTimes(bytes).filter((record) => (record as { type: string }).type === 'step').length : 0;
}
