/** Values of the options of `benchmark`. They throw UsageError with what was typed and what is allowed. */
import { UsageError } from '../../../errors.ts';
import { DEVICES, type Device } from '../../../runtime/backend.ts';
import { oneOf, wholeNumber } from '../../parse.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The network halves its input five times. */
const SMALLEST_SIDE = 32;

/** `256,512x384`: one number is the side of a square, two are width x height. */
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

/** `1,4`: images at a time. */
export function batches(text: string): readonly number[] {
  return unique(items(text).map(wholeNumber('--batch', 1)), String);
}

/** `cpu,wasm`. */
export function devices(text: string): readonly Device[] {
  return unique(items(text).map(oneOf('--device', DEVICES)), String);
}

const items = (text: string): readonly string[] => text.split(',').map((item) => item.trim());

function unique<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [key(value), value])).values()];
}
