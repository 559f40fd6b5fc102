/** An image's file to pixels. */
import { readFile } from 'node:fs/promises';
import type { Image } from '../../image/image.ts';

/**
 * Reads and decodes an image; the decoder is loaded meanwhile.
 * @param pixelLimit images of more pixels are refused.
 * @throws FormatError if it is no image, Node's own error if it cannot be read.
 */
export async function openImageFile(
  path: string,
  { pixelLimit }: { readonly pixelLimit?: number | undefined } = {},
): Promise<Image> {
  const [bytes, { decodeImage }] = await Promise.all([readFile(path), import('./decode-image.ts')]);
  return decodeImage(bytes, { name: path, ...(pixelLimit !== undefined && { pixelLimit }) });
}
