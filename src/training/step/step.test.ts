import { describe, expect, test } from 'vitest';
import { batchOf, movedNames, NETWORK, SIZE, STEP, train, WEIGHTS } from '../../../test/support/small-step.ts';
import { tensor } from '../../tensor/tensor.ts';
import { initialState } from './state.ts';
import type { StepResult } from './types.ts';

describe('a training step', () => {
  test('reports loss, gradient norm and accuracy, and lowers the loss', async () => {
    const batch = batchOf(2);
    batch.labels.data.fill(1);
    const { results } = await train({ batches: Array.from({ length: 12 }, () => [batch]) });
    const [first, last] = [results[0] as StepResult, results.at(-1) as StepResult];
    expect(first.pixels).toBe(2 * SIZE * SIZE);
    expect(first.gradientNorm).toBeGreaterThan(0);
    expect(last.loss).toBeLessThan(0.5 * first.loss);
    expect(last.correct / last.pixels).toBeGreaterThan(0.9);
  });

  test('takes each group with its own rate', async () => {
    const { state } = await train({ rates: { encoder: 0, decoder: 0.1, classifier: 0 } });
    const moved = movedNames(state.weights);
    expect(moved.length).toBeGreaterThan(10);
    expect(moved.every((name) => name.startsWith('decoder.') && !name.startsWith('decoder.classifier.'))).toBe(true);
  });
});

describe('a step that fails', () => {
  test('names labels that are no classes', async () => {
    const batch = batchOf(2);
    batch.labels.data[7] = 9;
    await expect(train({ batches: [[batch]] })).rejects.toThrow(
      "The labels hold 9, but the network has the classes 0 to 2, and 255 is ignored. Map the data set's ids to the classes.",
    );
  });

  test('names all that does not fit of a state', async () => {
    const state = initialState(NETWORK, STEP, WEIGHTS);
    const optimizer = new Map(state.optimizer);
    optimizer.delete('momentum:decoder.classifier.weight');
    optimizer.set('momentum:decoder.classifier.bias', tensor('float32', [2], new Float32Array(2)));
    await expect(train({ from: { state: { ...state, optimizer }, updates: 0 } })).rejects.toThrow(
      /^The state's optimizer tensors: 2 tensors do not fit the network\.\nMissing, 1:\n {2}momentum:decoder\.classifier\.weight .*\n.*\n {2}momentum:decoder\.classifier\.bias \[2\] -> \[3\]\n/,
    );
  });

  test('names all that is outside its range of a definition', async () => {
    await expect(train({ step: { accumulate: 0, clipNorm: -1, averageDecay: 1 } })).rejects.toThrow(
      'The training step does not fit: accumulate is a whole number of at least 1, got 0; clipNorm is positive, got -1; averageDecay is from 0 up to, not including, 1, got 1.',
    );
    const optimizer = { name: 'sgd', momentum: 1, nesterov: false, weightDecay: -1 } as const;
    await expect(train({ step: { optimizer } })).rejects.toThrow(
      'The optimizer sgd does not fit: momentum is from 0 up to, not including, 1, got 1; weightDecay is not negative, got -1.',
    );
    await expect(train({ step: { optimizer: { ...optimizer, momentum: 0, nesterov: true } } })).rejects.toThrow(
      'nesterov needs a momentum.',
    );
  });
});
