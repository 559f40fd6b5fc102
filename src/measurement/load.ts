/** What goes through a network at a time, and how lists of it are typed. */
import { wholeNumber } from '../option-values.ts';
import { UsageError } from '../errors.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Load extends Size {
  /** Images at a time. */
  readonly batch: number;
}

/** The network halves its input five times. */
export const SMALLEST_SIDE = 32;

/** `256,512x384`: one number is the side of a square, two are width x height. @throws UsageError for anything else. */
export function sizes(text: string): readonly Size[] {
  return unique(
    items(text).map((item) => {
      const match = /^(\d{1,5})(?:x(\d{1,5}))?$/i.exec(item);
      const [width, height] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
      if (!match || width < SMALLEST_SIDE || height < SMALLEST_SIDE) {
        throw new UsageError(
          `--size takes sides of at least ${SMALLEST_SIDE} pixels such as 512 or 512x384 (width x height), separated by commas; got "${text}".`,
        );
      }
      return { width, height };
    }),
    ({ width, height }) => `${width}x${height}`,
  );
}

/** `1,4`: images at a time. @throws UsageError for anything else. */
export function batches(text: string): readonly number[] {
  return unique(items(text).map(wholeNumber('--batch', 1)), String);
}

/** The values between commas. */
export const items = (text: string): readonly string[] => text.split(',').map((item) => item.trim());

/** The first of each that has the same key. */
export function unique<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [key(value), value])).values()];
}
