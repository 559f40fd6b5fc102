/** How many entries a ZIP can have. */

/** Bytes of the shortest entry in a ZIP's directory. */
const ENTRY = 46;

/**
 * Counts the entries that are read of a ZIP, which may say that it has thousands of millions.
 * @param bytes the length of the file.
 * @returns what counts one more, and says whether so many have room in the file.
 */
export function entryCounter(bytes: number): () => boolean {
  let entries = 0;
  return () => ++entries * ENTRY <= bytes;
}
