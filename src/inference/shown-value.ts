/** Values of options in messages about them. */
import { describeValue } from '../text.ts';

/** Numbers as they are, texts in quotes so that `"512"` is told from `512`, and what anything else is. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? String(value) : describeValue(value);
}
