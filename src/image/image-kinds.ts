/** What a file is, by its first bytes: before any decoder, which may be lenient or exploitable, sees it. */

/** The formats that are decoded. */
export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'TIFF' | 'AVIF';

/** Extensions, in lower case, by which images are found in folders. */
export const IMAGE_EXTENSIONS: readonly string[] = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif'];

export type ImageKind =
  | { readonly supported: true; readonly format: ImageFormat }
  | { readonly supported: false; readonly what: string; readonly advice: string };

/** Bytes that a kind of file has at a place; text matches in any case. */
interface Mark {
  readonly at?: number;
  readonly bytes: string;
}

const SUPPORTED: readonly (readonly [ImageFormat, ...(readonly Mark[])])[] = [
  ['JPEG', { bytes: '\xff\xd8\xff' }],
  ['PNG', { bytes: '\x89PNG\r\n\x1a\n' }],
  ['WebP', { bytes: 'RIFF' }, { at: 8, bytes: 'WEBP' }],
  ['TIFF', { bytes: 'II*\0' }],
  ['TIFF', { bytes: 'MM\0*' }],
  ['TIFF', { bytes: 'II+\0' }],
  ['TIFF', { bytes: 'MM\0+' }],
];

const CONVERT = 'Convert it to JPEG or PNG';
const FRAMES = 'Extract its frames as JPEG or PNG';
const NOT_A_PICTURE = 'Check that it was saved as an image';

const REFUSED: readonly (readonly [what: string, advice: string, ...marks: readonly Mark[]])[] = [
  ['a GIF', CONVERT, { bytes: 'GIF8' }],
  ['a BMP', CONVERT, { bytes: 'BM' }, { at: 6, bytes: '\0\0\0\0' }],
  ['a Photoshop document', CONVERT, { bytes: '8BPS' }],
  ['a JPEG XL image', CONVERT, { bytes: '\xff\x0a' }],
  ['a JPEG XL image', CONVERT, { at: 4, bytes: 'JXL ' }],
  ['a JPEG 2000 image', CONVERT, { at: 4, bytes: 'jP  ' }],
  ['a PDF', 'Export its pages as JPEG or PNG', { bytes: '%PDF' }],
  ['a ZIP archive', 'Unpack it and give the images', { bytes: 'PK\x03\x04' }],
  ['a gzip archive', 'Unpack it and give the images', { bytes: '\x1f\x8b' }],
  ['a Git LFS pointer', 'Fetch the image itself with "git lfs pull"', { bytes: 'version https://git-lfs' }],
];

/** Brands in the first box of an ISO media file, by which AVIF differs from HEIC and video. */
const AVIF_BRANDS = ['avif', 'avis'];
const HEIF_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1', 'miaf'];
/** Major brands of pictures in AVIF: the latter two say no more than how a file is laid out. */
const AVIF_MAJOR_BRANDS = ['avif', 'mif1', 'msf1'];

/** Bytes of that box: at least a major brand and a version. Libvips knows no larger ones; texts give lengths beyond. */
const BRAND_BOX = { least: 16, most: 2048 };

/** The kind of file that these bytes begin. */
export function imageKindOf(bytes: Uint8Array): ImageKind {
  if (bytes.length === 0) return { supported: false, what: 'empty (0 bytes)', advice: 'Copy or download it anew' };
  const has = ({ at = 0, bytes: text }: Mark) => latin1(bytes, at, at + text.length) === text;
  for (const [format, ...marks] of SUPPORTED) if (marks.every(has)) return { supported: true, format };
  for (const [what, advice, ...marks] of REFUSED) if (marks.every(has)) return { supported: false, what, advice };
  return (has({ at: 4, bytes: 'ftyp' }) ? isoMediaKind(bytes) : undefined) ?? textKind(bytes);
}

/** @returns undefined if the first box is none: then these letters stand in another file. */
function isoMediaKind(bytes: Uint8Array): ImageKind | undefined {
  const size = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  if (size < BRAND_BOX.least || size > Math.min(BRAND_BOX.most, bytes.length) || size % 4 !== 0) return undefined;
  // The major brand, a version, and the compatible brands, up to the end of the box; four letters each.
  const brands = Array.from({ length: size / 4 - 2 }, (_, i) => latin1(bytes, 8 + 4 * i, 12 + 4 * i));
  const has = (known: readonly string[]): boolean => brands.some((brand) => known.includes(brand));
  if (AVIF_MAJOR_BRANDS.includes(brands[0] as string) && has(AVIF_BRANDS)) return { supported: true, format: 'AVIF' };
  if (brands[0] === 'avis') return { supported: false, what: 'an AVIF animation', advice: FRAMES };
  return has(HEIF_BRANDS)
    ? { supported: false, what: 'a HEIC image', advice: CONVERT }
    : { supported: false, what: 'a video', advice: FRAMES };
}

function textKind(bytes: Uint8Array): ImageKind {
  const start = latin1(bytes, 0, 1024).replace(/^\xef\xbb\xbf/, '');
  const markup = start.trimStart().toLowerCase();
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg/s.test(markup)) {
    return { supported: false, what: 'an SVG drawing', advice: 'Export it as PNG' };
  }
  if (/^(<!doctype html|<html|<head|<body)/.test(markup)) {
    return { supported: false, what: 'an HTML page, often what a failed download leaves', advice: 'Download it anew' };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that text has none of them is the point.
  const isText = !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(start);
  return isText
    ? { supported: false, what: 'a text file', advice: NOT_A_PICTURE }
    : { supported: false, what: 'of an unknown format', advice: NOT_A_PICTURE };
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
