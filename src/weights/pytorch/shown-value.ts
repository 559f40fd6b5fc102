/** Values of a pickle in messages. */

/**
 * A text or a number as it is, and of anything else what it is: lists that hold each other twice over are small in a file, and
 * without end as a text.
 */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
