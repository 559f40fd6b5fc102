/** Cutting out: at random, around a class, or the middle. */
import * as z from 'zod';
import type { RandomStream } from '../../tensor/random.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { transformKind } from './transform.ts';
import { type View, type Window, wholeOf } from './view.ts';

/** A side in pixels, or width and height. */
export const sizeOption = z.union([
  z.int().positive(),
  z.strictObject({ width: z.int().positive(), height: z.int().positive() }),
]);

export function sizeOf(option: z.output<typeof sizeOption>): { readonly width: number; readonly height: number } {
  return typeof option === 'number' ? { width: option, height: option } : option;
}

type Place = (view: View, width: number, height: number, random: RandomStream) => readonly [left: number, top: number];

const anywhere: Place = (view, width, height, random) => [
  random.integer(view.width - width + 1),
  random.integer(view.height - height + 1),
];

/** Where a crop may lie: anywhere, so that it shows a random pixel of a random class that the image has, or in the middle. */
const CROP_PLACES = ['random', 'class', 'center'] as const;

const PLACES: Readonly<Record<(typeof CROP_PLACES)[number], Place>> = {
  random: anywhere,
  class: (view, width, height, random) => {
    const center = pixelOfRandomClass(view, random);
    if (center === undefined) return anywhere(view, width, height, random);
    const [x, y] = center;
    return [
      clamp(x - Math.floor(width / 2), view.width - width),
      clamp(y - Math.floor(height / 2), view.height - height),
    ];
  },
  center: (view, width, height) => [(view.width - width) >> 1, (view.height - height) >> 1],
};

/**
 * Cuts out a window of the size, or less where the image has less (pad first for one size). `by: 'class'` is how the
 * paper's authors crop: a class of those present, a pixel of it, the window centered there and shifted inside; so rare
 * classes are seen as often as frequent ones.
 */
export const crop = transformKind({
  name: 'crop',
  options: z.strictObject({ size: sizeOption, by: z.enum(CROP_PLACES).default('random') }),
  create: ({ size, by }) => {
    const wanted = sizeOf(size);
    return (view, random) => {
      const width = Math.min(wanted.width, view.width);
      const height = Math.min(wanted.height, view.height);
      if (width === view.width && height === view.height) return view;
      const [left, top] = PLACES[by](view, width, height, random);
      return cropped(view, { left, top, width, height });
    };
  },
});

function cropped(view: View, frame: Window): View {
  const shifted = (window: Window) => ({ ...window, left: window.left + frame.left, top: window.top + frame.top });
  return {
    width: frame.width,
    height: frame.height,
    image: (window) => view.image(shifted(window)),
    labels: (window) => view.labels(shifted(window)),
  };
}

function pixelOfRandomClass(view: View, random: RandomStream): readonly [x: number, y: number] | undefined {
  const { data } = view.labels(wholeOf(view));
  const counts = new Uint32Array(256);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const id = data[pixel] as number;
    counts[id] = (counts[id] as number) + 1;
  }
  const present: number[] = [];
  for (let id = 0; id < IGNORE_INDEX; id++) if ((counts[id] as number) > 0) present.push(id);
  if (present.length === 0) return undefined;
  const wanted = present[random.integer(present.length)] as number;
  let left = random.integer(counts[wanted] as number);
  let pixel = data.indexOf(wanted);
  for (; left > 0; left--) pixel = data.indexOf(wanted, pixel + 1);
  return [pixel % view.width, Math.floor(pixel / view.width)];
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
