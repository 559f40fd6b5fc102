import { describe, expect, test } from 'vitest';
import { type Initializer, type Parameter, parameter } from '../graph/value.ts';
import { initialize } from './initialize.ts';

const parameters = (initializers: Record<string, Initializer>, size = 20_000): Map<string, Parameter> =>
  new Map(Object.entries(initializers).map(([name, of]) => [name, parameter(name, [size / 2, 2], of)]));

const numbers = (weights: ReturnType<typeof initialize>, name: string): number[] =>
  Array.from(weights.get(name)?.data as Float32Array);

const variance = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value ** 2, 0) / values.length;

describe('fresh weights', () => {
  const drawn = initialize(
    parameters({
      constant: { kind: 'constant', value: 0.25 },
      normal: { kind: 'normal', std: 0.01 },
      uniform: { kind: 'uniform', bound: 3 },
    }),
    1,
  );

  test('have the shapes of their parameters, in float32', () => {
    expect([...drawn.values()].map(({ dtype, shape }) => [dtype, shape])).toEqual(
      Array.from({ length: 3 }, () => ['float32', [10_000, 2]]),
    );
  });

  test('follow their distributions', () => {
    expect(new Set(numbers(drawn, 'constant'))).toEqual(new Set([0.25]));
    expect(variance(numbers(drawn, 'normal')) / 0.01 ** 2).toBeCloseTo(1, 1);
    const uniform = numbers(drawn, 'uniform');
    expect(variance(uniform) / 3).toBeCloseTo(1, 1);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(3);
    expect(uniform.reduce((sum, value) => sum + value, 0) / uniform.length).toBeCloseTo(0, 1);
  });

  test('depend on seed and name, not on what else is drawn', () => {
    const normal: Initializer = { kind: 'normal', std: 1 };
    const [ab, ba, other] = [
      initialize(parameters({ a: normal, b: normal }, 8), 1),
      initialize(parameters({ b: normal, a: normal }, 8), 1),
      initialize(parameters({ a: normal, b: normal }, 8), 2),
    ] as const;
    expect(ab.get('a')).toEqual(ba.get('a'));
    expect(ab.get('a')).not.toEqual(ab.get('b'));
    expect(ab.get('a')).not.toEqual(other.get('a'));
  });

  test('are drawn only for the names asked for', () => {
    const normal: Initializer = { kind: 'normal', std: 1 };
    expect([...initialize(parameters({ a: normal, b: normal }, 8), 1, (name) => name === 'b').keys()]).toEqual(['b']);
  });
});
