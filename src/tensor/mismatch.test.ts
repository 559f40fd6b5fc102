import { describe, expect, test } from 'vitest';
import { describeMismatches, mismatchOf } from './mismatch.ts';

const layers = (count: number, place = 'encoder.layer1') =>
  Array.from({ length: count }, (_, index) => `${place}.${index}.weight`);

describe('tensors that do not fit', () => {
  test('are all named while they are few', () => {
    const message = describeMismatches(
      'file.pth',
      layers(12).map((name) => ({ kind: 'missing', name, detail: '[1]' })),
      'Mend it.',
    );
    expect(message.match(/layer1\.\d+\.weight \[1\]/g)).toHaveLength(12);
    expect(message).toMatch(/^file\.pth: 12 tensors do not fit the network\.\nMissing, 12:\n {2}encoder/);
    expect(message).toMatch(/\nMend it\.$/);
  });

  test('have what is common to many told once, the first of them named and the rest counted', () => {
    const message = describeMismatches(
      'The weights',
      layers(350, 'encoder').map((name) => ({ kind: 'dtype', name, detail: 'float16 -> float32' })),
      'Mend it.',
    );
    expect(message.split('\n')).toEqual([
      'The weights: 350 tensors do not fit the network.',
      'Of another type (found -> expected), 350, all float16 -> float32, all in encoder:',
      `  ${layers(6, 'encoder').join('; ')};`,
      `  ${layers(12, 'encoder').slice(6).join('; ')};`,
      '  and 338 more',
      'Mend it.',
    ]);
  });

  test('have no place in common where one lies elsewhere', () => {
    const names = [...layers(20), 'decoder.weight'];
    const message = describeMismatches(
      'The weights',
      names.map((name, index) => ({ kind: 'shape', name, detail: `[${index}] -> [1]` })),
      '',
    );
    expect(message).toContain('Of another shape (found -> expected), 21:\n  encoder.layer1.0.weight [0] -> [1];');
  });

  test('stay within a readable width, and cannot speak to a terminal', () => {
    const message = describeMismatches(
      'The weights',
      ['\u001b[2J', 'x'.repeat(300), ...layers(30)].map((name) => ({ kind: 'unexpected', name, detail: '[3, 3]' })),
      '',
    );
    expect(message).toContain('Not part of the network, 32, all [3, 3]:\n  "\\u001b[2J";');
    const lines = message.split('\n').filter((line) => !line.includes('xxx'));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(112);
    expect(message).toContain(`${'x'.repeat(200)}...`);
  });

  test('are found by name, shape and type', () => {
    const expected = { dtype: 'float32', shape: [2, 3] } as const;
    expect(mismatchOf('a', expected, expected)).toBeNull();
    expect(mismatchOf('a', undefined, expected)).toEqual({ kind: 'missing', name: 'a', detail: '[2, 3]' });
    expect(mismatchOf('a', { ...expected, shape: [3] }, expected)?.detail).toBe('[3] -> [2, 3]');
    expect(mismatchOf('a', { ...expected, dtype: 'float16' }, expected)?.detail).toBe('float16 -> float32');
  });
});
