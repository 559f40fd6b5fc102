/** Numbers from 0 to 1 as gray images. */
import { encode } from 'fast-png';
import type { LabelMap } from '../../image/label-map.ts';

/**
 * An 8-bit gray PNG in which 0 is black (0) and 1 is white (255), linear between and rounded. What these mean stands in the file as
 * its text `Description`. Values beyond are clamped, and what is no number is black.
 */
export function encodeGrayPng(
  { width, height }: Pick<LabelMap, 'width' | 'height'>,
  values: Float32Array,
  description: string,
): Uint8Array {
  // Clamps and rounds what is written to it.
  const data = new Uint8ClampedArray(values.length);
  for (let pixel = 0; pixel < data.length; pixel++) data[pixel] = 255 * (values[pixel] as number);
  return encode({ width, height, data, channels: 1, depth: 8, text: { Description: description } });
}
