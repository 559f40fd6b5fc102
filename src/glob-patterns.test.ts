import { expect, test } from 'vitest';
import { globMatcher } from './glob-patterns.ts';

const NAMES = ['encoder.layer1.0.conv1.weight', 'decoder.conv1.bias'];

test('a pattern takes dots as they are and * as anything', () => {
  expect(globMatcher(['encoder.layer1.*'], NAMES, 'parameter')('encoder.layer1.0.conv1.weight')).toBe(true);
  expect(globMatcher(['*conv1*'], NAMES, 'parameter')('decoder.conv1.bias')).toBe(true);
  expect(globMatcher(['encoder.layer1.*'], NAMES, 'parameter')('encoder.layer10.0.conv1.weight')).toBe(false);
  expect(globMatcher(['*.bias', '*.weight'], NAMES, 'parameter')('encoder-bias')).toBe(false);
});

test('a pattern that fits nothing is probably misspelled', () => {
  expect(() => globMatcher(['encodr.*', 'layer1.*', 'decoder.*'], NAMES, 'parameter')).toThrow(
    'The pattern "encodr.*", "layer1.*" fits no parameter. Names look like encoder.layer1.0.conv1.weight; * stands for anything.',
  );
});
