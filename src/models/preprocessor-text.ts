/** Preprocessing in words. */
import type { Preprocessing } from '../image/preprocess.ts';

/** The edge that is kept, and its length. */
export const edgeText = (resize: { readonly shortestEdge: number } | { readonly longestEdge: number }): string =>
  'longestEdge' in resize ? `longer side is ${resize.longestEdge}` : `shorter side is ${resize.shortestEdge}`;

/** One or two sentences that say how an image becomes the network's input. */
export function preprocessorText({ resize, resample, rescaleFactor, mean, std }: Preprocessing): string {
  const size =
    resize === null
      ? 'RGB images of any size from 32 x 32 pixels, as they are.'
      : 'width' in resize
        ? `RGB images, resized to ${resize.width} x ${resize.height} (${resample}).`
        : `RGB images, resized so that the ${edgeText(resize)} pixels (${resample}).`;
  const numbers = (values: readonly number[]): string => values.map((value) => Number(value.toFixed(6))).join(', ');
  const divisor = Math.round(1 / rescaleFactor);
  const rescaled =
    Math.abs(rescaleFactor * divisor - 1) < 1e-9 ? `divided by ${divisor}` : `multiplied by ${rescaleFactor}`;
  return `${size} Bytes are ${rescaled}; then mean ${numbers(mean)} is subtracted and divided by ${numbers(std)}, per channel.`;
}
