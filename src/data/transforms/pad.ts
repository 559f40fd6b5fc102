/** Enlarging images that are too small, with a color that says nothing and labels that are ignored. */
import * as z from 'zod';
import { type Color, type Image, image } from '../../image/image.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { sizeOf, sizeOption } from './crop.ts';
import { transformKind } from './transform.ts';
import { type ByteLabels, byteLabels, type View, type Window } from './view.ts';

/** ImageNet's mean color, which becomes 0 in the network's input. */
export const MEAN_COLOR: Color = [124, 116, 104];

const byte = z.int().min(0).max(255);

/** Pads to at least the size, on both sides alike, with a color in the image and 255 in the mask. */
export const pad = transformKind({
  name: 'pad',
  options: z.strictObject({ size: sizeOption, color: z.tuple([byte, byte, byte]).default([...MEAN_COLOR]) }),
  create: ({ size, color }) => {
    const least = sizeOf(size);
    return (view) => padded(view, Math.max(least.width, view.width), Math.max(least.height, view.height), color);
  },
});

function padded(view: View, width: number, height: number, color: Color): View {
  if (width === view.width && height === view.height) return view;
  const left = (width - view.width) >> 1;
  const top = (height - view.height) >> 1;
  /** The part of a window that the image fills, in the image's own pixels; undefined if none. */
  const inside = (window: Window): Window | undefined => {
    const x = Math.max(0, window.left - left);
    const y = Math.max(0, window.top - top);
    const right = Math.min(view.width, window.left + window.width - left);
    const bottom = Math.min(view.height, window.top + window.height - top);
    return right > x && bottom > y ? { left: x, top: y, width: right - x, height: bottom - y } : undefined;
  };
  return {
    width,
    height,
    image(window): Image {
      const data = filledWith(color, window.width * window.height);
      const part = inside(window);
      if (part)
        paste(
          data,
          view.image(part).data,
          part,
          part.left + left - window.left,
          part.top + top - window.top,
          window.width,
          3,
        );
      return image(window.width, window.height, data);
    },
    labels(window): ByteLabels {
      const data = new Uint8Array(window.width * window.height).fill(IGNORE_INDEX);
      const part = inside(window);
      if (part)
        paste(
          data,
          view.labels(part).data,
          part,
          part.left + left - window.left,
          part.top + top - window.top,
          window.width,
          1,
        );
      return byteLabels(window.width, window.height, data);
    },
  };
}

/** Makes as many pixels of one color, 3 bytes each. */
export function filledWith(color: Color, pixels: number): Uint8Array {
  const data = new Uint8Array(pixels * 3);
  if (pixels === 0) return data;
  data.set(color);
  for (let done = 3; done < data.length; done *= 2) data.copyWithin(done, 0, Math.min(done, data.length - done));
  return data;
}

function paste(
  target: Uint8Array,
  source: Uint8Array,
  { width, height }: Window,
  x: number,
  y: number,
  rowLength: number,
  channels: number,
): void {
  const bytes = width * channels;
  for (let row = 0; row < height; row++) {
    target.set(source.subarray(row * bytes, (row + 1) * bytes), ((y + row) * rowLength + x) * channels);
  }
}
