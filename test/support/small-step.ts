/** Steps of a small network on drawn batches, and what they did to its state. */
import { expect } from 'vitest';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { architecture } from '../../src/models/architectures.ts';
import type { NetworkDefinition } from '../../src/models/families.ts';
import { networkParameters } from '../../src/models/network.ts';
import { initialize } from '../../src/nn/initialize.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { randomStream } from '../../src/tensor/random.ts';
import { bytesOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import type { Weights } from '../../src/tensor/weights.ts';
import { initialState } from '../../src/training/step/state.ts';
import { createStep, type StepOptions } from '../../src/training/step/step.ts';
import type { Batch, PixelBatch, StepDefinition, StepResult, TrainingState } from '../../src/training/step/types.ts';

export const backend = await nodeBackend();

const CLASSES = 3;

/** A network with few layers, for graphs that load quickly. */
export const NETWORK: NetworkDefinition = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', CLASSES);
  return {
    ...rest,
    decoder: { ...decoder, widths: [8, 8, 8, 8], dropout: { features: 0.5, classifier: 0.5 } },
  };
})();

export const WITHOUT_DROPOUT: NetworkDefinition = {
  ...NETWORK,
  decoder: { ...NETWORK.decoder, dropout: { features: 0, classifier: 0 } },
};

export const STEP: StepDefinition = {
  loss: {
    terms: [{ name: 'cross-entropy', weight: 1 }],
    classWeights: null,
    resolution: 'upsample-half-pixel',
    ignoreIndex: 255,
  },
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-3 },
  batchNorm: 'statistics-frozen',
  decayNormAndBias: true,
  clipNorm: null,
  averageDecay: null,
  accumulate: 1,
  frozen: [],
};

export const SIZE = 32;
export const RATES = { encoder: 0.01, decoder: 0.02, classifier: 0.03 };
export const WEIGHTS = initialize(networkParameters(NETWORK), 3);

export function batchOf(count: number, seed = 1): PixelBatch {
  const random = randomStream(seed, 'batch');
  return {
    pixels: tensor('float32', [count, 3, SIZE, SIZE], draw(count * 3 * SIZE * SIZE, random.normal)),
    labels: tensor(
      'uint8',
      [count, SIZE, SIZE],
      Uint8Array.from({ length: count * SIZE * SIZE }, () => random.integer(CLASSES)),
    ),
  };
}

const draw = (length: number, one: () => number): Float32Array => Float32Array.from({ length }, one);

/** The images of a batch, each as a batch. */
export function apart({ pixels, labels }: PixelBatch): PixelBatch[] {
  return Array.from({ length: labels.shape[0] as number }, (_, index) => ({
    pixels: part(pixels, index),
    labels: part(labels, index),
  }));
}

function part<T extends Tensor>({ dtype, shape, data }: T, index: number): T {
  const length = data.length / (shape[0] as number);
  return tensor(dtype, [1, ...shape.slice(1)], data.slice(index * length, (index + 1) * length) as typeof data) as T;
}

export interface Trained {
  readonly results: readonly StepResult[];
  readonly state: TrainingState;
}

export interface Training {
  readonly step?: Partial<StepDefinition>;
  readonly network?: NetworkDefinition;
  readonly batches?: readonly (readonly Batch[])[];
  readonly from?: { readonly state: TrainingState; readonly updates: number };
  readonly rates?: typeof RATES;
  readonly seed?: number;
  readonly teacher?: StepOptions['teacher'];
}

export const batches = (steps: number): Batch[][] => Array.from({ length: steps }, (_, index) => [batchOf(2, index)]);

/** Runs one step for each list of micro-batches. */
export async function train(options: Training): Promise<Trained> {
  const { network = WITHOUT_DROPOUT, rates = RATES, seed = 0, from, teacher } = options;
  const step = { ...STEP, ...options.step };
  const steps = options.batches ?? batches(1);
  const compiled = await createStep({
    network,
    step,
    shape: { batch: steps[0]?.[0]?.labels.shape[0] as number, height: SIZE, width: SIZE },
    backend,
    state: from?.state ?? initialState(network, step, WEIGHTS),
    session: { threads: 1 },
    ...(teacher && { teacher }),
  });
  try {
    const results: StepResult[] = [];
    for (const [index, each] of steps.entries()) {
      const updates = (from?.updates ?? 0) + index;
      results.push(await compiled.run(each, { rates, updates }, [seed, 'dropout', updates]));
    }
    return { results, state: copyOf(compiled.state()) };
  } finally {
    await compiled.dispose();
  }
}

export const copyOf = (state: TrainingState): TrainingState => {
  const copy = (weights: Weights): Weights =>
    new Map([...weights].map(([name, value]) => [name, { ...value, data: value.data.slice() as typeof value.data }]));
  return { weights: copy(state.weights), optimizer: copy(state.optimizer), average: copy(state.average) };
};

export const data = (weights: Weights, name: string): Float32Array => weights.get(name)?.data as Float32Array;

/** The largest relative difference of any tensor of two states. */
export function difference(a: TrainingState, b: TrainingState): number {
  return Math.max(
    ...(['weights', 'optimizer', 'average'] as const).flatMap((kind) => {
      expect([...a[kind].keys()]).toEqual([...b[kind].keys()]);
      return [...a[kind].keys()].map((name) => {
        const reference = data(b[kind], name);
        return reference.some((value) => value !== 0) ? relativeDifference(data(a[kind], name), reference) : 0;
      });
    }),
  );
}

/** The names of tensors, of any part of two states, that are not the same bytes. */
export function differing(a: TrainingState, b: TrainingState): string[] {
  return (['weights', 'optimizer', 'average'] as const).flatMap((kind) => {
    expect([...a[kind].keys()]).toEqual([...b[kind].keys()]);
    return [...a[kind].keys()].filter((name) => !sameBytes(data(a[kind], name), data(b[kind], name)));
  });
}

export const sameBytes = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.compare(bytesOf(tensor('float32', [a.length], a)), bytesOf(tensor('float32', [b.length], b))) === 0;

export const movedNames = (weights: Weights): string[] =>
  [...weights.keys()].filter((name) =>
    data(weights, name).some((value, index) => value !== data(WEIGHTS, name)[index]),
  );
