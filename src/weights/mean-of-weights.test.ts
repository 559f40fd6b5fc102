import { expect, test } from 'vitest';
import { UsageError, WeightsError } from '../errors.ts';
import { halfWeights } from '../tensor/float16.ts';
import { float32, int64, type Tensor } from '../tensor/tensor.ts';
import { meanOfWeights } from './mean-of-weights.ts';

const weightsOf = (...numbers: readonly number[]) =>
  new Map<string, Tensor>([
    ['conv.weight', float32([numbers.length], Float32Array.from(numbers))],
    ['bn.num_batches_tracked', int64([], [numbers[0] as number])],
  ]);

test('each number is the mean, whatever floating-point type the files have', () => {
  const mean = meanOfWeights([weightsOf(1, -3), halfWeights(weightsOf(2, 0.5)), weightsOf(6, 1)]);
  expect(mean.get('conv.weight')).toEqual(float32([2], Float32Array.of(3, -0.5)));
  expect(mean.get('bn.num_batches_tracked')).toEqual(int64([], [1]));
});

test('the mean of one training is it, in float32', () => {
  expect(meanOfWeights([halfWeights(weightsOf(1, 2))])).toEqual(weightsOf(1, 2));
});

test('trainings of different networks are refused, with what differs', () => {
  const [one, other] = [
    weightsOf(1, 2),
    new Map([...weightsOf(1, 2, 3), ['head.bias', float32([1], Float32Array.of(0))]] as const),
  ];
  expect(() => meanOfWeights([one, weightsOf(1, 2), other])).toThrow(WeightsError);
  expect(() => meanOfWeights([one, weightsOf(1, 2), other])).toThrow(
    /^weights 3: 2 tensors do not fit the network\.[\s\S]*head\.bias[\s\S]*conv\.weight[\s\S]*common beginning/,
  );
  expect(() => meanOfWeights([])).toThrow(UsageError);
});
