import { expect, test } from 'vitest';
import type { TransformRecipe } from '../data/transforms/index.ts';
import { adjusted, resizedFirst, resizeSteps } from './augmentation.ts';

const RECIPE: TransformRecipe = [
  { transform: 'scale', factors: [0.7, 1], shortSide: 200 },
  { transform: 'color-jitter', brightness: 0.3 },
  { transform: 'crop', size: 64 },
];

test('nothing asked, nothing changed', () => {
  expect(adjusted(RECIPE, {})).toEqual(RECIPE);
});

test('a range takes the place of factors, and the rest of the step stays', () => {
  expect(adjusted(RECIPE, { scale: [0.5, 2] })[0]).toEqual({ transform: 'scale', range: [0.5, 2], shortSide: 200 });
  expect(() => adjusted([{ transform: 'flip' }], { scale: [0.5, 2] })).toThrow('resizes no image at random');
});

test('crops are cut by what is asked, and keep their size', () => {
  expect(adjusted(RECIPE, { cropBy: 'class' })).toEqual([
    RECIPE[0],
    RECIPE[1],
    { transform: 'crop', size: 64, by: 'class' },
  ]);
  const byClass: TransformRecipe = [{ transform: 'crop', size: 64, by: 'class' }];
  expect(adjusted(byClass, { cropBy: 'random' })).toEqual([{ transform: 'crop', size: 64, by: 'random' }]);
  expect(adjusted(byClass, {})).toEqual(byClass);
  expect(() => adjusted([{ transform: 'flip' }], { cropBy: 'class' })).toThrow('cuts no crops');
});

test('colors change by what is asked, once, after everything else, or not at all', () => {
  expect(adjusted(RECIPE, { colorJitter: { saturation: 0.5, hue: 0.1 } }).slice(1)).toEqual([
    { transform: 'crop', size: 64 },
    { transform: 'color-jitter', saturation: 0.5, hue: 0.1 },
  ]);
  expect(adjusted(RECIPE, { colorJitter: null }).map(({ transform }) => transform)).toEqual(['scale', 'crop']);
});

test('images come to the size of the model first, in place of another size', () => {
  const shorter: TransformRecipe = [{ transform: 'short-side', min: 385, max: 385 }];
  expect(resizeSteps(null)).toEqual([]);
  expect(resizedFirst(RECIPE, null, { shortestEdge: 385 })).toEqual([...shorter, ...RECIPE]);
  expect(resizedFirst([...shorter, ...RECIPE], { shortestEdge: 385 }, { width: 64, height: 48 })).toEqual([
    { transform: 'resize', width: 64, height: 48 },
    ...RECIPE,
  ]);
  expect(resizedFirst([...shorter, ...RECIPE], { shortestEdge: 385 }, null)).toEqual(RECIPE);
  expect(resizeSteps({ longestEdge: 513 })).toEqual([{ transform: 'long-side', min: 513, max: 513 }]);
  // An augmentation that was given whole had no such steps.
  expect(resizedFirst(RECIPE, { shortestEdge: 385 }, null)).toEqual(RECIPE);
});
