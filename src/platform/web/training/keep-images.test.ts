import { expect, test } from 'vitest';
import { keepImages } from './keep-images.ts';
import type { SentImage } from './labeled-images.ts';

const pixels = (bytes: number) => ({
  kind: 'pixels' as const,
  pixels: { width: 2, height: 2, data: new Uint8Array(bytes) },
});

test('images that are kept give a sign of life each, also those that cannot be', async () => {
  const written: string[] = [];
  const storage = { write: async (path: string) => void written.push(path) };
  const images: readonly SentImage[] = [
    { name: 'a', image: pixels(12), mask: pixels(4), validates: false },
    { name: 'b', image: pixels(12), mask: pixels(7), validates: false },
    { name: 'c', image: pixels(12), mask: pixels(4), validates: true },
  ];
  const signs: number[] = [];
  const keeping = keepImages(storage as never, images, {
    classes: [],
    otherColors: 'refuse',
    onImage: () => signs.push(written.length),
  });
  await expect(keeping).rejects.toThrow('The mask of b: a mask of 2x2 has 4 class ids');
  expect(signs).toEqual([2, 3, 5]);
});
