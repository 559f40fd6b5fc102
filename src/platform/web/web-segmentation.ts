/** The result of segmenting in a page: a segmentation that can be drawn there. */
import { colorTable } from '../../drawing/colorize.ts';
import { checkOpacity, overlay } from '../../drawing/overlay.ts';
import type { Color, Image } from '../../image/image.ts';
import { Segmentation } from '../../inference/segmentation/segmentation.ts';

/** Which classes are drawn, how strongly, and over what. */
export interface DrawOptions {
  /** How much of a class's color covers the image, from 0 to 1. Default 0.5. */
  readonly opacity?: number;
  /** The classes that are colored, by name; all when left out. */
  readonly classes?: readonly string[];
  /**
   * What is below the colors: the image, nothing (`transparent`), or a color. Default the image. On anything else
   * colors cover as much as `opacity` says, and what is not colored is the background alone.
   */
  readonly background?: 'image' | 'transparent' | Color;
  /** Whether the borders between classes are drawn as thin lines over the image. Default true. */
  readonly boundaries?: boolean;
}

/** A segmentation in a page: what canvases take can be made of it, in the image's size. */
export class WebSegmentation extends Segmentation {
  /**
   * The colored classes over the image or another background, in the image's size.
   * @throws UsageError if the opacity is outside [0, 1] or the model has no class of a name.
   */
  toImageData({ background = 'image', ...options }: DrawOptions = {}): ImageData {
    const shown = options.classes?.map((name) => this.classId(name));
    const untouched = this.colors.flatMap((_, id) => (shown && !shown.includes(id) ? [id] : []));
    if (background === 'transparent') return this.#tint(options.opacity ?? 0.5, untouched);
    const { width, height } = this.labels;
    const below = background === 'image' ? this.image : plain(width, height, background);
    const { opacity, boundaries } = options;
    return imageData(
      overlay(below, this.labels, this.colors, {
        untouched,
        ...(opacity !== undefined && { opacity }),
        ...(boundaries !== undefined && { boundaries }),
      }),
    );
  }

  /** The same as an image that canvases draw fast, and that can be handed to other threads. @throws as `toImageData` */
  toImageBitmap(options?: DrawOptions): Promise<ImageBitmap> {
    return createImageBitmap(this.toImageData(options));
  }

  /** Gives a canvas the image's size and draws on it. @throws as `toImageData` */
  drawOverlay(canvas: HTMLCanvasElement | OffscreenCanvas, options?: DrawOptions): void {
    const data = this.toImageData(options);
    canvas.width = data.width;
    canvas.height = data.height;
    const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
    context.putImageData(data, 0, 0);
  }

  /**
   * The image where a class is, transparent elsewhere.
   * @throws UsageError if the model has no class of this name.
   */
  cutout(className: string): ImageData {
    const { data: mask } = this.mask(className);
    const data = imageData(this.image);
    for (let pixel = 0; pixel < mask.length; pixel++) data.data[4 * pixel + 3] = mask[pixel] as number;
    return data;
  }

  #tint(opacity: number, untouched: readonly number[]): ImageData {
    checkOpacity(opacity);
    const { width, height, data: labels } = this.labels;
    const colors = colorTable(this.colors);
    const result = new ImageData(width, height);
    for (let pixel = 0; pixel < labels.length; pixel++) {
      const id = labels[pixel] as number;
      if (id >= this.colors.length || untouched.includes(id)) continue;
      result.data.set(colors.subarray(3 * id, 3 * id + 3), 4 * pixel);
      result.data[4 * pixel + 3] = Math.round(255 * opacity);
    }
    return result;
  }
}

function plain(width: number, height: number, color: Color): Image {
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) data.set(color, 3 * pixel);
  return { width, height, data };
}

function imageData({ width, height, data }: Image): ImageData {
  const result = new ImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    result.data[to] = data[from] as number;
    result.data[to + 1] = data[from + 1] as number;
    result.data[to + 2] = data[from + 2] as number;
    result.data[to + 3] = 255;
  }
  return result;
}
