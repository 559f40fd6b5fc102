/** A mask, in whatever form a page gives it, to class ids. */
import { describeUnknown, isJpeg } from '../../../data/mask.ts';
import { FormatError } from '../../../errors.ts';
import { type LabelMap, labelMap } from '../../../image/label-map.ts';
import { readPngHeader } from '../../../image/png-chunks.ts';
import { decodeLabelPng } from '../../../image/png.ts';
import { colorKey } from '../../../labels/color-table.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { IGNORE_INDEX } from '../../../labels/label-table.ts';
import { count } from '../../../text.ts';
import { bitmapPixels } from '../bitmap-pixels.ts';
import { fetchFile } from '../fetch-file.ts';
import type { TakenImage } from '../image-source.ts';

/** What becomes of colors that are no class's: an end with an error, or pixels that are not learned from. */
export type OtherColors = 'refuse' | 'ignore';

export interface ReadMaskOptions {
  readonly classes: readonly LabelClass[];
  readonly otherColors: OtherColors;
  /** What the mask is called in messages. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/** Red, green, blue and how opaque, a byte each a pixel. */
interface ColoredPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/**
 * @throws FormatError if the mask is damaged, a JPEG, or has colors that are no class's or more pixels than an image may have, and as `fetchFile`.
 */
export async function readMask(mask: TakenImage, options: ReadMaskOptions): Promise<LabelMap> {
  switch (mask.kind) {
    case 'file':
      return fromFile(mask.file, options);
    case 'address':
      return fromFile(new Blob([await fetchFile(mask.address, { signal: options.signal })]), options);
    case 'bitmap':
      return fromColors(bitmapPixels(mask.bitmap, 4, options.name), options);
    case 'pixels': {
      const { width, height, data } = mask.pixels;
      // One byte a pixel is a class id; more are colors.
      if (data.length === 4 * width * height) return fromColors(mask.pixels as ColoredPixels, options);
      if (data.length === 3 * width * height) return fromColors(opaque(mask.pixels), options);
      if (data.length !== width * height) {
        throw new FormatError(
          `${options.name}: a mask of ${width}x${height} has ${width * height} class ids, or 3 or 4 times as many bytes of colors, but got ${data.length}.`,
        );
      }
      return labelMap(width, height, Uint8Array.from(data));
    }
  }
}

async function fromFile(file: Blob, options: ReadMaskOptions): Promise<LabelMap> {
  const { name } = options;
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isJpeg(bytes)) {
    throw new FormatError(
      `${name}: the mask is a JPEG, which blurs class ids and colors. Save masks as PNG from the original labels.`,
    );
  }
  if (PNG_OF_IDS.includes(readPngHeader(bytes, name).colorType)) return decodeLabelPng(bytes, { name });
  // As they are stored: a color that was adapted to the screen is another class's or none.
  const stored = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;
  const bitmap = await createImageBitmap(file, stored).catch(() => {
    throw new FormatError(`${name}: the PNG is damaged or cut off. Save or copy it anew.`);
  });
  return fromColors(bitmapPixels(bitmap, 4, name), options);
}

/** The color types of a PNG whose pixels are numbers: gray, and indices of a palette. */
const PNG_OF_IDS: readonly number[] = [0, 3];

function opaque({
  width,
  height,
  data,
}: {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}): ColoredPixels {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    for (const channel of [0, 1, 2]) rgba[to + channel] = data[from + channel] as number;
  }
  return { width, height, data: rgba };
}

function fromColors({ width, height, data }: ColoredPixels, options: ReadMaskOptions): LabelMap {
  const { classes, otherColors, name } = options;
  const ids = new Map(classes.map(({ color }, id) => [colorKey(color), id]));
  const labels = new Uint8Array(width * height).fill(IGNORE_INDEX);
  const unknown = new Map<number, number>();
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const [red, green, blue, alpha] = data.subarray(4 * pixel, 4 * pixel + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    if (alpha === 0) continue;
    const key = colorKey([red, green, blue]);
    const id = alpha === 255 ? ids.get(key) : undefined;
    if (id !== undefined) labels[pixel] = id;
    else unknown.set(key, (unknown.get(key) ?? 0) + 1);
  }
  if (unknown.size > 0 && otherColors === 'refuse') {
    const pixels = [...unknown.values()].reduce((sum, each) => sum + each, 0);
    throw new FormatError(
      `${name}: ${count(pixels, 'pixel has a color that is', 'pixels have colors that are')} no class's: ${describeUnknown(unknown, 'colors')}.`,
    );
  }
  return labelMap(width, height, labels);
}
