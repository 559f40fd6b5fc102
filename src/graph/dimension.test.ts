import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToDimension, type Dimension, floorDivideDimension } from './dimension.ts';

type Step = { readonly add: number } | { readonly divide: number };

const step = fc.oneof(
  fc.record({ add: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ divide: fc.integer({ min: 1, max: 5 }) }),
);

const follow = (start: Dimension, steps: readonly Step[]): Dimension =>
  steps.reduce(
    (dimension, each) =>
      'add' in each ? addToDimension(dimension, each.add) : floorDivideDimension(dimension, each.divide),
    start,
  );

/** Evaluates an expression's text for a height. */
const evaluate = (expression: Dimension, height: number): number =>
  typeof expression === 'number'
    ? expression
    : (new Function('height', 'floor', `return ${expression}`)(height, Math.floor) as number);

describe('an open extent', () => {
  test('has the value that the same steps give a known one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 5000 }), (steps, height) => {
        expect(evaluate(follow('height', steps), height)).toBe(follow(height, steps));
      }),
    );
  });

  test('is spelled alike for every kernel that halves', () => {
    const halved = [
      { kernel: 7, padding: 3 },
      { kernel: 3, padding: 1 },
      { kernel: 1, padding: 0 },
    ].map(({ kernel, padding }) =>
      addToDimension(floorDivideDimension(addToDimension('height', 2 * padding - kernel), 2), 1),
    );
    expect(new Set(halved)).toEqual(new Set(['floor((height+1)/2)']));
  });

  test('loses an offset of zero', () => {
    expect(addToDimension(addToDimension('width', 3), -3)).toBe('width');
  });
});
