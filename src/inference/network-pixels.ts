/** What resizing may make of an image on its way into the network. */
import { ShapeError } from '../errors.ts';
import type { ImageSize } from '../image/preprocess.ts';
import { ENLARGED_PIXELS, PIXELS } from '../limits.ts';

/** How an image is enlarged. */
interface Enlargement {
  /** Whether the network runs tile by tile; only the resized image is then held whole. */
  readonly isTiled: boolean;
  /** Whether a protocol chooses the size, whatever resizing is asked for. */
  readonly setsSizes: boolean;
}

/**
 * Refuses images that resizing would enlarge beyond all memory: small files that are long and narrow, or large ones at a scale
 * above one.
 * @throws ShapeError saying what else can be done.
 */
export function checkEnlargement(image: ImageSize, size: ImageSize, { isTiled, setsSizes }: Enlargement): void {
  const pixels = size.width * size.height;
  const limit = isTiled ? PIXELS : ENLARGED_PIXELS;
  if (pixels <= limit || pixels <= image.width * image.height) return;
  const ownSize = setsSizes ? 'ask for' : 'ask for its own size (--resize none, or preprocessing) or';
  const tiles = isTiled ? '' : ', or segment it in tiles (--tile 512, or tile)';
  throw new ShapeError(
    `The image of ${image.width} x ${image.height} pixels would be enlarged to ${size.width} x ${size.height} before it enters the network, more than the ${limit} pixels allowed. ` +
      `Crop it, ${ownSize} smaller scales${tiles}.`,
  );
}
