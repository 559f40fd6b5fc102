import { describe, expect, test } from 'vitest';
import { float32 } from '../tensor/tensor.ts';
import { ProbabilityMean } from './probability-mean.ts';

describe('the mean of probabilities', () => {
  test('takes the class whose sum is the largest, the first of equal ones', () => {
    const mean = new ProbabilityMean(3, 2, 1);
    mean.add(float32([3, 1, 2], [0.5, 0.3, 0.4, 0.3, 0.1, 0.4]), 'a');
    mean.add(float32([3, 1, 2], [0.1, 0.3, 0.6, 0.4, 0.3, 0.3]), 'b');
    const { width, height, data } = mean.labels();
    expect([width, height, [...data]]).toEqual([2, 1, [1, 1]]);
  });

  test('of one is that one', () => {
    const mean = new ProbabilityMean(2, 3, 1);
    mean.add(float32([2, 1, 3], [0.9, 0.5, 0.2, 0.1, 0.5, 0.8]), 'a');
    expect([...mean.labels().data]).toEqual([0, 0, 1]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, of whichever class', (value) => {
    for (const probabilities of [
      [value, 0.5, 0.2, 0.5],
      [0.5, 0.5, 0.2, value],
    ]) {
      const mean = new ProbabilityMean(2, 2, 1);
      expect(() => mean.add(float32([2, 1, 2], probabilities), 'b.npy')).toThrow(
        'b.npy: not all probabilities are finite numbers. Save them again, by a model whose numbers do not overflow.',
      );
    }
  });

  test.each([[[3, 2, 1]], [[2, 3]], [[2, 1, 2]]])('refuses the shape %j', (shape) => {
    const mean = new ProbabilityMean(3, 2, 1);
    const data = new Float32Array(shape.reduce((product, extent) => product * extent));
    expect(() => mean.add(float32(shape, data), 'b.npy')).toThrow(
      /^b\.npy: the probabilities have the shape \[.*\], but \[classes, height, width\] is \[3, 1, 2\] here\. Save them/,
    );
  });
});
