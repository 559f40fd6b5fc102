import { describe, expect, test } from 'vitest';
import { networkSize } from '../image/preprocess.ts';
import { checkEnlargement } from './network-pixels.ts';

const size = (width: number, height: number) => ({ width, height });
const way = (isTiled: boolean) => ({ isTiled, setsSizes: false });

describe('an image', () => {
  test('that is long and narrow is refused where a shortest side would enlarge it beyond memory', () => {
    const narrow = size(40, 40_000);
    const enlarged = networkSize(40, 40_000, { resize: { shortestEdge: 720 } });
    expect(() => checkEnlargement(narrow, enlarged, way(false))).toThrow(
      'The image of 40 x 40000 pixels would be enlarged to 720 x 720000 before it enters the network, more than the 64000000 pixels allowed. ' +
        'Crop it, ask for its own size (--resize none, or preprocessing) or smaller scales, or segment it in tiles (--tile 512, or tile).',
    );
    expect(() => checkEnlargement(narrow, enlarged, way(true))).toThrow(
      'more than the 268402689 pixels allowed. Crop it,',
    );
  });

  test('is not to ask for its own size where a protocol chooses it', () => {
    expect(() => checkEnlargement(size(40, 40_000), size(600, 600_000), { isTiled: false, setsSizes: true })).toThrow(
      'allowed. Crop it, ask for smaller scales, or segment it in tiles (--tile 512, or tile).',
    );
  });

  test.each([
    ['of 100 megapixels at its own size', size(10_000, 10_000), size(10_000, 10_000), false],
    ['of 100 megapixels in tiles at twice its size', size(8_000, 8_000), size(16_000, 16_000), true],
    ['of a panorama, enlarged to 10 megapixels', size(2_000, 100), size(14_400, 720), false],
  ])('%s is not', (_, image, enlarged, isTiled) => {
    expect(() => checkEnlargement(image, enlarged, way(isTiled))).not.toThrow();
  });
});
