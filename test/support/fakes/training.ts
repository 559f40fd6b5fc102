/** A training whose step is plain arithmetic: small, fast and the same on every machine, to test all that is around a step. */
import { RuntimeError } from '../../../src/errors.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { ConfusionMatrix } from '../../../src/evaluation/confusion.ts';
import { IMAGENET_PREPROCESSING } from '../../../src/image/preprocess.ts';
import { architecture } from '../../../src/models/architectures.ts';
import type { Backend } from '../../../src/runtime/backend.ts';
import { randomStream } from '../../../src/tensor/random.ts';
import { float32, tensor } from '../../../src/tensor/tensor.ts';
import type { TrainingConfiguration } from '../../../src/training/configuration.ts';
import type { BatchSource } from '../../../src/training/run/parts.ts';
import { PRESETS } from '../../../src/training/presets.ts';
import type { RunStorage } from '../../../src/training/run/storage.ts';
import type { StepFactory, TrainOptions } from '../../../src/training/run/trainer.ts';
import type { Validate } from '../../../src/training/run/validate.ts';

const definition = architecture('refinenet-lw-mobilenetv2', 2);

export const fakeModel = {
  definition,
  classes: [
    { name: 'ground', color: [10, 20, 30] },
    { name: 'thing', color: [200, 100, 0] },
  ],
  preprocessing: IMAGENET_PREPROCESSING,
  weights: new Map([
    ['encoder.a', float32([3], [1, 2, 3])],
    ['decoder.b', float32([2, 2], [0.1, 0.2, 0.3, 0.4])],
  ]),
} as const;

/** The same with weights that take some time to write. */
export const bigFakeModel = {
  ...fakeModel,
  weights: new Map([...fakeModel.weights, ['decoder.big', float32([200_000], new Float32Array(200_000).fill(1))]]),
};

export const fakeConfiguration: TrainingConfiguration = {
  preset: 'default',
  network: definition,
  classes: ['ground', 'thing'],
  preprocessing: IMAGENET_PREPROCESSING,
  data: { format: 'folder', train: 22, validation: 3, fingerprint: 'none' },
  epochs: 3,
  batch: 2,
  crop: 32,
  augmentation: [],
  step: { ...PRESETS.default.step, averageDecay: 0.9, accumulate: 2 },
  rates: PRESETS.default.rates,
  schedule: { name: 'poly', power: 0.9, warmup: 2 },
  seed: 7,
  validateEvery: 1,
  patience: null,
  saveEvery: 2,
  samplesEvery: null,
};

/** Batches of numbers drawn for their place in the run. 11 an epoch: with two an update, one is left over. */
export const fakeSource: BatchSource = {
  batchesPerEpoch: 11,
  async *batches({ seed, epoch: first, position: from }) {
    for (let epoch = first; ; epoch++) {
      for (let position = epoch === first ? from : 0; position < 11; position++) {
        const { uniform } = randomStream(seed, 'fake', epoch, position);
        yield {
          images: tensor('float32', [1, 3, 1, 1], Float32Array.from({ length: 3 }, uniform)),
          labels: tensor('uint8', [1, 1, 1], new Uint8Array(1)),
        };
      }
    }
  },
};

export interface FakeStepOptions {
  /** The update (from 0) whose loss is not finite. */
  readonly failAt?: number;
  /** What an update's loss is, in place of the arithmetic's. */
  readonly loss?: (update: number) => number;
  /** Waited for in each step. */
  readonly pause?: () => Promise<void>;
}

/** Weights go towards what the batches and the "dropout" say; momentum and average as a real step keeps them. */
export function fakeStep({ failAt, loss, pause }: FakeStepOptions = {}): StepFactory {
  return async (_, saved, given) => {
    const initial = saved ?? { weights: given, optimizer: new Map(), average: new Map() };
    const copy = (source: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<number> }>) =>
      new Map([...source].map(([name, { shape, data }]) => [name, float32(shape, Float32Array.from(data))]));
    const weights = copy(initial.weights as never);
    const optimizer = copy(initial.optimizer as never);
    const average = initial.average.size > 0 ? copy(initial.average as never) : copy(weights);
    for (const [name, { shape, data }] of weights) {
      if (!optimizer.has(`momentum:${name}`))
        optimizer.set(`momentum:${name}`, float32(shape, new Float32Array(data.length)));
    }
    return {
      async run(batches, { rates, updates }, [seed, ...key]) {
        await pause?.();
        if (updates === failAt) throw new RuntimeError('The loss is NaN.');
        const { uniform } = randomStream(seed as number, ...key);
        const pixels = batches.flatMap((batch) => ('pixels' in batch ? [...batch.pixels.data] : []));
        const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
        for (const [name, { data }] of weights) {
          const momentum = optimizer.get(`momentum:${name}`)?.data as Float32Array;
          const averaged = average.get(name)?.data as Float32Array;
          for (let index = 0; index < data.length; index++) {
            momentum[index] = 0.9 * (momentum[index] as number) + mean + uniform() - 1;
            data[index] = (data[index] as number) + rates.decoder * 100 * (momentum[index] as number);
            averaged[index] = 0.9 * (averaged[index] as number) + 0.1 * (data[index] as number);
          }
        }
        return { loss: loss?.(updates) ?? 1 + mean, gradientNorm: mean, pixels: 10, correct: Math.floor(10 * mean) };
      },
      state: () => ({ weights, optimizer, average }),
      dispose: async () => {},
    };
  };
}

/** Scores weights by their first number, up and down. */
export const fakeValidate: Validate = async (weights) => {
  const matrix = new ConfusionMatrix(2);
  const hits = Math.floor(50 + 40 * Math.sin(10 * (weights.get('encoder.a')?.data[0] as number)));
  matrix.add(
    new Uint8Array(100).map((_, index) => index % 2),
    new Uint8Array(100).map((_, index) => (index < hits ? index % 2 : 1 - (index % 2))),
  );
  return { matrix, images: 3, samples: [] };
};

/** Options of a fake run; none of its parts looks at data set, decoder or backend. */
export function fakeOptions(storage: RunStorage, changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model: fakeModel,
    dataset: {} as Dataset,
    decodeImage: () => Promise.reject(new Error('no image is decoded here')),
    backend: {} as Backend,
    storage,
    title: 'fake',
    configuration: fakeConfiguration,
    createStep: fakeStep(),
    source: fakeSource,
    validate: fakeValidate,
    ...changes,
  };
}

/** A run in memory. `failures` is asked before each write, with the method and path, whether it fails. */
export class MemoryStorage implements RunStorage {
  readonly name = 'runs/memory';
  readonly files = new Map<string, Uint8Array>();
  fails: (method: string, path: string) => boolean = () => false;

  async read(path: string): Promise<Uint8Array | undefined> {
    const found = this.files.get(path);
    return found && new Uint8Array(found);
  }
  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#check('write', path);
    this.files.set(path, bytes.slice());
  }
  async append(path: string, bytes: Uint8Array): Promise<void> {
    this.#check('append', path);
    this.files.set(path, Buffer.concat([this.files.get(path) ?? new Uint8Array(), bytes]));
  }
  async replaceFolder(path: string, files: ReadonlyMap<string, readonly Uint8Array[]>): Promise<void> {
    this.#check('replaceFolder', path);
    for (const [name, parts] of files) {
      this.files.set(`${path}/${name}`, Buffer.concat(parts));
    }
  }
  #check(method: string, path: string): void {
    if (this.fails(method, path))
      throw new RuntimeError(`${path}: cannot be written (ENOSPC: no space left on device).`);
  }
}

/** The log without what depends on the machine's speed. */
export function logWithoutTimes(bytes: Uint8Array | undefined): unknown[] {
  return new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { seconds: _, imagesPerSecond: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
}
