/** Images to files, by sharp. */
import sharp, { type Sharp } from 'sharp';
import type { Image } from '../../image/image.ts';
import { notWritten, replaceFile, writeFileAtomically } from './files.ts';

/** A format that `encodeImage` and `writeImage` write: PNG keeps every pixel, JPEG is smaller. */
export type EncodedImageFormat = 'png' | 'jpeg';

/** The image as PNG, or as JPEG of high quality without chroma subsampling, which would blur text and class borders. */
export async function encodeImage(image: Image, format: EncodedImageFormat): Promise<Uint8Array> {
  const buffer = await encoder(image, format).toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** The most pixels of an image whose encoding, which other threads do, does not wait for the file's folder. */
const SOON = 2 ** 24;

/**
 * Encodes as `encodeImage` does, larger images straight into a file, so that they are not held in memory.
 * @throws RefineNetError if the file cannot be written.
 */
export async function writeImage(path: string, image: Image, format: EncodedImageFormat): Promise<void> {
  if (image.width * image.height <= SOON) {
    const encoded = await encodeImage(image, format).catch((error: unknown) => {
      throw notWritten(path, error);
    });
    return writeFileAtomically(path, encoded);
  }
  await replaceFile(path, async (temporary) => {
    await encoder(image, format).toFile(temporary);
  });
}

function encoder({ width, height, data }: Image, format: EncodedImageFormat): Sharp {
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return format === 'png' ? raw.png() : raw.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
}
