/** An image to RGB pixels, by the browser's own decoders: upright, in sRGB. */
import { FormatError } from '../../errors.ts';
import { imageKindOf } from '../../image/image-kinds.ts';
import type { Image } from '../../image/image.ts';
import { rgbImage } from '../../image/pixels.ts';
import { fetchFile, nameOf } from './fetch-file.ts';
import type { TakenImage } from './image-source.ts';

/**
 * @throws FormatError if it is no image that the browser can decode, ShapeError if pixels are not of their size, and as
 * `fetchFile`.
 */
export async function decodeImage(taken: TakenImage, signal?: AbortSignal): Promise<Image> {
  switch (taken.kind) {
    case 'pixels':
      return rgbImage(taken.pixels);
    case 'bitmap':
      return imageOf(taken.bitmap);
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
  if (bitmap) return imageOf(bitmap);
  throw new FormatError(
    kind.supported
      ? `${name}: the ${kind.format} is damaged or cut off, or this browser does not decode it. Save or copy it anew, as JPEG or PNG.`
      : `${name}: not an image that can be read: it is ${kind.what}. ${kind.advice}.`,
  );
}

/** What is looked at to say what a file is. */
const KIND_BYTES = 4096;

/** Its pixels; the bitmap is freed. */
function imageOf(bitmap: ImageBitmap): Image {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return rgbImage(context.getImageData(0, 0, width, height));
}
