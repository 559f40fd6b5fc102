/** The labels as colors, to be laid over the photograph; only what changes is painted again. */
import { computed } from '@preact/signals';
import type { LabelClass } from 'refinenet/web';
import { tint } from '../segment/layers.ts';
import { classes, labeling } from './labeling.ts';
import { type Area, type Extent, wholeOf } from './spans.ts';
import { tinted } from './tinted.ts';

export interface LabelLayer {
  readonly canvas: OffscreenCanvas;
  readonly labels: Uint8Array;
  /** The color of every id. */
  readonly table: Uint32Array;
}

/** Ignored pixels are left as they are. */
function layerOf(labels: Uint8Array, extent: Extent, own: readonly LabelClass[]): LabelLayer {
  const table = new Uint32Array(256);
  own.forEach(({ color }, id) => {
    table[id] = tint(color);
  });
  const made = { canvas: new OffscreenCanvas(extent.width, extent.height), labels, table };
  paintArea(made, wholeOf(extent));
  return made;
}

function paintArea({ canvas, labels, table }: LabelLayer, { left, top, right, bottom }: Area): void {
  const [width, height] = [right - left, bottom - top];
  const pixels = tinted(labels, canvas.width, { left, top, right, bottom }, table);
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
  (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).putImageData(image, left, top);
}

const labels = computed(() => labeling.value?.labels);

/** The labels of the photograph that is looked at; undefined where it has none. */
export const layer = computed(() => {
  const own = classes.value;
  const now = labels.value;
  const extent = labeling.peek();
  return now && extent && layerOf(now, extent, own);
});

/** Paints a rectangle again, whose labels are others now; nothing where they are not those that are looked at. */
export function repaint(changed: Uint8Array, area: Area | undefined): void {
  const shown = layer.peek();
  if (area && shown?.labels === changed) paintArea(shown, area);
}
