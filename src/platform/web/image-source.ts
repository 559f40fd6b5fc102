/** What a page may give to be segmented, brought to something that a worker can be handed. */
import { UsageError, messageOf } from '../../errors.ts';
import { arePixels, type Pixels } from '../../image/pixels.ts';
import { describeValue } from '../../text.ts';

/** An image on the page, decoded pixels, a file, or an address. */
export type ImageSource = CanvasImageSource | ImageData | Pixels | Blob | string | URL;

/** An image that goes to another thread without being copied; `transfer` lists what goes with it for good. */
export interface SentImage {
  readonly image: TakenImage;
  readonly transfer: Transferable[];
}

export type TakenImage =
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap }
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'pixels'; readonly pixels: Pixels };

/**
 * Takes the image as it is at this moment: a video's frame, a canvas before it is drawn over. What was given stays whole.
 * @throws UsageError if it is no image, or one that has no pixels yet.
 */
export async function takeImage(source: ImageSource): Promise<SentImage> {
  if (typeof source === 'string' || source instanceof URL) {
    const base = typeof document === 'undefined' ? location.href : document.baseURI;
    return { image: { kind: 'address', address: new URL(source, base).href }, transfer: [] };
  }
  if (source instanceof Blob) return { image: { kind: 'file', file: source }, transfer: [] };
  if (arePixels(source)) {
    // A copy: what is transferred is gone from the page.
    const pixels = { width: source.width, height: source.height, data: source.data.slice() };
    return { image: { kind: 'pixels', pixels }, transfer: [pixels.data.buffer] };
  }
  if (!isImage(source)) {
    throw new UsageError(
      `An image is an <img>, <canvas>, <video>, ImageBitmap, ImageData, VideoFrame, Blob, File or address, but got ${describeValue(source)}.`,
    );
  }
  if (typeof HTMLImageElement !== 'undefined' && source instanceof HTMLImageElement) await loaded(source);
  const isVideo = typeof HTMLVideoElement !== 'undefined' && source instanceof HTMLVideoElement;
  if (isVideo && source.videoWidth === 0) throw new UsageError(NO_FRAME);
  try {
    const bitmap = await createImageBitmap(source as ImageBitmapSource);
    return { image: { kind: 'bitmap', bitmap }, transfer: [bitmap] };
  } catch (error) {
    if (isVideo && source.paused) throw new UsageError(NO_FRAME, { cause: error });
    throw new UsageError(
      `The image's pixels cannot be had (${messageOf(error)}). Images of other sites need crossorigin="anonymous" and that site's consent (CORS).`,
      { cause: error },
    );
  }
}

const NO_FRAME = 'The video has no frame yet. Start it: await video.play().';

/** Frees an image that was taken and will not be sent. */
export function dropImage({ image }: SentImage): void {
  if (image.kind === 'bitmap') image.bitmap.close();
}

const DRAWABLES = [
  'HTMLImageElement',
  'SVGImageElement',
  'HTMLVideoElement',
  'HTMLCanvasElement',
  'ImageBitmap',
  'OffscreenCanvas',
  'VideoFrame',
] as const;

function isImage(source: unknown): source is CanvasImageSource {
  return DRAWABLES.some((name) => {
    const type = (globalThis as Record<string, unknown>)[name] as (abstract new () => unknown) | undefined;
    return type !== undefined && source instanceof type;
  });
}

async function loaded(image: HTMLImageElement): Promise<void> {
  if (image.complete && image.naturalWidth > 0) return;
  await image.decode().catch(() => {
    throw new UsageError(
      `The <img> ${image.currentSrc || image.src || '(without src)'} cannot be shown: its address or its file is broken.`,
    );
  });
}
