import fc from 'fast-check';
import { expect, test } from 'vitest';
import { image } from '../image/image.ts';
import { mirrorImage, mirrorRows } from './mirror.ts';

const sizes = [fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })] as const;

test('an image is mirrored left to right, its colors kept', () => {
  const drawnImage = image(2, 2, Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
  expect([...mirrorImage(drawnImage).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
});

test('mirroring twice gives back the image and the numbers', () => {
  fc.assert(
    fc.property(...sizes, (width, height) => {
      const drawnImage = image(
        width,
        height,
        Uint8Array.from({ length: width * height * 3 }, (_, at) => at),
      );
      expect(mirrorImage(mirrorImage(drawnImage))).toEqual(drawnImage);
      const numbers = Float32Array.from({ length: width * height }, (_, at) => at);
      const mirrored = numbers.slice();
      mirrorRows(mirrored, width);
      expect(mirrored[0]).toBe(width - 1);
      mirrorRows(mirrored, width);
      expect(mirrored).toEqual(numbers);
    }),
  );
});
