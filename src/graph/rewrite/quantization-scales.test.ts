import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32 } from '../../tensor/tensor.ts';
import { activationScale, weightScales, wholeBias, wholeWeights } from './quantization-scales.ts';

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });

test('an activation in its range is off by half a step at most, and 0 is exact', () => {
  fc.assert(
    fc.property(finite, finite, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, at) => {
      const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
      const { scale, zero } = activationScale({ minimum, maximum });
      const back = (value: number): number =>
        scale * (Math.min(255, Math.max(0, Math.round(value / scale) + zero)) - zero);
      expect(back(0)).toBe(0);
      const value = minimum + at * (maximum - minimum);
      // The zero point is rounded as well, which may cost the range's end another half.
      expect(Math.abs(back(value) - value)).toBeLessThanOrEqual(scale * (1 + 1e-5));
    }),
  );
});

test('a range of nothing but 0 has a scale that can be divided by', () => {
  const { scale, zero } = activationScale({ minimum: 0, maximum: 0 });
  expect(Number.isFinite(1 / scale) && scale > 0).toBe(true);
  expect(zero).toBe(0);
});

test('each output channel of a weight has its own scale', () => {
  const weight = float32([3, 2, 1, 1], [1, -0.5, 100, 50, 0, 0]);
  const scales = weightScales(weight, null);
  const whole = wholeWeights(weight, scales);
  expect([...whole]).toEqual([64, -32, 64, 32, 0, 0]);
  expect(scales[1]).toBe(100 / 64);
});

test('products of two whole weights and activations fit 16 bits, which older CPUs sum them in', () => {
  const weight = float32([1, 2, 1, 1], [3, -3]);
  const [first, second] = wholeWeights(weight, weightScales(weight, null)) as unknown as [number, number];
  expect(255 * (Math.abs(first) + Math.abs(second))).toBeLessThan(2 ** 15);
});

test('a bias that is much larger than its weights stays inside int32', () => {
  const weight = float32([2, 1, 1, 1], [1e-12, 1]);
  const bias = float32([2], [5, 0.5]);
  const inputScale = 0.01;
  const scales = weightScales(weight, { bias, inputScale });
  const products = scales.map((scale) => scale * inputScale);
  const whole = wholeBias(bias, products);
  expect(whole[0] as number).toBeLessThanOrEqual(2 ** 30 * 1.0001);
  for (const [channel, product] of products.entries()) {
    expect((whole[channel] as number) * product).toBeCloseTo(bias.data[channel] as number, 5);
  }
});
