/** Extents as files claim them, which must be checked before anything is allocated. */

/**
 * The number of elements, or undefined where the extents are no shape: not whole, negative, or of a product beyond what
 * a number counts exactly.
 */
export function checkedElementCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const extent of shape) {
    if (typeof extent !== 'number' || !Number.isSafeInteger(extent) || extent < 0) return undefined;
    count *= extent;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
