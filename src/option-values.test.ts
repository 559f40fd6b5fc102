import { expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { wholeNumber } from './option-values.ts';

test.each(['', ' ', '0x2', '1e3', '+1', '-1', '1.0', ' 1', '１'])('%j is no whole number', (text) => {
  expect(() => wholeNumber('--port', 0)(text)).toThrow(
    new UsageError(`--port takes a whole number of at least 0, got "${text}".`),
  );
});

test('a whole number is one of digits, within its bounds', () => {
  expect(['0', '007', '65535'].map(wholeNumber('--port', 0, 65535))).toEqual([0, 7, 65535]);
  expect(() => wholeNumber('--port', 0, 65535)('65536')).toThrow('--port takes a whole number from 0 to 65535');
  expect(() => wholeNumber('--seed', 0)('99999999999999999999')).toThrow(UsageError);
});
