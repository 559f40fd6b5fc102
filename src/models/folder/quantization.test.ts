import { expect, test } from 'vitest';
import { FormatError } from '../../errors.ts';
import { fromQuantizationFile, toQuantizationFile } from './quantization.ts';

const ranges = new Map([
  ['pixel_values', { minimum: -2.1, maximum: 2.6 }],
  ['__proto__', { minimum: 0, maximum: 6 }],
]);

test('ranges come back as they were, whatever their names', () => {
  const file = JSON.parse(JSON.stringify(toQuantizationFile(ranges, 32)));
  expect(file.calibration).toEqual({ images: 32 });
  expect(fromQuantizationFile(file)).toEqual(ranges);
});

test.each([
  ['no object', 7, 'the whole: '],
  ['no ranges', { calibration: { images: 1 }, activations: [] }, 'activations: '],
  [
    'a range that is none',
    { calibration: { images: 1 }, activations: [{ name: 'a', minimum: null, maximum: 1 }] },
    'activations.0.minimum: ',
  ],
  [
    'a range upside down',
    { calibration: { images: 1 }, activations: [{ name: 'a', minimum: 2, maximum: 1 }] },
    'a: the minimum 2 is above the maximum 1. ',
  ],
])('a file with %s is refused, naming what is wrong', (_, json, problem) => {
  expect(() => fromQuantizationFile(json, 'm/quantization.json')).toThrow(FormatError);
  expect(() => fromQuantizationFile(json, 'm/quantization.json')).toThrow(
    `m/quantization.json does not hold ranges of activations: ${problem}`,
  );
});
