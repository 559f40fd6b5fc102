/** A segmentation as pictures to be laid over the photograph. */
import type { Color, LabelMap } from 'refinenet/web';
import { shownColor } from '../ui/shown-color.ts';

/** What is laid over the photograph: opaque colors, and thin lines. */
export interface Layers {
  readonly colors: OffscreenCanvas;
  readonly outlines: OffscreenCanvas;
}

/** Over what is not of a class that is shown, while some classes are not. */
const VEIL = [12, 14, 18, 235] as const;

/** Red, green, blue and how opaque in a number. Black, as backgrounds are, would hide the photograph where others tint it. */
export function tint(color: Color): number {
  const [red, green, blue] = shownColor(color);
  const alpha = red + green + blue === 0 ? 96 : 255;
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * @param isShown of a class id; ids beyond the colors, such as 255 for ignore, are never colored.
 * @param isDimmed whether what is not shown is darkened, so that the rest stands out.
 */
export function layersOf(
  labels: LabelMap,
  colors: readonly Color[],
  isShown: (id: number) => boolean,
  isDimmed: boolean,
): Layers {
  const { width, height, data } = labels;
  const table = new Uint32Array(65536);
  const little = (red: number, green: number, blue: number, alpha: number): number =>
    ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  if (isDimmed) table.fill(little(...VEIL));
  colors.forEach((color, id) => {
    if (isShown(id)) table[id] = tint(color);
  });
  const pixels = new Uint32Array(width * height);
  const lines = new Uint32Array(width * height);
  const white = little(255, 255, 255, 255);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const id = data[at] as number;
      pixels[at] = table[id] as number;
      const isEdge = (x + 1 < width && data[at + 1] !== id) || (y + 1 < height && data[at + width] !== id);
      if (isEdge) lines[at] = white;
    }
  }
  return { colors: canvasOf(pixels, width, height), outlines: canvasOf(lines, width, height) };
}

/** Lays them over what is drawn, in an image's pixels. @param opacity of the colors, in [0, 1] */
export function drawLayers(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { colors, outlines }: Layers,
  opacity: number,
  hasOutlines: boolean,
): void {
  context.globalAlpha = opacity;
  context.drawImage(colors, 0, 0);
  context.globalAlpha = hasOutlines ? 0.8 : 0;
  context.drawImage(outlines, 0, 0);
  context.globalAlpha = 1;
}

export function canvasOf(pixels: Uint32Array<ArrayBuffer>, width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  return canvas;
}
