/** How much memory probabilities may take. */
import { UsageError } from '../errors.ts';
import type { ImageSize } from '../image/preprocess.ts';

/** Bytes; what asks for more is a slip rather than a wish. */
const LARGEST_PROBABILITIES = 2 ** 32;

/** @throws UsageError if the probabilities of so many classes for every pixel of an image take more than 4 GiB. */
export function checkProbabilitySize(classes: number, { width, height }: ImageSize): void {
  const bytes = 4 * classes * width * height;
  if (bytes <= LARGEST_PROBABILITIES) return;
  throw new UsageError(
    `The probabilities of ${classes} classes for ${width} x ${height} pixels take ${(bytes / 2 ** 30).toFixed(1)} GiB; ` +
      `at most ${LARGEST_PROBABILITIES / 2 ** 30} are allowed. Leave them out, or make the image smaller.`,
  );
}
