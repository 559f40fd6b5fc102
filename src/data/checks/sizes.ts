/** Whether a mask has the size of its image, and what an EXIF orientation has to do with it. */
import { labelsNameOf } from '../sample.ts';
import type { ScannedSample } from '../scan.ts';
import type { ProblemItem } from './check.ts';

/** What the orientations of EXIF say is to be done with the stored image. From 5 on width and height change places. */
const TURNS: Readonly<Record<number, string>> = {
  2: 'mirrored',
  3: 'turned by 180 degrees',
  4: 'mirrored upside down',
  5: 'mirrored and turned by 90 degrees',
  6: 'turned by 90 degrees',
  7: 'mirrored and turned by 270 degrees',
  8: 'turned by 270 degrees',
};
const FIRST_THAT_SWAPS_SIDES = 5;

export function sizeMismatch({ image, mask, sample }: ScannedSample): ProblemItem[] {
  if (!('value' in image && 'value' in mask)) return [];
  const [a, b] = [image.value, mask.value];
  if (a.width === b.width && a.height === b.height) return [];
  const sizes = `${b.width}x${b.height}, but ${sample.image} is ${a.width}x${a.height}`;
  const areSwapped = a.width === b.height && a.height === b.width;
  if (!areSwapped) return [{ subject: labelsNameOf(sample), detail: sizes }];
  const hint =
    a.orientation >= FIRST_THAT_SWAPS_SIDES
      ? ` upright: its EXIF orientation is ${a.orientation} (${TURNS[a.orientation]}), and the mask is drawn on the stored image`
      : ', as if one were turned: does the image carry an EXIF orientation that the mask does not follow?';
  return [{ subject: labelsNameOf(sample), detail: sizes + hint }];
}

/** An image that was made upright, and whose mask would have its size in either orientation, or whose labels say no size. */
export function hiddenTurn({ image, mask, sample }: ScannedSample): ProblemItem[] {
  if (!('value' in image && 'value' in mask) || image.value.orientation === 1) return [];
  const { width, height, orientation } = image.value;
  if (mask.value.width !== width || mask.value.height !== height) return [];
  const isSized = sample.annotation === undefined || sample.annotation.size !== undefined;
  if (isSized && orientation >= FIRST_THAT_SWAPS_SIDES && width !== height) return [];
  return [
    {
      subject: sample.image,
      detail: `orientation ${orientation} (${TURNS[orientation]}), ${width}x${height}, with ${sample.mask}${isSized ? '' : ', which says no size'}`,
    },
  ];
}
