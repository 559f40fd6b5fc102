import { describe, expect, test } from 'vitest';
import { WeightsError } from '../errors.ts';
import { type Parameter, parameter } from '../graph/value.ts';
import { float32, int64, type Tensor, tensor } from '../tensor/tensor.ts';
import { fitWeights } from './fit.ts';

const parameters: ReadonlyMap<string, Parameter> = new Map(
  Object.entries({ a: [2], b: [1, 2], c: [2] }).map(([name, shape]) => [
    name,
    parameter(name, shape, { kind: 'constant', value: 0 }),
  ]),
);

const pair = (...values: number[]): Tensor => float32([2], values);

describe('fitting weights', () => {
  test('gives the tensors in the order of the parameters, without a copy', () => {
    const given = new Map([
      ['c', pair(1, 2)],
      ['b', float32([1, 2], [3, 4])],
      ['a', pair(5, 6)],
    ]);
    const fitted = fitWeights(given, parameters);
    expect([...fitted.keys()]).toEqual(['a', 'b', 'c']);
    expect(fitted.get('a')).toBe(given.get('a'));
  });

  test('converts float64 and float16 to float32', () => {
    const fitted = fitWeights(
      new Map<string, Tensor>([
        ['a', tensor('float64', [2], Float64Array.of(0.1, -2))],
        ['b', tensor('float16', [1, 2], Uint16Array.of(0x3c00, 0x8001))],
        ['c', pair(0, 0)],
      ]),
      parameters,
    );
    expect(fitted.get('a')).toEqual(float32([2], [0.1, -2]));
    expect(fitted.get('b')).toEqual(float32([1, 2], [1, -(2 ** -24)]));
  });

  test('says everything that is wrong at once', () => {
    const given = new Map<string, Tensor>([
      ['b', float32([2, 1], [1, 2])],
      ['c', int64([2], [1, 2])],
      ['extra.weight', float32([3], [1, 2, 3])],
      ['\u001b[2J', pair(1, 2)],
    ]);
    expect(() => fitWeights(given, parameters, { subject: 'file.pth' })).toThrow(
      new WeightsError(
        [
          'file.pth: 5 tensors do not fit the network.',
          'Missing, 1:',
          '  a [2]',
          'Not part of the network, 2:',
          '  extra.weight [3]; "\\u001b[2J" [2]',
          'Of another shape (found -> expected), 1:',
          '  b [2, 1] -> [1, 2]',
          'Not of a floating-point type, 1:',
          '  c int64',
          'Check that the weights and the architecture belong together.',
        ].join('\n'),
      ),
    );
  });

  test.each([
    ['NaN', pair(1, Number.NaN), 'NaN at element 1'],
    ['an infinity', pair(Number.NEGATIVE_INFINITY, 1), '-Infinity at element 0'],
    ['a float64 number beyond float32', tensor('float64', [2], Float64Array.of(0, 1e300)), 'Infinity at element 1'],
    ['a float16 infinity', tensor('float16', [2], Uint16Array.of(0x7c00, 0)), 'Infinity at element 0'],
  ])('refuses %s with its place', (_, value, place) => {
    const given = new Map([
      ['a', value],
      ['b', float32([1, 2], [0, 0])],
      ['c', pair(0, 0)],
    ] as const);
    expect(() => fitWeights(given, parameters)).toThrow(
      `The weights: 1 tensor does not fit the network.\nNot finite in float32, 1:\n  a ${place}\n`,
    );
  });

  test('neither wants nor refuses ignored names', () => {
    const given = new Map([
      ['a', pair(1, 2)],
      ['extra', pair(1, 2)],
    ] as const);
    const fitted = fitWeights(given, parameters, { ignore: (name) => name !== 'a' });
    expect([...fitted.keys()]).toEqual(['a']);
  });

  test('ends with the advice asked for', () => {
    expect(() =>
      fitWeights(new Map(), parameters, { advise: (mismatches) => `Mend ${mismatches.map(({ name }) => name)}.` }),
    ).toThrow(/\nMend a,b,c\.$/);
  });
});
