/** What a step does to a network's state: each of these compiles several steps. */
import { describe, expect, test } from 'vitest';
import {
  apart,
  backend,
  batches,
  batchOf,
  copyOf,
  data,
  difference,
  differing,
  movedNames,
  NETWORK,
  RATES,
  sameBytes,
  SIZE,
  STEP,
  train,
  type Trained,
  WEIGHTS,
  WITHOUT_DROPOUT,
} from '../../../test/support/small-step.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import type { Weights } from '../../tensor/weights.ts';
import { initialState } from './state.ts';
import { createStep } from './step.ts';
import type { Batch, PixelBatch, StepDefinition, StepResult, TrainingState } from './types.ts';
import { emaDecayAt } from './update.ts';

describe('a training step', () => {
  test('over two micro-batches of one image is that over one of both', async () => {
    // At other images rounding switches a rectifier: weights changed by 3e-7 then move the result by 8e-3.
    const both = [3, 4, 5].map((seed) => batchOf(2, seed));
    const together = await train({ batches: both.map((batch) => [batch]) });
    const accumulated = await train({ step: { accumulate: 2 }, batches: both.map(apart) });
    expect(difference(accumulated.state, together.state)).toBeLessThan(1e-5);
    accumulated.results.forEach(({ loss, gradientNorm, ...counts }, index) => {
      const { loss: whole, gradientNorm: norm, ...expected } = together.results[index] as StepResult;
      expect(loss / whole).toBeCloseTo(1, 5);
      expect(gradientNorm / norm).toBeCloseTo(1, 4);
      expect(counts).toEqual(expected);
    });
  });

  test('goes on from a copy of its state as if it had not stopped', async () => {
    const step = { averageDecay: 0.9, batchNorm: 'trained' } as const;
    const steps = batches(4);
    const whole = await train({ step, batches: steps, network: NETWORK });
    const { state } = await train({ step, batches: steps.slice(0, 2), network: NETWORK });
    const resumed = await train({ step, batches: steps.slice(2), from: { state, updates: 2 }, network: NETWORK });
    expect(differing(resumed.state, whole.state)).toEqual([]);
    expect(resumed.results).toEqual(whole.results.slice(2));
  });

  test('leaves the state it was given as it is', async () => {
    const state = initialState(NETWORK, { ...STEP, averageDecay: 0.9 }, WEIGHTS);
    const before = copyOf(state);
    await train({ step: { averageDecay: 0.9 }, network: NETWORK, from: { state, updates: 0 }, batches: batches(2) });
    expect(differing(state, before)).toEqual([]);
  });
});

describe('gradient clipping', () => {
  const plain = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
  // So large that the weights' own rounding does not show in how far they move.
  const rates = { encoder: 10, decoder: 10, classifier: 10 };

  test('scales all gradients to the given global norm', async () => {
    const free = await train({ step: { optimizer: plain }, rates });
    const norm = free.results[0]?.gradientNorm as number;
    const limit = norm / 4;
    const clipped = await train({ step: { optimizer: plain, clipNorm: limit }, rates });
    expect(clipped.results[0]?.gradientNorm).toBe(norm);
    const name = 'decoder.classifier.weight';
    const change = ({ state }: Trained): Float32Array =>
      data(state.weights, name).map((value, index) => value - (data(WEIGHTS, name)[index] as number));
    // PyTorch's clip_grad_norm_ adds 1e-6 to the norm.
    const scaled = change(free).map((value) => (value * limit) / (norm + 1e-6));
    expect(relativeDifference(change(clipped), scaled)).toBeLessThan(1e-5);
  });

  test('does nothing below that norm', async () => {
    const free = await train({ step: { optimizer: plain }, rates });
    const clipped = await train({ step: { optimizer: plain, clipNorm: 1000 }, rates });
    expect(differing(clipped.state, free.state)).toEqual([]);
  });
});

describe('the moving average', () => {
  test('takes 1 - decay of the new weights, more at the first updates', async () => {
    const step = { averageDecay: 0.5, batchNorm: 'trained' } as const;
    const steps = batches(2);
    const one = await train({ step, batches: steps.slice(0, 1) });
    const two = await train({ step, batches: steps });
    expect([emaDecayAt(0.5, 0), emaDecayAt(0.5, 1), emaDecayAt(0.5, 100)]).toEqual([0.1, 2 / 11, 0.5]);
    for (const name of ['decoder.classifier.weight', 'encoder.bn1.bias', 'encoder.bn1.running_var']) {
      const mix = (old: Float32Array, weights: Weights, decay: number): Float32Array =>
        old.map((value, index) => decay * value + (1 - decay) * (data(weights, name)[index] as number));
      const first = mix(data(WEIGHTS, name), one.state.weights, 0.1);
      expect(relativeDifference(data(one.state.average, name), first)).toBeLessThan(1e-6);
      const second = mix(first, two.state.weights, 2 / 11);
      expect(relativeDifference(data(two.state.average, name), second)).toBeLessThan(1e-6);
    }
  });

  test('holds what moves, and nothing if there is none', async () => {
    const { state } = await train({ step: { averageDecay: 0.5, frozen: ['encoder.*'] } });
    expect([...state.average.keys()].every((name) => name.startsWith('decoder.'))).toBe(true);
    expect((await train({})).state.average.size).toBe(0);
  });
});

describe('batch normalization', () => {
  const isStatistic = (name: string): boolean => /running_(mean|var)$/.test(name);
  const isNorm = (name: string): boolean => WEIGHTS.has(name.replace(/[^.]*$/, 'running_mean'));

  test('moves statistics, weight and bias where it is trained', async () => {
    const { state } = await train({ step: { batchNorm: 'trained' } });
    const expected = [...WEIGHTS.keys()].filter(isNorm);
    expect(expected.length).toBe(80);
    expect(movedNames(state.weights).filter(isNorm)).toEqual(expected);
  });

  test('moves weight and bias only where its statistics are frozen, and nothing where it is frozen', async () => {
    const statistics = await train({ step: { batchNorm: 'statistics-frozen' } });
    const moved = movedNames(statistics.state.weights).filter(isNorm);
    expect(moved.length).toBe(40);
    expect(moved.filter(isStatistic)).toEqual([]);
    const frozen = await train({ step: { batchNorm: 'frozen' } });
    expect(movedNames(frozen.state.weights).filter(isNorm)).toEqual([]);
    expect(movedNames(frozen.state.weights)).not.toEqual([]);
  });

  test('counts every micro-batch towards its statistics', async () => {
    const name = 'encoder.bn1.running_mean';
    const [first, second] = [batchOf(2, 1), batchOf(2, 2)];
    const both = await train({ step: { batchNorm: 'trained', accumulate: 2 }, batches: [[first, second]] });
    const still = { encoder: 0, decoder: 0, classifier: 0 };
    const one = { step: { batchNorm: 'trained' }, batches: [[first], [second]], rates: still } as const;
    const apartly = await train(one);
    expect(relativeDifference(data(both.state.weights, name), data(apartly.state.weights, name))).toBeLessThan(1e-5);
  });
});

describe('frozen layers', () => {
  test.each(['statistics-frozen', 'trained'] as const)('do not move by a bit, batch norm %s', async (batchNorm) => {
    const frozen = ['encoder.bn1.*', 'encoder.layer1.*', 'decoder.reduction.0.*'];
    const { state } = await train({ step: { frozen, batchNorm, averageDecay: 0.9 }, batches: batches(2) });
    const isFrozen = (name: string): boolean => /^(encoder\.(bn1|layer1)|decoder\.reduction\.0)\./.test(name);
    const moved = movedNames(state.weights);
    expect(moved.filter(isFrozen)).toEqual([]);
    const others = [...WEIGHTS.keys()].filter((name) => !isFrozen(name) && !/running_/.test(name));
    expect(moved.filter((name) => !/running_/.test(name)).length).toBeGreaterThan(0.9 * others.length);
    expect([...state.optimizer.keys()].filter((name) => isFrozen(name.replace('momentum:', '')))).toEqual([]);
  });
});

describe('weight decay', () => {
  test('leaves normalization and biases alone if asked', async () => {
    const optimizer = { ...STEP.optimizer, weightDecay: 0.5 } as StepDefinition['optimizer'];
    const none = await train({ step: { optimizer: { ...optimizer, weightDecay: 0 } } });
    const some = await train({ step: { optimizer, decayNormAndBias: false } });
    const all = await train({ step: { optimizer } });
    for (const name of ['encoder.bn1.weight', 'decoder.classifier.bias', 'decoder.classifier.weight']) {
      const [free, kept, decayed] = [none, some, all].map(({ state }) => data(state.weights, name)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      expect(sameBytes(decayed, free)).toBe(false);
      if (WEIGHTS.get(name)?.shape.length === 1) expect(sameBytes(kept, free)).toBe(true);
      else expect(sameBytes(kept, decayed)).toBe(true);
    }
  });
});

describe('dropout', () => {
  test('depends on the seed, and on nothing else', async () => {
    const [a, b, other] = await Promise.all([0, 0, 1].map((seed) => train({ network: NETWORK, seed })));
    expect(differing((a as Trained).state, (b as Trained).state)).toEqual([]);
    expect(other?.results[0]?.loss).not.toBe(a?.results[0]?.loss);
  });

  test('drops different elements in every micro-batch', async () => {
    const [batch] = apart(batchOf(1)) as [Batch];
    const once = await train({ network: NETWORK, batches: [[batch]] });
    const twice = await train({ network: NETWORK, step: { accumulate: 2 }, batches: [[batch, batch]] });
    expect(Math.abs((once.results[0]?.loss as number) - (twice.results[0]?.loss as number))).toBeGreaterThan(1e-6);
  });
});

describe('a step that fails', () => {
  const spoilt = (batch: PixelBatch, value: number): PixelBatch => {
    const pixels = batch.pixels.data.slice();
    pixels[5] = value;
    return { ...batch, pixels: { ...batch.pixels, data: pixels } };
  };

  test.each([
    ['one micro-batch', 1],
    ['two micro-batches', 2],
  ] as const)('on an image that is not a number says so and leaves the state as it was, %s', async (_, accumulate) => {
    const step: StepDefinition = { ...STEP, averageDecay: 0.9, batchNorm: 'trained', accumulate };
    const compiled = await createStep({
      network: WITHOUT_DROPOUT,
      step,
      shape: { batch: 2, height: SIZE, width: SIZE },
      backend,
      state: initialState(WITHOUT_DROPOUT, step, WEIGHTS),
    });
    const good = [batchOf(2, 1), batchOf(2, 2)].slice(0, accumulate);
    await compiled.run(good, { rates: RATES, updates: 0 }, [0]);
    const before = copyOf(compiled.state());
    const bad = [...good.slice(1), spoilt(good[0] as PixelBatch, Number.NaN)];
    await expect(compiled.run(bad, { rates: RATES, updates: 1 }, [0])).rejects.toThrow(
      /^The training step cannot go on: the loss is NaN.*\. Weights and optimizer are as before the step\. Lower the learning rate, clip the gradients, or look for damaged images\.$/,
    );
    expect(differing(compiled.state(), before)).toEqual([]);
    // And it goes on from there as if nothing had been.
    const after = await compiled.run(good, { rates: RATES, updates: 1 }, [0]);
    const reference = await train({
      step,
      batches: [good],
      from: { state: before, updates: 1 },
    });
    expect(after).toEqual(reference.results[0]);
    await compiled.dispose();
  });

  test('names batches of another size or number', async () => {
    await expect(train({ batches: [[batchOf(1)], [batchOf(2)]] })).rejects.toThrow(
      'The step was compiled for pixels [1, 3, 32, 32], got [2, 3, 32, 32].',
    );
    await expect(train({ step: { accumulate: 2 } })).rejects.toThrow('A step takes 2 micro-batches, got 1.');
  });
});

describe('a state of a former version', () => {
  test('is trained with a loss whose resolution has the name of former versions', async () => {
    const { resolution: _, ...others } = STEP.loss;
    const sampled = await train({ step: { loss: { ...others, resolution: 'sample-labels' } } });
    const former = await train({ step: { loss: { ...others, meeting: 'sample-labels' } as never } });
    expect(differing(former.state, sampled.state)).toEqual([]);
    expect(differing(former.state, (await train({})).state)).not.toEqual([]);
  });

  test('goes on from a state whose moments have the names of former versions', async () => {
    const optimizer = { name: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 } as const;
    const steps = batches(2);
    const { state } = await train({ step: { optimizer }, batches: steps.slice(0, 1) });
    const former = [...state.optimizer].map(([name, value]) => {
      expect(name).toMatch(/^exp_avg(_sq)?:/);
      return [name.replace('exp_avg_sq:', 'second:').replace('exp_avg:', 'first:'), value] as const;
    });
    const go = (given: TrainingState) =>
      train({ step: { optimizer }, batches: steps.slice(1), from: { state: given, updates: 1 } });
    const expected = await go(state);
    expect(differing((await go({ ...state, optimizer: new Map(former) })).state, expected.state)).toEqual([]);
    expect(differing(state, expected.state)).not.toEqual([]);
  });
});
