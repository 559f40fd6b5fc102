import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../errors.ts';
import {
  addToDimension,
  type Dimension,
  evaluateDimension,
  floorDivideDimension,
  multiplyDimension,
} from './dimension.ts';

type Step = { readonly add: number } | { readonly divide: number } | { readonly multiply: number };

const step = fc.oneof(
  fc.record({ add: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ divide: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ multiply: fc.integer({ min: 1, max: 5 }) }),
);

const follow = (start: Dimension, steps: readonly Step[]): Dimension =>
  steps.reduce((dimension, each) => {
    if ('add' in each) return addToDimension(dimension, each.add);
    if ('divide' in each) return floorDivideDimension(dimension, each.divide);
    return multiplyDimension(dimension, each.multiply);
  }, start);

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

  test('times an open one has the value of both', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 4 }),
        fc.array(step, { maxLength: 4 }),
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 999 }),
        (left, right, height, width) => {
          const product = multiplyDimension(follow('height', left), follow('width', right));
          const value = evaluateDimension(product, (name) => (name === 'height' ? height : width));
          expect(value).toBe((follow(height, left) as number) * (follow(width, right) as number));
        },
      ),
    );
  });

  test('is as it was when multiplied by one', () => {
    expect(multiplyDimension('height+1', 1)).toBe('height+1');
    expect(multiplyDimension(1, 'height+1')).toBe('height+1');
  });

  test('multiplied by a number is spelled alike from either side', () => {
    expect(multiplyDimension('batch', 64)).toBe('64*batch');
    expect(multiplyDimension(64, 'batch')).toBe('64*batch');
    expect(multiplyDimension(4, 'height-1')).toBe(multiplyDimension('height-1', 4));
  });
});

describe('evaluating an extent', () => {
  test('gives the value that the same steps give a known one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 5000 }), (steps, height) => {
        expect(evaluateDimension(follow('height', steps), () => height)).toBe(follow(height, steps));
      }),
    );
  });

  test('asks for each name', () => {
    const extents: Readonly<Record<string, number>> = { floors: 3, image_height: 5, n: 2 };
    const extentOf = (name: string): number => extents[name] ?? Number.NaN;
    expect(evaluateDimension('floors+1', extentOf)).toBe(4);
    expect(evaluateDimension('n*(floor((image_height+1)/2)-1)', extentOf)).toBe(4);
  });

  test('gives a number as it is', () => {
    expect(evaluateDimension(7, () => Number.NaN)).toBe(7);
  });

  test.each(['', '+', 'height+', 'height width', '(height', 'height)', 'floor', 'height%2', 'height+1?', '3height'])(
    'refuses what is no expression: "%s"',
    (text) => {
      expect(() => evaluateDimension(text, () => 5)).toThrow(ShapeError);
    },
  );

  test('says what is wrong', () => {
    expect(() => evaluateDimension('(height', () => 5)).toThrow('(height has a bracket that does not close.');
    expect(() => evaluateDimension('height%2', () => 5)).toThrow('height%2 is no expression of extents.');
  });
});
