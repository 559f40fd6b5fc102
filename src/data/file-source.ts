/** Where a data set's files come from and go to: the core opens none itself. */
import type { Image } from '../image/image.ts';
import type { ReadHdf5Mat } from './mat/read-mat.ts';

/** Files below a root. Paths use `/` and are relative to the root; `..` and absolute paths lead out of it. */
export interface FileSource {
  /** What the root is called in messages, such as the folder's path. */
  readonly name: string;
  /** The paths of all files in a folder and the folders in it, sorted, without hidden ones; none if there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** @throws RefineNetError naming the file if it cannot be read. */
  read(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
  /** The size in bytes, without reading the file. */
  size(path: string): Promise<number>;
  /** Reads masks in MAT files of version 7.3, which are refused where it is absent. */
  readonly readHdf5Mat?: ReadHdf5Mat;
}

/** Where files are written to, each whole or not at all. Missing folders are made. */
export interface FileSink {
  /** What the root is called in messages. */
  readonly name: string;
  write(path: string, bytes: Uint8Array): Promise<void>;
}

/** Decodes an image file to upright 8-bit RGB; `name` is what the file is called in messages. */
export type DecodeImage = (bytes: Uint8Array, name: string) => Promise<DecodedImage>;

/** An image file's pixels, upright. */
export interface DecodedImage extends Image {
  /** The EXIF orientation by which the stored image was turned or mirrored upright, 2 to 8; absent if it was not. */
  readonly orientation?: number;
}

/** The same files seen from a folder in them. */
export function subfolder(source: FileSource, folder: string): FileSource {
  const inside = (path: string) => joinPaths(folder, path);
  return {
    ...source,
    name: joinPaths(source.name, folder),
    async list(path) {
      const start = folder.length + 1;
      const found = await source.list(inside(path));
      return found.map((each) => (each.startsWith(`${folder}/`) ? each.slice(start) : each));
    },
    read: (path) => source.read(inside(path)),
    exists: (path) => source.exists(inside(path)),
    size: (path) => source.size(inside(path)),
  };
}

/** One path after another, with `.` and `..` worked out; an absolute second path replaces the first. */
export function joinPaths(base: string, path: string): string {
  const isAbsolute = (text: string) => /^([a-z]:)?[\\/]/i.test(text);
  const whole = isAbsolute(path) || base === '' ? path : `${base}/${path}`;
  const parts: string[] = [];
  for (const part of whole.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return (whole.startsWith('/') ? '/' : '') + parts.join('/');
}

/** The path without its last part; empty for a file at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path without the extension of its last part. */
export function withoutExtension(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}

/** The extension with its dot, in lower case; empty if there is none. */
export function extensionOf(path: string): string {
  return path.slice(withoutExtension(path).length).toLowerCase();
}

/**
 * A path or name for comparing with others. Letters with accents have two forms in Unicode, and archives from a Mac hold the
 * other one than most lists and masks; files are opened by the form that the disk has.
 */
export function comparable(path: string): string {
  return path.normalize('NFC');
}

/** A path to compare with others: disks may hold names to be the same that differ in their letters' cases or forms. */
export const folded = (path: string): string => comparable(path.replace(/[\\/]+/g, '/')).toLowerCase();

/** Extensions of images that can be decoded. */
export const PICTURE_EXTENSIONS: readonly string[] = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif'];

/** Extensions of images that are passed over, and said to be. */
export const UNREADABLE_PICTURE_EXTENSIONS: readonly string[] = [
  '.bmp',
  '.gif',
  '.heic',
  '.heif',
  '.jp2',
  '.jxl',
  '.ppm',
  '.pgm',
  '.psd',
  '.npy',
];

/** The extension of MATLAB's files, in which some data sets have masks. */
const MAT_EXTENSION = '.mat';

/** Whether a file may be a mask: an image, or one of MATLAB. */
export const isMask = (path: string): boolean => isImage(path) || extensionOf(path) === MAT_EXTENSION;

export function isImage(path: string): boolean {
  return PICTURE_EXTENSIONS.includes(extensionOf(path));
}
