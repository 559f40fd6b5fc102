import { describe, expect, test } from 'vitest';
import {
  apart,
  backend,
  batchOf,
  copyOf,
  data,
  difference,
  differing,
  RATES,
  SIZE,
  STEP,
  type Trained,
  train,
  WEIGHTS,
  WITHOUT_DROPOUT,
} from '../../../test/support/small-step.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import { addSums } from './gradient-sums.ts';
import { initialState } from './state.ts';
import { createStep } from './step.ts';
import type { PixelBatch, StepDefinition, StepResult } from './types.ts';

describe('gradients and update apart', () => {
  const step: StepDefinition = {
    ...STEP,
    loss: {
      ...STEP.loss,
      terms: [
        { name: 'cross-entropy', weight: 1 },
        { name: 'focal', weight: 0.5 },
      ],
      classWeights: [0.3, 1, 4],
    },
    optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
    averageDecay: 0.9,
    clipNorm: 0.5,
  };
  // The first image keeps a tenth of its pixels, the second all of them, of other classes.
  const uneven = (): PixelBatch => {
    const batch = batchOf(2, 5);
    for (let pixel = 0; pixel < SIZE * SIZE; pixel++) if (pixel % 10 !== 0) batch.labels.data[pixel] = 255;
    for (let pixel = 0; pixel < SIZE * SIZE; pixel += 2) batch.labels.data[SIZE * SIZE + pixel] = 2;
    return batch;
  };
  const scalars = { rates: RATES, updates: 0 };
  const stepFor = (
    batch: number,
    { reduction = 'sum' }: { reduction?: 'mean' | 'sum' } = {},
    changes: Partial<StepDefinition> = {},
  ) =>
    createStep({
      network: WITHOUT_DROPOUT,
      step: { ...step, ...changes },
      shape: { batch, height: SIZE, width: SIZE },
      backend,
      state: initialState(WITHOUT_DROPOUT, { ...step, ...changes }, WEIGHTS),
      session: { threads: 1 },
      reduction,
    });
  /** One step on the whole of a batch, as it has always been. */
  const whole = () => train({ step, batches: [[uneven()]] });

  /** One update of sums: its result, and the state after it. */
  const applied = async (batch: number, sums: Parameters<typeof addSums>): Promise<Trained> => {
    const compiled = await stepFor(batch);
    const results = [await compiled.apply(addSums(...sums), scalars)];
    const state = copyOf(compiled.state());
    await compiled.dispose();
    return { results, state };
  };

  test('of two halves in which unlike many pixels are ignored are those of the whole, clipped', async () => {
    const compiled = await stepFor(1);
    const halves = [];
    for (const half of apart(uneven())) halves.push(await compiled.gradients([half], [0]));
    expect(differing(compiled.state(), initialState(WITHOUT_DROPOUT, step, WEIGHTS))).toEqual([]);
    await compiled.dispose();
    const [first, second] = halves as Parameters<typeof addSums>;
    expect(second.weight / first.weight).toBeGreaterThan(5);
    const summed = await applied(1, [first, second]);
    const expected = await whole();
    const [{ loss, gradientNorm, ...counts }] = summed.results as [StepResult];
    const [{ loss: wholeLoss, gradientNorm: norm, ...wholeCounts }] = expected.results as [StepResult];
    expect(norm).toBeGreaterThan(2 * (step.clipNorm as number));
    expect(loss / wholeLoss).toBeCloseTo(1, 5);
    expect(gradientNorm / norm).toBeCloseTo(1, 5);
    expect(counts).toEqual(wholeCounts);
    expect(difference(summed.state, expected.state)).toBeLessThan(1e-5);
    // Without weights it is another mean: the figures above would tell.
    const evenly = await applied(1, [first, { ...second, weight: first.weight }]);
    expect(Math.abs((evenly.results[0] as StepResult).loss / wholeLoss - 1)).toBeGreaterThan(0.1);
  });

  test('one after the other are a step to the bit, of a mean and of a sum', async () => {
    for (const reduction of ['mean', 'sum'] as const) {
      const [compiled, other] = await Promise.all([stepFor(2, { reduction }), stepFor(2, { reduction })]);
      const result = await compiled.run([uneven()], scalars, [0]);
      expect(await other.apply(await other.gradients([uneven()], [0]), scalars)).toEqual(result);
      expect(differing(other.state(), compiled.state())).toEqual([]);
      await Promise.all([compiled.dispose(), other.dispose()]);
    }
  });

  test('with a machine whose every pixel is ignored are those of the others to the bit', async () => {
    const compiled = await stepFor(2);
    const own = await compiled.gradients([uneven()], [0]);
    const nothing = uneven();
    nothing.labels.data.fill(255);
    const empty = await compiled.gradients([nothing], [0]);
    expect([empty.weight, empty.loss + 0, empty.pixels]).toEqual([0, 0, 0]);
    const result = await compiled.apply(own, scalars);
    const both = await applied(2, [own, empty]);
    expect(both.results).toEqual([result]);
    expect(differing(both.state, compiled.state())).toEqual([]);
    await compiled.dispose();
  });

  test('take the mean of the running statistics of both machines', async () => {
    const changes = { batchNorm: 'trained', averageDecay: null } as const;
    const compiled = await stepFor(2, {}, changes);
    const name = 'encoder.bn1.running_mean';
    const [a, b] = [await compiled.gradients([batchOf(2, 1)], [0]), await compiled.gradients([batchOf(2, 2)], [0])];
    await compiled.apply(addSums(a, b), scalars);
    const mean = a.statistics[name]?.map((value, index) => (value + (b.statistics[name]?.[index] as number)) / 2);
    expect(relativeDifference(data(compiled.state().weights, name), mean as Float32Array)).toBeLessThan(1e-6);
    await compiled.dispose();
  });

  test('cannot be added for two networks', async () => {
    const sums = { loss: 1, weight: 1, pixels: 1, correct: 1, parts: 1, norm: null, statistics: {} };
    const of = (length: number) => ({ ...sums, gradients: { 'decoder.a': new Float32Array(length) } });
    expect(() => addSums(of(2), of(3))).toThrow(
      'The gradients of two machines do not fit: decoder.a has 2 and 3 numbers. Train the same network on both.',
    );
    expect(() => addSums(of(2), { ...sums, gradients: {} })).toThrow('decoder.a has 2 and no numbers.');
  });

  test('not finite on one machine end the step of both, with the state as it was', async () => {
    const compiled = await stepFor(1);
    const [good] = apart(uneven()) as [PixelBatch];
    const sums = await compiled.gradients([good], [0]);
    await expect(compiled.apply(addSums(sums, { ...sums, loss: Number.NaN }), scalars)).rejects.toThrow(
      'The training step cannot go on: the loss is NaN.',
    );
    expect(differing(compiled.state(), initialState(WITHOUT_DROPOUT, step, WEIGHTS))).toEqual([]);
    await compiled.dispose();
  });
});
