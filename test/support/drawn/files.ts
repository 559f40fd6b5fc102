/** Files of data sets, drawn for tests. */
import { encode } from 'fast-png';
import type { FileSink, FileSource } from '../../../src/data/file-source.ts';
import type { ReadHdf5Mat } from '../../../src/data/mat/read-mat.ts';
import { type Color, type Image, image } from '../../../src/image/image.ts';
import { labelMap } from '../../../src/image/label-map.ts';
import { vocPalette } from '../../../src/labels/palette.ts';
import { encodeLabelPng, encodePng } from '../../../src/image/png.ts';
import { randomStream } from '../../../src/tensor/random.ts';

/** Contents by path; texts become UTF-8. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

export const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** Files that are only in memory. */
export function memorySource(files: Files, readHdf5Mat?: ReadHdf5Mat): FileSource {
  const read = (path: string): Uint8Array => {
    const content = files[path];
    if (content === undefined) throw new Error(`The test has no file ${path}.`);
    return bytesOf(content);
  };
  return {
    name: 'drawn',
    list: async (folder) =>
      Object.keys(files)
        .filter((path) => folder === '' || path.startsWith(`${folder}/`))
        .sort(),
    read: async (path) => read(path),
    exists: async (path) => path in files,
    size: async (path) => read(path).length,
    ...(readHdf5Mat && { readHdf5Mat }),
  };
}

/** What is written stays in memory. */
export function memorySink(): FileSink & { readonly files: Record<string, Uint8Array> } {
  const files: Record<string, Uint8Array> = {};
  return {
    name: 'converted',
    files,
    write: async (path, bytes) => {
      files[path] = bytes;
    },
  };
}

/** An image that no other seed has. */
export function drawnImage(seed: number, width = 48, height = 40): Image {
  const random = randomStream(seed, 'image');
  return image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)),
  );
}

export const photo = (seed: number, width = 48, height = 40): Uint8Array => encodePng(drawnImage(seed, width, height));

/** Vertical stripes of equal width, one for each id. */
export function stripes(ids: readonly number[], width = 48, height = 40): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    return ids[Math.floor(((pixel % width) * ids.length) / width)] as number;
  });
}

/** An indexed PNG of stripes. */
export const mask = (ids: readonly number[], width = 48, height = 40): Uint8Array =>
  encodeLabelPng(labelMap(width, height, stripes(ids, width, height)), vocPalette(256));

/** A gray PNG of stripes. */
export const grayMask = (ids: readonly number[], width = 48, height = 40): Uint8Array =>
  encode({ width, height, data: stripes(ids, width, height), channels: 1, depth: 8 });

/** An RGB PNG of stripes. */
export function colorMask(colors: readonly Color[], width = 48, height = 40): Uint8Array {
  const ids = stripes(
    colors.map((_, index) => index),
    width,
    height,
  );
  return encodePng(image(width, height, Uint8Array.from([...ids].flatMap((id) => colors[id] as Color))));
}
