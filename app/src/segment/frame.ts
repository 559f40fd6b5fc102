/** The newest frame of what plays, with what is in it. */
import { computed, signal } from '@preact/signals';
import type { LabelClass, WebSegmentation } from 'refinenet/web';
import { drawLayers, layersOf } from './layers.ts';
import { hasOutlines, hiddenIds, opacity } from './settings.ts';

export interface Frame {
  readonly bitmap: ImageBitmap;
  readonly segmentation: WebSegmentation;
  /** All that the model knows. */
  readonly classes: readonly LabelClass[];
}

export const frame = signal<Frame | null>(null);

const layers = computed(() => {
  if (!frame.value) return undefined;
  const { segmentation, classes } = frame.value;
  const left = hiddenIds(classes);
  return layersOf(segmentation.labels, segmentation.colors, (id) => !left.has(id), left.size > 0);
});

export function drawFrame(context: CanvasRenderingContext2D): void {
  const now = frame.value;
  if (!now || !layers.value) return;
  context.drawImage(now.bitmap, 0, 0);
  drawLayers(context, layers.value, opacity.value, hasOutlines.value);
}

/** The image that was segmented, to be drawn: the video itself may show another one by now. */
export function bitmapOfSegmented({ image }: WebSegmentation): Promise<ImageBitmap> {
  const { width, height, data } = image;
  const pixels = new Uint32Array(width * height);
  for (let at = 0, from = 0; at < pixels.length; at++, from += 3) {
    pixels[at] =
      ((255 << 24) |
        ((data[from + 2] as number) << 16) |
        ((data[from + 1] as number) << 8) |
        (data[from] as number)) >>>
      0;
  }
  return createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height));
}
