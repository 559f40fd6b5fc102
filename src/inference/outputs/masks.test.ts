import { expect, test } from 'vitest';
import { labelMap } from '../../image/label-map.ts';
import { masks } from './masks.ts';

test('a class that is asked for twice has one mask', () => {
  const labels = labelMap(2, 1, Uint8Array.of(0, 1));
  const segmentation = { labels, confidence: undefined, entropy: undefined, probabilities: undefined };
  const classes = [
    { name: 'sky', color: [0, 0, 255] },
    { name: 'tree', color: [0, 255, 0] },
  ] as const;
  const files = masks.encode(segmentation, { image: 'photo.jpg', classes, only: [1, 0, 1] });
  expect(files.map(({ suffix }) => suffix)).toEqual(['.mask-1-tree.png', '.mask-0-sky.png']);
});
