import { expect, test } from 'vitest';
import { IMAGENET_PREPROCESSING } from '../../image/preprocess.ts';
import { checkNetworkPixels } from './limits.ts';

const LIMIT = 1_000_000;
const shortest = { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 400 } };
const refused =
  (size: readonly [number, number], variant: object, preprocessing = IMAGENET_PREPROCESSING) =>
  () =>
    checkNetworkPixels({ width: size[0], height: size[1] }, variant, preprocessing, LIMIT);

test('an image enters the network at its own size', () => {
  expect(refused([1000, 1000], {})).not.toThrow();
  expect(refused([1001, 1000], {})).toThrow('At scale 1 this 1001x1000 image enters the network at 1001x1000');
});

test('a long, narrow image is refused that a model would enlarge', () => {
  expect(refused([32, 30_000], {}, shortest)).toThrow('enters the network at 400x375000, more than the 1000000 pixels');
  expect(refused([32, 30_000], { protocol: 'refinenet' })).toThrow('more than the 1000000 pixels allowed');
});

test('all runs together have a limit too', () => {
  const scales = Array.from({ length: 5 }, () => 1);
  expect(refused([1000, 1000], { scales })).not.toThrow();
  expect(refused([1000, 1000], { scales, flip: true })).toThrow(
    'All runs of the network together take 10000000 pixels',
  );
});
