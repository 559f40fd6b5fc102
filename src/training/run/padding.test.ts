import { expect, test } from 'vitest';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { tensor } from '../../tensor/tensor.ts';
import { contentsOf, fillPadding } from './padding.ts';

/** An image of 6 x 4 pixels of one color, in which this rectangle is labeled or colored. */
function batchOf(...rectangles: readonly (readonly [left: number, top: number, right: number, bottom: number])[]) {
  const [count, width, height] = [rectangles.length, 6, 4];
  const images = new Float32Array(count * 3 * width * height).fill(0.25);
  const labels = new Uint8Array(count * width * height).fill(IGNORE_INDEX);
  for (const [index, [left, top, right, bottom]] of rectangles.entries()) {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        // Every other pixel is told by its label, the others by the blue that they have.
        if ((x + y) % 2 === 0) labels[(index * height + y) * width + x] = 1;
        else images[((index * 3 + 2) * height + y) * width + x] = 0.5;
      }
    }
  }
  return {
    images: tensor('float32', [count, 3, height, width], images),
    labels: tensor('uint8', [count, height, width], labels),
  };
}

test('what is left without borders of one color and without labels is content', () => {
  const { images, labels } = batchOf([0, 1, 6, 3], [2, 0, 4, 4], [0, 0, 6, 4], [1, 1, 2, 3]);
  expect(contentsOf(images, labels)).toEqual([
    { left: 0, top: 1, right: 6, bottom: 3 },
    { left: 2, top: 0, right: 4, bottom: 4 },
    { left: 0, top: 0, right: 6, bottom: 4 },
    { left: 1, top: 1, right: 2, bottom: 3 },
  ]);
});

test('an image that is padding alone has no content, and its features stay', () => {
  const { images, labels } = batchOf([0, 0, 0, 0]);
  const contents = contentsOf(images, labels);
  const features = tensor('float32', [1, 1, 2, 3], Float32Array.from([1, 2, 3, 4, 5, 6]));
  fillPadding(features, contents, { width: 6, height: 4 });
  expect([...features.data]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('features of padding become the mean of those of the content, each channel and image its own', () => {
  const features = tensor(
    'float32',
    [2, 2, 2, 3],
    Float32Array.from({ length: 24 }, (_, index) => index),
  );
  const contents = [
    { left: 0, top: 2, right: 6, bottom: 4 },
    { left: 2, top: 0, right: 4, bottom: 4 },
  ];
  fillPadding(features, contents, { width: 6, height: 4 });
  expect([...features.data]).toEqual([
    ...[4, 4, 4, 3, 4, 5],
    ...[10, 10, 10, 9, 10, 11],
    ...[14.5, 13, 14.5, 14.5, 16, 14.5],
    ...[20.5, 19, 20.5, 20.5, 22, 20.5],
  ]);
});

test('the mean over a map is then that over its content', () => {
  const features = tensor('float32', [1, 1, 3, 3], Float32Array.from([9, 9, 9, 1, 2, 3, 9, 9, 9]));
  fillPadding(features, [{ left: 0, top: 16, right: 33, bottom: 17 }], { width: 33, height: 33 });
  expect(features.data.reduce((sum, value) => sum + value, 0) / 9).toBe(2);
});

test.each([
  [513, 33, 4, 28],
  [513, 17, 2, 14],
  [100, 4, 1, 2],
])('cells lie at the stride of the encoder: of %i pixels in %i rows', (size, rows, first, last) => {
  const features = tensor(
    'float32',
    [1, 1, rows, 1],
    Float32Array.from({ length: rows }, (_, row) => row + 1000),
  );
  const margin = Math.floor(size / 8);
  fillPadding(features, [{ left: 0, top: margin, right: 1, bottom: size - margin }], { width: 1, height: size });
  const mean = 1000 + (first + last) / 2;
  expect([...features.data]).toEqual(
    Array.from({ length: rows }, (_, row) => (row >= first && row <= last ? row + 1000 : mean)),
  );
});
