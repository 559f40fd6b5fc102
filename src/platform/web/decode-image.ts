/** An image to RGB pixels, by the browser's own decoders: upright, in sRGB. */
import { FormatError } from '../../errors.ts';
import { imageKindOf } from '../../image/image-kinds.ts';
import type { Image } from '../../image/image.ts';
import { rgbImage } from '../../image/pixels.ts';
import { bitmapPixels } from './bitmap-pixels.ts';
import { fetchFile, nameOf } from './fetch-file.ts';
import type { TakenImage } from './image-source.ts';

/**
 * What is under transparent pixels of files and bitmaps is black: canvases forget it. Pixels keep their colors.
 * @throws FormatError if it is no image that the browser can decode or has more pixels than an image may have, ShapeError if pixels are not of their size, and as
 * `fetchFile`.
 */
export async function decodeImage(taken: TakenImage, signal?: AbortSignal): Promise<Image> {
  switch (taken.kind) {
    case 'pixels':
      return rgbImage(taken.pixels);
    case 'bitmap':
      return imageOf(taken.bitmap, 'The image');
    case 'file':
      return decodeFile(taken.file, fileName(taken.file));
    case 'address': {
      const { address } = taken;
      const bytes = await fetchFile(address, { signal });
      return decodeFile(new Blob([bytes]), nameOf(address) || address);
    }
  }
}

const fileName = (file: Blob): string => (file instanceof File && file.name ? file.name : 'The file');

async function decodeFile(file: Blob, name: string): Promise<Image> {
  const kind = imageKindOf(new Uint8Array(await file.slice(0, KIND_BYTES).arrayBuffer()));
  // A browser may know more formats than Node does: what it decodes is an image.
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap) return imageOf(bitmap, name);
  throw new FormatError(
    kind.supported
      ? `${name}: the ${kind.format} is damaged or cut off, or this browser does not decode it. Save or copy it anew, as JPEG or PNG.`
      : `${name}: not an image that can be read: it is ${kind.what}. ${kind.advice}.`,
  );
}

/** What is looked at to say what a file is. */
const KIND_BYTES = 4096;

/** Red, green and blue alone; the bitmap is freed. */
const imageOf = (bitmap: ImageBitmap, name: string): Image => rgbImage(bitmapPixels(bitmap, 3, name));
