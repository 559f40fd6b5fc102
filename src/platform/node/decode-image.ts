/** Image files to RGB, by sharp. */
import sharp from 'sharp';
import type { DecodedImage } from '../../data/file-source.ts';
import { FormatError, messageOf } from '../../errors.ts';
import { image } from '../../image/image.ts';
import { type ImageFormat, imageKindOf } from '../../image/image-kinds.ts';
import { CHANNELS, PIXELS } from '../../limits.ts';
import { DECODERS, settleDecoders } from './image-decoders.ts';

/** How large an image file may be, and what becomes of its color profile. */
export interface DecodeImageOptions {
  /** What the file is called in messages. */
  readonly name?: string;
  /** Images of more pixels are refused before they are decoded. Default 268402689. */
  readonly pixelLimit?: number;
  /**
   * Whether an embedded color profile is passed over, as Pillow does, rather than converted from to sRGB, as browsers do.
   * Makes a difference only to images whose profile is not sRGB. Default false.
   */
  readonly ignoreProfile?: boolean;
}

/** An image has more pixels than are allowed. */
export class TooManyPixelsError extends FormatError {
  readonly width: number;
  readonly height: number;
  readonly pixelLimit: number;

  constructor(name: string, width: number, height: number, pixelLimit: number) {
    super(
      `${name}: ${width}x${height} are ${width * height} pixels, more than the ${pixelLimit} allowed. ` +
        'Raise pixelLimit to read it, or make it smaller.',
    );
    this.width = width;
    this.height = height;
    this.pixelLimit = pixelLimit;
  }
}

/** Sample types that are images; floating-point and 32-bit TIFF files are measurements without a known range. */
const SAMPLE_TYPES: readonly string[] = ['uchar', 'ushort'];

/**
 * A JPEG, PNG, WebP, TIFF or AVIF file as 8-bit RGB, upright (by its EXIF orientation, which is told if it changed anything).
 * 16-bit samples are scaled to 8; gray, palettes and CMYK become RGB; alpha is dropped and the colors below it kept, as
 * Pillow's convert('RGB') does; of several frames or pages the first is taken. Plain JPEG pixels are those of libjpeg-turbo.
 * @throws FormatError naming the file if it is none of these formats, damaged, cut off, or larger than the limit.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<DecodedImage> {
  const { name = 'The image', pixelLimit = PIXELS, ignoreProfile = false } = options;
  const kind = imageKindOf(bytes);
  if (!kind.supported) {
    throw new FormatError(
      `${name}: not an image that can be read: it is ${kind.what}. ${kind.advice}. Readable are JPEG, PNG, WebP, TIFF and AVIF.`,
    );
  }
  settleDecoders(sharp);
  try {
    // "error" and not "warning": stray bytes between the parts of a JPEG are common, harmless, and accepted by all viewers.
    const { format, width, height, depth, orientation } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: false,
      limitInputChannels: CHANNELS,
    }).metadata();
    if (format !== DECODERS[kind.format].format) throw otherInside(name, kind.format, format);
    if (width * height > pixelLimit) throw new TooManyPixelsError(name, width, height, pixelLimit);
    if (!SAMPLE_TYPES.includes(depth)) throw unknownRange(name, kind.format, depth);
    const decoder = sharp(bytes, {
      failOn: 'error',
      limitInputPixels: Number.isFinite(pixelLimit) && pixelLimit,
      limitInputChannels: CHANNELS,
      ignoreIcc: ignoreProfile,
    });
    const { data, info } = await decoder
      .autoOrient()
      .removeAlpha()
      .toColorspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const upright = image(info.width, info.height, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return orientation === undefined || orientation === 1 ? upright : { ...upright, orientation };
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = messageOf(error).trim().split('\n')[0];
    throw new FormatError(`${name}: the ${kind.format} is damaged or cut off (${reason}). Save or copy it anew.`, {
      cause: error,
    });
  }
}

function otherInside(name: string, format: ImageFormat, found: string): FormatError {
  return new FormatError(
    `${name}: it begins as ${format} does, but is of the format ${found}. Save it anew as ${format}.`,
  );
}

function unknownRange(name: string, format: string, depth: string): FormatError {
  return new FormatError(
    `${name}: the ${format} has samples of type ${depth}, of which black and white are not known. ` +
      'Convert it to 8 or 16 bits a channel.',
  );
}
