/** What is drawn while segmenting: the classes over the photograph, up to the divider, which can be dragged. */
import { computed } from '@preact/signals';
import { shown } from '../state/segmenting.ts';
import type { Strokes } from '../ui/stage.tsx';
import { type View, within } from '../ui/viewport.ts';
import { drawLayers, layersOf } from './layers.ts';
import { divider, hasOutlines, hiddenIds, opacity } from './settings.ts';

const layers = computed(() => {
  const { segmentation, classes = [] } = shown.value ?? {};
  if (!segmentation) return undefined;
  const left = hiddenIds(classes);
  const isDimmed = segmentation.classes.some(({ id }) => left.has(id));
  return layersOf(segmentation.labels, segmentation.colors, (id) => !left.has(id), isDimmed);
});

/** How near to the divider a drag takes it, in CSS pixels. */
const REACH = 14;

let lastScale = 1;

export function draw(context: CanvasRenderingContext2D, { scale }: View): void {
  lastScale = scale;
  const now = shown.value;
  if (!now) return;
  const { width, height } = now.bitmap;
  context.drawImage(now.bitmap, 0, 0);
  const over = layers.value;
  if (!over) return;
  const edge = divider.value === null ? 0 : divider.value * width;
  context.save();
  context.beginPath();
  context.rect(edge, 0, width - edge, height);
  context.clip();
  drawLayers(context, over, opacity.value, hasOutlines.value);
  context.restore();
  if (divider.value === null) return;
  context.fillStyle = '#fff';
  context.fillRect(edge - 1 / scale, 0, 2 / scale, height);
}

const placeDivider = (x: number): void => {
  const width = shown.value?.bitmap.width ?? 1;
  divider.value = within((x + 0.5) / width, 0, 1);
};

/** Drags of the divider. */
export const dividerStrokes: Strokes = {
  cursor: 'ew-resize',
  begin: ({ x }) => {
    const { width } = shown.value?.bitmap ?? {};
    return (
      width !== undefined &&
      divider.value !== null &&
      Math.abs(x + 0.5 - divider.value * width) * lastScale <= Math.max(REACH, lastScale)
    );
  },
  move: ({ x }) => placeDivider(x),
  end: ({ x }) => placeDivider(x),
};
