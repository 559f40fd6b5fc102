/** What can be segmented in Node, brought to pixels. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UsageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { arePixels, type Pixels, rgbImage } from '../../image/pixels.ts';
import { describeValue } from '../../text.ts';
import { decodeImage } from './decode-image.ts';
import { localPath } from './local-path.ts';

/**
 * An image: a file's path or file: URL; an encoded image's bytes, as a Uint8Array, an ArrayBuffer or a Blob; or decoded
 * RGB or RGBA pixels.
 */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer | Blob | Pixels;

/** How large an encoded image may be. */
export interface OpenImageOptions {
  /** Images of more pixels are refused before they are decoded. Default 268402689. */
  readonly pixelLimit?: number;
}

/**
 * The RGB pixels of an image, upright.
 * @throws UsageError if this is nothing that an image can be given as, or there is no such file; FormatError if its bytes
 * are no image; ShapeError if pixels are not 3 or 4 bytes each.
 */
export async function openImage(source: ImageSource, options: OpenImageOptions = {}): Promise<Image> {
  if (typeof source === 'string' || source instanceof URL) {
    const path = localPath(source, 'file', 'Fetch it, and give its bytes: await (await fetch(url)).arrayBuffer().');
    return decodeImage(await readImage(path), { ...options, name: path });
  }
  if (source instanceof Uint8Array) return decodeImage(source, options);
  if (source instanceof ArrayBuffer) return decodeImage(new Uint8Array(source), options);
  if (source instanceof Blob) {
    const name = (source as { name?: unknown }).name;
    const bytes = new Uint8Array(await source.arrayBuffer());
    return decodeImage(bytes, { ...options, ...(typeof name === 'string' && { name }) });
  }
  if (arePixels(source)) return rgbImage(source);
  throw new UsageError(
    `An image is a file's path or file: URL, an encoded image's bytes (Uint8Array, ArrayBuffer or Blob), or RGB or RGBA pixels as { width, height, data }, but got ${describeValue(source)}.`,
  );
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(
      `${path}: ${REASONS[(error as NodeJS.ErrnoException).code ?? '']?.() ?? `cannot be read (${messageOf(error)}).`}`,
      {
        cause: error,
      },
    );
  }
}

/** What the usual failures of reading mean for the caller. */
const REASONS: Readonly<Record<string, () => string>> = {
  ENOENT: () => `there is no such file (the working folder is ${resolve('.')}). Check the path.`,
  ENOTDIR: () => `there is no such file (the working folder is ${resolve('.')}). Check the path.`,
  EISDIR: () => 'this is a folder. Give one image, and call again for each of the others.',
  EACCES: () => 'reading it is not allowed. Check its rights.',
};
