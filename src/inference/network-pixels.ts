/** The sizes that images may have, and what resizing may make of them on their way into the network. */
import { ShapeError, UsageError } from '../errors.ts';
import { type ImageSize, networkSize } from '../image/preprocess.ts';
import { ENLARGED_PIXELS, PIXELS } from '../limits.ts';
import type { ModelDescription } from '../models/model.ts';
import { networkGeometry } from '../models/network.ts';
import { shownValue } from '../text.ts';

/** How an image is enlarged. */
interface Enlargement {
  /** Whether the network runs tile by tile; only the resized image is then held whole. */
  readonly isTiled: boolean;
  /** Whether a protocol chooses the size, whatever resizing is asked for. */
  readonly setsSizes: boolean;
}

/**
 * The size at which an image enters a network.
 * @param way null where nothing but the model's preprocessing says so.
 * @throws ShapeError if the image or that size is smaller than the network takes, or the size larger than memory.
 */
export function checkedNetworkSize(
  image: ImageSize,
  { definition, preprocessing }: Pick<ModelDescription, 'definition' | 'preprocessing'>,
  way: Enlargement | null,
): ImageSize {
  const { smallestSide } = networkGeometry(definition);
  checkSize('The image is', image, smallestSide);
  const size = networkSize(image.width, image.height, preprocessing);
  checkSize('The image enters the network at', size, smallestSide);
  checkEnlargement(image, size, way);
  return size;
}

/** @throws ShapeError if a side is under the network's smallest; `what` begins the message. */
export function checkSize(what: string, { width, height }: ImageSize, smallestSide: number): void {
  if (width >= smallestSide && height >= smallestSide) return;
  throw new ShapeError(
    `${what} ${width} x ${height} pixels; it needs at least ${smallestSide} x ${smallestSide}. Give a larger image.`,
  );
}

/** @throws UsageError unless it is a size in whole pixels. */
export function checkImageSize(given: ImageSize): void {
  const { width, height } = Object(given) as Partial<ImageSize>;
  if ([width, height].every((side) => Number.isSafeInteger(side) && (side as number) > 0)) return;
  const got = typeof given === 'object' ? `${shownValue(width)} x ${shownValue(height)}` : shownValue(given);
  throw new UsageError(`imageSize is ${got}; give { width, height } in whole pixels.`);
}

/**
 * Refuses images that resizing would enlarge beyond all memory: small files that are long and narrow, or large ones at a scale
 * above one.
 * @param way null where nothing but the model's preprocessing says the size.
 * @throws ShapeError saying what else can be done.
 */
export function checkEnlargement(image: ImageSize, size: ImageSize, way: Enlargement | null): void {
  const pixels = size.width * size.height;
  const limit = way?.isTiled ? PIXELS : ENLARGED_PIXELS;
  if (pixels <= limit || pixels <= image.width * image.height) return;
  throw new ShapeError(
    `The image of ${image.width} x ${image.height} pixels would be enlarged to ${size.width} x ${size.height} before it enters the network, more than the ${limit} pixels allowed. ` +
      `Crop it, ${way ? remedies(way) : 'or give the model another size in its preprocessing'}.`,
  );
}

function remedies({ isTiled, setsSizes }: Enlargement): string {
  const ownSize = setsSizes ? 'ask for' : 'ask for its own size (--resize none, or preprocessing) or';
  const tiles = isTiled ? '' : ', or segment it in tiles (--tile 512, or tile)';
  return `${ownSize} smaller scales${tiles}`;
}
