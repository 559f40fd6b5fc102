/** One pass over every file of a data set, for all that is to be known about it. */
import { messageOf, RefineNetError, RuntimeError } from '../errors.ts';
import type { Color, Image } from '../image/image.ts';
import { countLabels } from '../image/label-map.ts';
import { readPngHeader, readPngPalette } from '../image/png-chunks.ts';
import { mapAhead } from './concurrency.ts';
import { contentHash } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import type { DecodedImage, DecodeImage } from './file-source.ts';
import { IGNORE_INDEX } from '../labels/label-table.ts';
import { type DecodedMask, describeUnknown, isJpeg } from './mask.ts';
import { decodeSampleMask, paintedMask } from './read-mask.ts';
import type { Sample } from './sample.ts';
import type { ImageAnnotation } from './annotations/annotation.ts';
import type { ImageSize } from '../image/preprocess.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ScannedImage extends Size {
  /** For red, green and blue over all pixels the sum of the byte values, and that of their squares. */
  readonly sums: readonly number[];
  readonly squares: readonly number[];
  /** Whether all pixels have one color. */
  readonly isBlank: boolean;
  /** The EXIF orientation that made it upright; 1 if the stored image was. */
  readonly orientation: number;
}

export interface ScannedMask extends Size {
  /** Pixels by class. */
  readonly counts: readonly number[];
  readonly ignored: number;
  readonly unknown: ReadonlyMap<number, number>;
  /** Pixels by id as the file has them. */
  readonly stored: ReadonlyMap<number, number>;
  readonly isWide: boolean;
  /** The palette of an indexed file; empty for others. */
  readonly palette: readonly Color[];
  /** How it went to paint it, where it was drawn. */
  readonly painted?: DecodedMask['painted'];
}

/** What a file turned out to be, or the message of why it cannot be read. */
export type Scanned<T> = { readonly value: T } | { readonly problem: string; readonly kind: Trouble };

/**
 * Why a file gives no pixels: it is a JPEG, has colors or alpha where class ids belong, cannot be decoded at all, or says what
 * was drawn on an image that cannot be.
 */
export type Trouble = 'jpeg-mask' | 'colored-mask' | 'alpha-mask' | 'unreadable' | 'unknown-size';

export interface ScannedSample {
  readonly split: string;
  readonly sample: Sample;
  readonly image: Scanned<ScannedImage>;
  readonly mask: Scanned<ScannedMask>;
  /** Equal for equal image files; undefined if the file cannot be read. */
  readonly imageHash: string | undefined;
}

/** Which samples are read, by what, and how many at a time. */
export interface ScanOptions {
  readonly decodeImage: DecodeImage;
  /** The splits to look at. Default all. */
  readonly splits?: readonly string[];
  /** Files that are read at the same time. Default 4. */
  readonly concurrency?: number;
  /** Called after every sample with how many are done. */
  readonly onProgress?: (done: number, total: number, sample: Sample) => void;
}

/** Reads and decodes every sample; what cannot be read is said in its record, nothing is thrown for it. */
export async function scanDataset(dataset: Dataset, options: ScanOptions): Promise<ScannedSample[]> {
  const { splits = dataset.splits, concurrency = 4, onProgress } = options;
  const all = splits.flatMap((split) => dataset.samples(split).map((sample) => ({ split, sample })));
  const scanned: ScannedSample[] = [];
  const scan = (item: { split: string; sample: Sample }) =>
    scanSample(dataset, item.split, item.sample, options.decodeImage);
  for await (const record of mapAhead(all, concurrency, scan)) {
    scanned.push(record);
    onProgress?.(scanned.length, all.length, record.sample);
  }
  return scanned;
}

async function scanSample(
  dataset: Dataset,
  split: string,
  sample: Sample,
  decodeImage: DecodeImage,
): Promise<ScannedSample> {
  const { source, encoding, classes } = dataset;
  let imageHash: string | undefined;
  const image = await attempt(sample.image, async (bytes) => {
    imageHash = contentHash(bytes);
    return summaryOf(await decodeImage(bytes, sample.image));
  });
  const { annotation } = sample;
  if (annotation) {
    const size = annotation.size ?? ('value' in image ? image.value : undefined);
    const mask: Scanned<ScannedMask> =
      size === undefined
        ? { problem: 'the image cannot be read', kind: 'unknown-size' }
        : scannedPaint(sample.mask, annotation, size, classes.length);
    return { split, sample, image, mask, imageHash };
  }
  const mask = await attempt(sample.mask, async (bytes) => ({
    ...maskSummary(await decodeSampleMask(bytes, dataset, sample, decodeImage), classes.length),
    // Predictions have the colors of their model.
    palette: encoding.kind === 'ids' && !sample.predicted ? paletteOf(bytes) : [],
  }));
  return { split, sample, image, mask, imageHash };

  /** Errors of one file are its record's; defects, and what this machine lacks for all of them, end the scan. */
  async function attempt<T>(path: string, read: (bytes: Uint8Array) => Promise<T>): Promise<Scanned<T>> {
    let bytes = new Uint8Array(0);
    try {
      bytes = new Uint8Array(await source.read(path));
      return { value: await read(bytes) };
    } catch (error) {
      if (!(error instanceof RefineNetError) || error instanceof RuntimeError) throw error;
      const kind = path === sample.mask ? troubleOf(bytes) : 'unreadable';
      if (kind !== 'colored-mask' && kind !== 'alpha-mask') return { problem: messageOf(error), kind };
      const colors = await decodeImage(bytes, path).then(
        (decoded) => describeChannels(bytes, decoded),
        () => null,
      );
      // Its colors cannot be read either: then it is damaged first of all.
      return colors === null ? { problem: messageOf(error), kind: 'unreadable' } : { problem: colors, kind };
    }
  }
}

function scannedPaint(
  file: string,
  annotation: ImageAnnotation,
  size: ImageSize,
  classes: number,
): Scanned<ScannedMask> {
  try {
    return { value: { ...maskSummary(paintedMask(file, annotation, size, true), classes), palette: [] } };
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    return { problem: messageOf(error), kind: 'unreadable' };
  }
}

function troubleOf(bytes: Uint8Array): Trouble {
  if (isJpeg(bytes)) return 'jpeg-mask';
  return KINDS_WITH_COLORS[colorTypeOf(bytes)]?.trouble ?? 'unreadable';
}

/** PNG files with more than one channel, by the color type of their header. */
const KINDS_WITH_COLORS: Readonly<Record<number, { readonly trouble: Trouble; readonly what: string }>> = {
  2: { trouble: 'colored-mask', what: 'RGB' },
  4: { trouble: 'alpha-mask', what: 'gray with alpha' },
  6: { trouble: 'colored-mask', what: 'RGB with alpha' },
};

/** The color type of a PNG; -1 if it is none. */
function colorTypeOf(bytes: Uint8Array): number {
  try {
    return readPngHeader(bytes, '').colorType;
  } catch {
    return -1;
  }
}

function paletteOf(bytes: Uint8Array): readonly Color[] {
  return colorTypeOf(bytes) === 3 ? readPngPalette(bytes) : [];
}

/** What a mask has that should have one channel of ids. */
function describeChannels(bytes: Uint8Array, { data }: Image): string {
  const colorType = colorTypeOf(bytes);
  const what = KINDS_WITH_COLORS[colorType]?.what as string;
  const isDeep = readPngHeader(bytes, '').depth === 16;
  const counts = new Map<number, number>();
  for (let byte = 0; byte < data.length && counts.size <= 1000; byte += 3) {
    const color = ((data[byte] as number) << 16) | ((data[byte + 1] as number) << 8) | (data[byte + 2] as number);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const isGray = [...counts.keys()].every(
    (color) => color >> 16 === (color & 255) && ((color >> 8) & 255) === (color & 255),
  );
  if (isGray) {
    // Images are decoded to 8 bits, in which ids of 16 bits are lost.
    const gray = new Map([...counts].map(([color, count]) => [color & 255, count]));
    const values = isDeep ? '16 bits a channel' : `values ${describeUnknown(gray, 'ids')}`;
    return colorType === 4 ? `${what} (${values})` : `${what}, three equal channels (${values}): keep one of them`;
  }
  return counts.size > 1000
    ? `${what} with more than 1000 colors`
    : `${what} with the colors ${describeUnknown(counts, 'colors', 4)}`;
}

function summaryOf({ width, height, data, orientation = 1 }: DecodedImage): ScannedImage {
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  let isBlank = true;
  for (const channel of [0, 1, 2]) {
    const counts = new Uint32Array(256);
    for (let byte = channel; byte < data.length; byte += 3) {
      const value = data[byte] as number;
      counts[value] = (counts[value] as number) + 1;
    }
    for (const [value, count] of counts.entries()) {
      sums[channel] = (sums[channel] as number) + count * value;
      squares[channel] = (squares[channel] as number) + count * value * value;
    }
    isBlank &&= counts[data[channel] as number] === width * height;
  }
  return { width, height, sums, squares, isBlank, orientation };
}

function maskSummary(
  { labels, unknown, stored, isWide, painted }: DecodedMask,
  classes: number,
): Omit<ScannedMask, 'palette'> {
  const counts = countLabels(labels, 256);
  const strange = [...unknown.values()].reduce((sum, count) => sum + count, 0);
  return {
    width: labels.width,
    height: labels.height,
    counts: counts.slice(0, classes),
    ignored: Math.max(0, (counts[IGNORE_INDEX] as number) - strange),
    unknown,
    stored,
    isWide,
    ...(painted && { painted }),
  };
}
