/** Pictures to files, by sharp. */
import sharp from 'sharp';
import type { Image } from '../../image/image.ts';

export type EncodedImageFormat = 'png' | 'jpeg';

/** The picture as PNG, or as JPEG of high quality without chroma subsampling, which would blur text and class borders. */
export async function encodeImage({ width, height, data }: Image, format: EncodedImageFormat): Promise<Uint8Array> {
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const encoded = format === 'png' ? raw.png() : raw.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
  const buffer = await encoded.toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
