/** Resizing: by a random factor, into bounds, or to one size. */
import * as z from 'zod';
import { UsageError } from '../../errors.ts';
import { networkSize } from '../../image/preprocess.ts';
import { resampleImageWindow, resampleLabelsWindow } from './resample-window.ts';
import { between, transformKind } from './transform.ts';
import { realize, type View } from './view.ts';

/** A larger side than any crop needs; keeps a mistyped factor from taking all memory. */
const LONGEST_SIDE = 32_768;

/** The view at another size: image bilinear, mask nearest. */
export function resized(view: View, width: number, height: number): View {
  if (width === view.width && height === view.height) return view;
  if (width > LONGEST_SIDE || height > LONGEST_SIDE) {
    throw new UsageError(
      `Augmentation scales an image of ${view.width}x${view.height} to ${width}x${height}. The longest side allowed is ${LONGEST_SIDE}: lower the factors.`,
    );
  }
  let source: ReturnType<typeof realize> | undefined;
  const get = () => {
    source ??= realize(view);
    return source;
  };
  return {
    width,
    height,
    image: (window) => resampleImageWindow(get().image, width, height, window),
    labels: (window) => resampleLabelsWindow(get().labels, width, height, window),
  };
}

function scaledBy(view: View, factor: number): View {
  const side = (length: number) => Math.max(1, Math.round(length * factor));
  return resized(view, side(view.width), side(view.height));
}

const positive = z.number().positive().max(100);
const range = z
  .tuple([positive, positive])
  .refine(([low, high]) => low <= high, { error: 'has its larger number first' });

/** Scales by a factor drawn evenly from a range, or from a list; `shortSide` raises it where the shorter side would get less. */
export const scale = transformKind({
  name: 'scale',
  options: z
    .strictObject({
      range: range.optional(),
      factors: z.array(positive).min(1).optional(),
      shortSide: z.int().positive().optional(),
    })
    .refine((options) => (options.range === undefined) !== (options.factors === undefined), {
      error: 'takes either a range or factors',
    }),
  create: (options) => (view, random) => {
    const { range: bounds, factors, shortSide } = options;
    const drawn = bounds
      ? between(random, bounds)
      : ((factors as number[])[random.integer((factors as number[]).length)] as number);
    const least = shortSide === undefined ? 0 : shortSide / Math.min(view.width, view.height);
    return scaledBy(view, Math.max(drawn, least));
  },
});

const sideBounds = z
  .strictObject({ min: z.int().positive().optional(), max: z.int().positive().optional() })
  .refine(({ min = 1, max = LONGEST_SIDE }) => min <= max, { error: 'has a min above its max' });

/** Scales images whose shorter side is outside the bounds to the nearer bound, as {@link networkSize} does. */
export const shortSide = transformKind({
  name: 'short-side',
  options: sideBounds,
  create:
    ({ min = 1, max = LONGEST_SIDE }) =>
    (view) => {
      const shortestEdge = Math.min(Math.max(Math.min(view.width, view.height), min), max);
      const { width, height } = networkSize(view.width, view.height, { resize: { shortestEdge } });
      return resized(view, width, height);
    },
});

/** Scales images whose longer side is outside the bounds to the nearer bound, as {@link networkSize} does. */
export const longSide = transformKind({
  name: 'long-side',
  options: sideBounds,
  create:
    ({ min = 1, max = LONGEST_SIDE }) =>
    (view) => {
      const long = Math.max(view.width, view.height);
      const longestEdge = Math.min(Math.max(long, min), max);
      if (longestEdge === long) return view;
      const { width, height } = networkSize(view.width, view.height, { resize: { longestEdge } });
      return resized(view, width, height);
    },
});

/** Resizes to one size, whatever that does to the proportions. */
export const resize = transformKind({
  name: 'resize',
  options: z.strictObject({ width: z.int().positive(), height: z.int().positive() }),
  create:
    ({ width, height }) =>
    (view) =>
      resized(view, width, height),
});
