import { expect, test } from 'vitest';
import { labelMap } from '../../../image/label-map.ts';
import { labelSmoother } from './smooth-labels.ts';

/** What one pixel shows after each frame. */
function shown(frames: number, predicted: readonly number[]): number[] {
  const smooth = labelSmoother(frames);
  return predicted.map((id) => smooth(labelMap(1, 1, Uint8Array.of(id))).data[0] as number);
}

test('a pixel takes another class once it was predicted so often in a row', () => {
  expect(shown(3, [1, 2, 1, 2, 2, 1, 2, 2, 2, 2, 1])).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
});

test('two other classes by turns change nothing', () => {
  expect(shown(2, [1, 2, 3, 2, 3, 3])).toEqual([1, 1, 1, 1, 1, 3]);
});

test('with one frame nothing is smoothed', () => {
  expect(shown(1, [1, 2, 1])).toEqual([1, 2, 1]);
});

test('each frame keeps labels of its own', () => {
  const smooth = labelSmoother(2);
  const first = smooth(labelMap(1, 1, Uint8Array.of(1)));
  const frames = [2, 2, 2].map((id) => smooth(labelMap(1, 1, Uint8Array.of(id))));
  expect([first, ...frames].map(({ data }) => data[0])).toEqual([1, 1, 2, 2]);
});
