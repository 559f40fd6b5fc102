/** Ten training steps of whole networks against PyTorch's. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NetworkDefinition } from '../../src/models/families.ts';
import { PIXEL_VALUES } from '../../src/models/pixel-values.ts';
import { importModel } from '../../src/models/import-model.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import type { Weights } from '../../src/tensor/weights.ts';
import { initialState } from '../../src/training/step/state.ts';
import { createStep } from '../../src/training/step/step.ts';
import { type BatchShape, gradientValues, LABELS, networkParts } from '../../src/training/step/graph.ts';
import type { BatchNormMode, PixelBatch, StepDefinition, TrainingStep } from '../../src/training/step/types.ts';
import { translateNames } from '../../src/weights/translate-names.ts';
import { fillLabels, fillScaled, fillWeights } from './formula.ts';
import { stateDictNames } from './golden-file.ts';
import { runGraph } from './run-graph.ts';

/** Agreement is a difference of at most so many times the noise that the reference was measured to have. */
const NOISE_FACTOR = 3;

const RUNS = [
  { file: 'train-lw50-frozen-bn', names: 'lightweight50', batchNorm: 'statistics-frozen' },
  { file: 'train-mbv2-frozen-bn', names: 'lightweight_mobilenetv2', batchNorm: 'statistics-frozen' },
  { file: 'train-mbv2-train-bn', names: 'lightweight_mobilenetv2', batchNorm: 'trained' },
] as const satisfies readonly { file: string; names: string; batchNorm: BatchNormMode }[];

interface Golden {
  readonly input: string;
  readonly labels: string;
  readonly shape: readonly [number, number, number, number];
  readonly classes: number;
  readonly sgd: { readonly lr: number; readonly momentum: number; readonly weight_decay: number };
  readonly losses: readonly number[];
  readonly noise: {
    readonly losses: number;
    readonly first_gradients_median: number;
    readonly first_gradients_worst: number;
  };
  readonly first_gradients: Readonly<Record<string, { readonly l2: number; readonly head: readonly number[] }>>;
}

interface Run {
  readonly golden: Golden;
  readonly network: NetworkDefinition;
  readonly weights: Weights;
  readonly step: StepDefinition;
  readonly shape: BatchShape;
  readonly batch: PixelBatch;
  /** Our name of a published one. */
  canonical(name: string): string;
}

function load({ file, names, batchNorm }: (typeof RUNS)[number]): Run {
  const golden: Golden = JSON.parse(readFileSync(new URL(`../fixtures/golden/${file}.json`, import.meta.url), 'utf8'));
  const { shape, classes, sgd } = golden;
  const shapes = Object.entries(stateDictNames()[names] ?? {}).map(
    ([name, [channels, ...rest]]): [string, number[]] => {
      const isClassifier = /^(segm|clf_conv)\./.test(name);
      return [name, [isClassifier ? classes : (channels as number), ...rest]];
    },
  );
  const published = fillWeights(shapes);
  const { naming } = translateNames(published);
  const { definition, weights } = importModel(published, { subject: file, reinitialize: 'none', seed: 0 });
  // The reference drops nothing.
  const network = { ...definition, decoder: { ...definition.decoder, dropout: { features: 0, classifier: 0 } } };
  const [batch, , height, width] = shape;
  return {
    golden,
    network,
    weights,
    shape: { batch, height, width },
    batch: {
      pixels: fillScaled(golden.input, shape),
      labels: fillLabels(golden.labels, [batch, height, width], classes),
    },
    step: {
      loss: {
        terms: [{ name: 'cross-entropy', weight: 1 }],
        classWeights: null,
        resolution: 'upsample-align-corners',
        ignoreIndex: 255,
      },
      optimizer: { name: 'sgd', momentum: sgd.momentum, nesterov: false, weightDecay: sgd.weight_decay },
      batchNorm,
      decayNormAndBias: true,
      clipNorm: null,
      averageDecay: null,
      accumulate: 1,
      frozen: [],
    },
    canonical: (name) => naming.toCanonical(name) as string,
  };
}

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));

/** The reference's noise is that of whole gradients: what is known of one is measured against that one's size. */
/** Gradients of dead channels are exactly 0. */
const relative = (difference: number, reference: number): number =>
  difference === 0 ? 0 : Math.abs(difference) / reference;

describe.each(RUNS)('$file', (run) => {
  const { golden, network, weights, step, shape, batch, canonical } = load(run);

  test('loses as PyTorch does over ten steps', async () => {
    const compiled: TrainingStep = await createStep({
      network,
      step,
      shape,
      backend,
      state: initialState(network, step, weights),
    });
    const { lr } = golden.sgd;
    const rates = { encoder: lr, decoder: lr, classifier: lr };
    try {
      for (const [updates, expected] of golden.losses.entries()) {
        const { loss } = await compiled.run([batch], { rates, updates }, [0, 'dropout', updates]);
        expect(Math.abs(loss / expected - 1), `step ${updates + 1}`).toBeLessThan(NOISE_FACTOR * golden.noise.losses);
      }
    } finally {
      await compiled.dispose();
    }
  });

  test('gives every parameter the first gradient of PyTorch', async () => {
    const { gradients } = gradientValues(network, step, networkParts(network, step), shape);
    const outputs = Object.fromEntries([...gradients].map(([name, value]) => [`gradient:${name}`, value]));
    const feeds = { [PIXEL_VALUES]: batch.pixels, [LABELS]: batch.labels };
    const results = await runGraph(backend, outputs, weights, feeds);
    const expected = Object.entries(golden.first_gradients);
    expect(new Set(expected.map(([name]) => canonical(name)))).toEqual(new Set(gradients.keys()));
    const differences = expected.map(([name, { l2, head }]) => {
      const data = (results[`gradient:${canonical(name)}`] as Tensor<'float32'>).data;
      const difference = head.map((value, index) => (data[index] as number) - value);
      const scale = l2 * Math.sqrt(head.length / data.length);
      return Math.max(relative(norm(data) - l2, l2), relative(norm(difference), scale));
    });
    const sorted = differences.toSorted((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).toBeLessThan(NOISE_FACTOR * golden.noise.first_gradients_median);
    expect(sorted.at(-1)).toBeLessThan(NOISE_FACTOR * golden.noise.first_gradients_worst);
  });
});
