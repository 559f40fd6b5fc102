/** An image and its mask of which only the parts that are wanted are computed. */
import { type Image, image } from '../../image/image.ts';
import { type LabelMap, labelMap } from '../../image/label-map.ts';
import type { LabeledImage } from '../sample.ts';

/** A rectangle of pixels inside an image. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Class ids in a Uint8Array. */
export type ByteLabels = LabelMap & { readonly data: Uint8Array };

/**
 * A labeled image of some size whose pixels are asked for by windows, all inside it. Scaling up and cropping then costs
 * only what the crop shows.
 */
export interface View {
  readonly width: number;
  readonly height: number;
  image(window: Window): Image;
  labels(window: Window): ByteLabels;
}

export function byteLabels(width: number, height: number, data: Uint8Array): ByteLabels {
  return { ...labelMap(width, height, data), data };
}

/** The window that is all of an image. */
export function wholeOf({ width, height }: { readonly width: number; readonly height: number }): Window {
  return { left: 0, top: 0, width, height };
}

export function viewOf({ image: pixels, labels }: LabeledImage): View {
  return {
    width: pixels.width,
    height: pixels.height,
    image: (window) =>
      isWhole(window, pixels)
        ? pixels
        : image(window.width, window.height, copyWindow(pixels.data, pixels.width, window, 3)),
    labels: (window) =>
      isWhole(window, labels)
        ? labels
        : byteLabels(window.width, window.height, copyWindow(labels.data, labels.width, window, 1)),
  };
}

/** All pixels of a view. */
export function realize(view: View): LabeledImage {
  return { image: view.image(wholeOf(view)), labels: view.labels(wholeOf(view)) };
}

/** A view with another image, of the same size, over the same mask. */
export function withImage(view: View, pixels: Image): View {
  return { ...viewOf({ image: pixels, labels: byteLabels(1, 1, new Uint8Array(1)) }), labels: view.labels };
}

function isWhole({ left, top, width, height }: Window, whole: { width: number; height: number }): boolean {
  return left === 0 && top === 0 && width === whole.width && height === whole.height;
}

function copyWindow(data: Uint8Array, rowLength: number, window: Window, channels: number): Uint8Array {
  const { left, top, width, height } = window;
  const copied = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * rowLength + left) * channels;
    copied.set(data.subarray(start, start + width * channels), y * width * channels);
  }
  return copied;
}
